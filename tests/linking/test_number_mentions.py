"""Show names from titles, and episode numbers in articles."""

from __future__ import annotations

import pytest

from episodes.linking import ArticleCandidate, EpisodeText
from episodes.linking.number_mentions import (
    episode_labels,
    number_evidence,
    number_mentions,
    pairs_by_number,
    show_names,
)


def numbered(pattern: str, numbers: range = range(54, 57), show: str = "") -> list[EpisodeText]:
    topics = ["the bridge", "otters", "night trams"]
    return [EpisodeText(n, show, pattern.format(n=n, topic=topic)) for n, topic in zip(numbers, topics, strict=True)]


@pytest.mark.parametrize(
    "pattern",
    [
        "News in Review – Episode {n}",
        "News in Review – Episode {n}: {topic}",
        "News in Review #{n} | {topic}",
        "{topic} | News in Review {n}",
        "{topic} (News in Review, Ep. {n})",
    ],
)
def test_the_shows_name_is_the_part_that_titles_share(pattern: str) -> None:
    known = episode_labels(numbered(pattern))

    assert {one.names[0] for one in known.values()} == {"News in Review"}
    assert [one.number for one in known.values()] == [54, 55, 56]


def test_the_given_name_comes_after_the_more_specific_one() -> None:
    known = episode_labels(numbered("News in Review – Episode {n}", show="Some Channel"))

    assert known[55].names == ("News in Review", "Some Channel")


def test_two_shows_of_one_channel_keep_their_numbers_apart() -> None:
    review = numbered("News in Review – Episode {n}", show="Some Channel")
    market = [
        EpisodeText(one.id + 100, "Some Channel", one.title.replace("News in Review", "Market Watch")) for one in review
    ]
    known = episode_labels([*review, *market])
    made = number_mentions(show_names(known), [ArticleCandidate(1, dek="Some Channel – Market Watch – Episode 55.")])

    assert (155, 1) in pairs_by_number(known, made)
    for_review, for_market = number_evidence(known[55], made[1]), number_evidence(known[155], made[1])
    assert for_market
    assert for_market.weight > 0
    assert for_market.weight >= (for_review.weight if for_review else 0)


@pytest.mark.parametrize(
    ("article", "place"),
    [
        (ArticleCandidate(1, title="News in Review, Episode 55: otters"), "its title"),
        (ArticleCandidate(1, dek="Some Channel – News in Review – Episode 55."), "the line under its title"),
        (
            ArticleCandidate(1, text="Otters. " * 90 + "This article goes with News in Review #55."),
            "first or last lines",
        ),
        (
            ArticleCandidate(1, text="Otters. " * 90 + "News in Review, Episode 55, said so. " + "Eels. " * 90),
            "passing",
        ),
    ],
)
def test_the_position_of_the_number_is_reported_and_weighed(article: ArticleCandidate, place: str) -> None:
    known = episode_labels(numbered("News in Review – Episode {n}"))
    made = number_mentions(show_names(known), [article])

    assert pairs_by_number(known, made) == {(55, 1)}
    mine, other = number_evidence(known[55], made[1]), number_evidence(known[54], made[1])
    assert mine
    assert other
    assert place in mine.detail
    assert "55" in other.detail
    assert mine.weight > 0 > other.weight


def test_an_articles_own_number_counts_more_than_one_in_its_text() -> None:
    known = episode_labels(numbered("News in Review – Episode {n}"))
    made = number_mentions(
        show_names(known),
        [ArticleCandidate(1, dek="News in Review – Episode 55.", text="As News in Review, Episode 54, told.")],
    )

    assert pairs_by_number(known, made) == {(55, 1)}


def test_a_list_of_episodes_is_weak_evidence_for_each() -> None:
    known = episode_labels(numbered("News in Review – Episode {n}"))
    one = number_mentions(show_names(known), [ArticleCandidate(1, dek="News in Review, Episode 55")])
    some = number_mentions(show_names(known), [ArticleCandidate(1, dek="News in Review, episodes 54, 55 and 56")])

    alone, listed = number_evidence(known[55], one[1]), number_evidence(known[55], some[1])
    assert alone
    assert listed
    assert 0 < listed.weight < alone.weight


def test_an_episode_without_a_number_is_not_named() -> None:
    known = episode_labels([EpisodeText(1, "News in Review", "Otters")])
    made = number_mentions(show_names(known), [ArticleCandidate(1, dek="News in Review – Episode 55.")])

    assert not pairs_by_number(known, made)
    assert number_evidence(known[1], made.get(1, {})) is None
