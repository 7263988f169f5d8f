"""Titles and dates: weak evidence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from episodes.linking import ArticleCandidate, EpisodeText
from episodes.linking.titles_and_dates import date_evidence, title_evidence

DAY = date(2026, 3, 6)


def weight(days: int) -> float:
    found = date_evidence(DAY, DAY + timedelta(days))
    return found.weight if found else 0.0


def test_the_further_apart_the_less_likely() -> None:
    found = [weight(days) for days in (0, 3, 7, 20, 50, 120, 900)]

    assert found == sorted(found, reverse=True)
    assert found[0] > 0 > found[-1]


def test_an_article_three_weeks_late_is_neutral() -> None:
    assert weight(21) == 0


def test_an_article_weeks_before_the_episode_is_less_likely_than_after() -> None:
    assert weight(-20) < weight(20)


@pytest.mark.parametrize(
    ("days", "words"), [(0, "on the same day"), (1, "1 day after the episode"), (-9, "9 days before the episode")]
)
def test_days_are_reported_in_words(days: int, words: str) -> None:
    found = date_evidence(DAY, DAY + timedelta(days))

    assert found
    assert found.detail == f"the article appeared {words}"


def test_an_unknown_date_is_no_evidence() -> None:
    assert date_evidence(None, DAY) is date_evidence(DAY, None) is None


def test_similar_titles_are_found_and_standing_names_are_not() -> None:
    topics = ["Otters in the reed beds", "Ferryman's Bridge closed", "Night trams go on", "Roof of the market hall"]
    episodes = [EpisodeText(n, title=f"News in Review – {topic} – Episode {n}") for n, topic in enumerate(topics)]
    articles = [
        ArticleCandidate(0, title="Otters are back in the reed beds"),
        ArticleCandidate(1, title="News in Review: a year of the show"),
        ArticleCandidate(2, title="Trams"),
    ]

    assert set(title_evidence(episodes, articles, dict.fromkeys(range(4), ("News in Review",)))) == {(0, 0)}


def test_titles_of_numbers_and_dates_are_not_similar() -> None:
    assert not title_evidence([EpisodeText(1, title="2026-03-06")], [ArticleCandidate(1, title="2026-03-06")], {})
