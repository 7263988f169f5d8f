"""Labelled cases: which article must be linked to which episode, which only proposed, and which not."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.linking import ArticleCandidate, EpisodeText, Verdict, link
from tests.linking.stories import (
    ARTICLES,
    BAKERY,
    BRIDGE,
    COMPANIONS,
    COUNCIL,
    DAY,
    EPISODES,
    FOOTBALL,
    OTHERS,
    OTTERS,
    OTTERS_IN_TWO_LANGUAGES,
    RIGHT,
    SHOW,
    TOLD,
    UNTOLD,
)


def pairs(verdicts: Iterable[Verdict], status: str = "linked") -> set[tuple[int, int]]:
    return {(one.episode_id, one.article_id) for one in verdicts if one.status == status}


def verdict(verdicts: Iterable[Verdict], episode: int, article: int) -> Verdict | None:
    return next((one for one in verdicts if (one.episode_id, one.article_id) == (episode, article)), None)


def silent(episode: EpisodeText) -> EpisodeText:
    """Without a transcript."""
    return replace(episode, text="")


def by_text_alone(ours: Iterable[EpisodeText], theirs: Iterable[ArticleCandidate]) -> list[Verdict]:
    """Linked with every date, number, title and address taken away."""
    return link(
        [EpisodeText(one.id, text=one.text) for one in ours],
        [ArticleCandidate(one.id, text=one.text) for one in theirs],
    )


def weights(one: Verdict | None) -> dict[str, float]:
    assert one is not None
    return {evidence.kind: evidence.weight for evidence in one.evidence}


def test_every_companion_is_linked_and_nothing_else() -> None:
    verdicts = link(EPISODES, ARTICLES)

    assert pairs(verdicts) == RIGHT
    assert not pairs(verdicts, "proposed")


def test_text_alone_finds_the_companions() -> None:
    assert pairs(by_text_alone(EPISODES, ARTICLES)) == RIGHT


def test_an_episode_without_an_article_gets_none() -> None:
    for episode in EPISODES:
        assert not pairs(link([episode], [article for article in ARTICLES if article.id != episode.id]))


def test_two_dissimilar_texts_alone_in_a_catalog_are_not_a_pair() -> None:
    assert not by_text_alone(EPISODES[:1], COMPANIONS[1:2])
    assert pairs(by_text_alone(EPISODES[:1], COMPANIONS[:1])) == {(1, 1)}


def test_the_evidence_is_put_in_words() -> None:
    found = verdict(link(EPISODES, ARTICLES), 1, 1)

    assert found
    details = {evidence.kind: evidence.detail for evidence in found.evidence}
    assert "We would rather close it on a Monday than explain it on a Tuesday" in details["phrases"]
    assert "Marchetti" in details["names"]
    assert "1 day after" in details["dates"]
    assert [abs(evidence.weight) for evidence in found.evidence] == sorted(
        (abs(evidence.weight) for evidence in found.evidence), reverse=True
    )


# --- rung one: references by video and URL


def test_an_embedded_video_links_at_once() -> None:
    episodes = [replace(silent(one), title="", number=None, video_id=f"NiRsample{one.id:02}") for one in EPISODES]
    articles = [replace(ARTICLES[8], video_ids=("NiRsample03",)), *ARTICLES[:8]]

    found = link(episodes, articles)

    assert pairs(found) == {(3, 9)}
    assert "embeds this episode's video (NiRsample03)" in found[0].evidence[0].detail


@pytest.mark.parametrize(
    ("description", "links"),
    [
        ("Read on: http://www.bay.example/7/?utm_source=video.", ()),
        ("", ("https://video.example/watch/1#t=3",)),
    ],
    ids=["description", "link"],
)
def test_a_url_links_at_once(description: str, links: tuple[str, ...]) -> None:
    episode = EpisodeText(1, url="https://video.example/watch/1", description=description)
    articles = [replace(OTHERS[0], links=links), *OTHERS[1:]]

    assert pairs(link([episode], articles)) == {(1, 7)}


def test_a_url_in_a_plain_text_article_counts() -> None:
    episode = replace(silent(EPISODES[0]), video_id="NiRsample01", number=None, title="")
    article = replace(OTHERS[0], text=f"{COUNCIL.written}\n\nWatch: https://youtu.be/NiRsample01")

    assert pairs(link([episode], [article])) == {(1, 7)}


def test_a_round_up_of_many_videos_belongs_to_no_episode() -> None:
    episodes = [replace(one, video_id=f"NiRsample{one.id:02}") for one in EPISODES]
    round_up = ArticleCandidate(
        50,
        "https://bay.example/year",
        "Our year",
        published=DAY + timedelta(200),
        text=COUNCIL.written,
        video_ids=tuple(one.video_id for one in episodes),
    )

    assert pairs(link(episodes, [*ARTICLES, round_up])) == RIGHT


def test_a_url_in_every_description_is_boilerplate() -> None:
    episodes = [replace(one, description="Support us: https://bay.example/9") for one in EPISODES]

    assert pairs(link(episodes, ARTICLES)) == RIGHT


def test_a_link_in_passing_to_an_older_episode_does_not_win() -> None:
    episodes = [replace(one, video_id=f"NiRsample{one.id:02}") for one in EPISODES]
    articles = [
        replace(COMPANIONS[4], video_ids=("NiRsample05", "NiRsample01"), dek=f"{SHOW} – Episode 57."),
        *(article for article in ARTICLES if article.id not in (1, 5)),
    ]

    found = link(episodes, articles)

    assert (5, 5) in pairs(found)
    assert not {pair for pair in pairs(found) if pair[0] == 1}


def test_an_article_that_links_nothing_but_an_older_episode_is_not_its_companion() -> None:
    episodes = [replace(one, video_id=f"NiRsample{one.id:02}") for one in EPISODES]
    articles = [replace(COMPANIONS[4], video_ids=("NiRsample01",)), *ARTICLES[1:4], *ARTICLES[5:]]

    found = verdict(link(episodes, articles), 1, 5)

    assert weights(found)["video"] > 0
    assert found is not None
    assert found.status == "proposed"


def test_another_episodes_video_is_evidence_against_this_one() -> None:
    episodes = [replace(one, video_id=f"NiRsample{one.id:02}") for one in EPISODES]
    articles = [replace(COMPANIONS[0], video_ids=("NiRsample02",)), *ARTICLES[1:]]

    found = verdict(link(episodes, articles), 1, 1)

    assert weights(found)["video"] < 0
    assert found is not None
    assert found.status == "proposed"


def test_an_embedded_video_is_stronger_than_a_linked_one() -> None:
    episode = replace(silent(EPISODES[2]), title="", number=None, video_id="NiRsample03")
    shown = replace(OTHERS[0], video_ids=("NiRsample03",), published=None)
    linked = replace(shown, only_linked=frozenset({"NiRsample03"}))

    first, second = link([episode], [shown]), link([episode], [linked])

    assert pairs(first) == pairs(second) == {(3, 7)}
    assert weights(first[0])["video"] > weights(second[0])["video"]
    assert "links to this episode" in second[0].evidence[0].detail


def test_a_link_beside_an_embedded_video_is_a_remark() -> None:
    episodes = [replace(silent(one), video_id=f"NiRsample{one.id:02}") for one in EPISODES]
    article = replace(
        OTHERS[0],
        published=None,
        video_ids=("NiRsample02", "NiRsample05"),
        only_linked=frozenset({"NiRsample02"}),
    )

    found = link(episodes, [article])

    assert pairs(found) == {(5, 7)}
    assert (2, 7) not in pairs(found, "proposed") or weights(verdict(found, 2, 7))["video"] <= 2


def test_a_link_to_another_episode_is_mild_evidence_against_this_one() -> None:
    episodes = [replace(one, video_id=f"NiRsample{one.id:02}") for one in EPISODES]
    linked = replace(COMPANIONS[0], video_ids=("NiRsample02",), only_linked=frozenset({"NiRsample02"}))
    shown = replace(linked, only_linked=frozenset())

    against = [weights(verdict(link(episodes, [one, *ARTICLES[1:]]), 1, 1))["video"] for one in (linked, shown)]

    assert 0 > against[0] > against[1]


def test_a_list_of_linked_videos_belongs_to_no_episode() -> None:
    episodes = [replace(silent(one), video_id=f"NiRsample{one.id:02}") for one in EPISODES]
    ids = tuple(one.video_id for one in episodes)
    article = replace(OTHERS[0], published=None, video_ids=ids, only_linked=frozenset(ids))

    assert not pairs(link(episodes, [article]))


# --- rung two: the show's name with a number


@pytest.mark.parametrize("show", ["Some Channel", SHOW, ""])
@pytest.mark.parametrize("text", ["", "whole"], ids=["silent", "other words"])
def test_exactly_the_article_that_names_the_number_is_linked(show: str, text: str) -> None:
    episodes = [
        EpisodeText(n, show, f"{SHOW} – Episode {n}", n, text=story.spoken if text else "")
        for n, story in zip((54, 55, 56), TOLD[3:], strict=True)
    ]
    page = [
        ArticleCandidate(i, f"https://bay.example/p/{i}", s.title, "", None, s.written) for i, s in enumerate(UNTOLD)
    ]
    dek = "Some Channel – News in Review – Episode 55."
    page.append(ArticleCandidate(3, "https://bay.example/p/3", BAKERY.title, dek, None, BAKERY.written))

    found = link(episodes, page)

    assert pairs(found) == {(55, 3)}
    assert found[0].evidence[0].kind == "number"


@pytest.mark.parametrize("place", ["title", "dek", "text"])
def test_the_number_may_be_in_the_title_the_dek_or_the_first_lines(place: str) -> None:
    article = replace(OTHERS[0], published=None)
    article = replace(article, **{place: f"{SHOW}, Ep. 54. {getattr(article, place)}"})

    assert pairs(link([silent(one) for one in EPISODES], [article, *OTHERS[1:]])) == {(2, 7)}


@pytest.mark.parametrize(
    "dek", ["News in Review 2054", "54 people came", "News in Review on Part 54", "Reading – Episode 54 of Dark Skies"]
)
def test_other_numbers_link_nothing(dek: str) -> None:
    article = replace(OTHERS[0], dek=dek, published=None)

    assert not pairs(link([silent(one) for one in EPISODES], [article]))


def test_an_article_that_only_mentions_the_show_is_not_linked() -> None:
    start = (
        "The ground by the glassworks was full, and the kiosk at the depot had sold out of scarves before noon. " * 4
    )
    remark = "As we told in News in Review, Episode 54, the kitchen of a school can do much. "
    article = replace(OTHERS[1], text=f"{start}\n{remark}\n{start}\n{FOOTBALL.written}")

    found = link(EPISODES, [article])

    assert weights(verdict(found, 2, 8))["number"] > 0
    assert not pairs(found)


def test_a_number_far_away_in_time_is_only_proposed() -> None:
    article = replace(OTHERS[0], dek=f"{SHOW} – Episode 54.", published=DAY + timedelta(900))

    assert pairs(link([silent(one) for one in EPISODES], [article]), "proposed") == {(2, 7)}


def test_another_number_beside_the_name_is_evidence_against() -> None:
    articles = [replace(COMPANIONS[0], dek=f"{SHOW} – Episode 11."), *ARTICLES[1:]]

    found = verdict(link(EPISODES, articles), 1, 1)

    assert weights(found)["number"] < 0
    assert found is not None
    assert found.status == "proposed"


# --- rung three: the texts, and what may contradict them


def test_an_article_three_weeks_late_is_linked() -> None:
    articles = [replace(one, published=one.published and one.published + timedelta(21)) for one in COMPANIONS]

    assert pairs(link(EPISODES, [*articles, *OTHERS])) == RIGHT


def test_an_unrelated_article_of_the_same_day_is_not_linked() -> None:
    episode = EPISODES[0]

    assert not link([episode], [replace(one, published=episode.published) for one in OTHERS])


def test_two_part_episodes_share_their_article() -> None:
    words = BRIDGE.spoken.split()
    parts = [EpisodeText(20 + i, text=" ".join(half)) for i, half in enumerate((words[:90], words[80:]))]

    assert pairs(by_text_alone([*EPISODES[1:], *parts], ARTICLES)) >= {(20, 1), (21, 1)}


def test_two_articles_may_belong_to_one_episode() -> None:
    both = EpisodeText(30, text=f"{BRIDGE.spoken}\n{OTTERS.spoken}")

    assert pairs(by_text_alone([both, *EPISODES[3:]], ARTICLES)) >= {(30, 1), (30, 3)}


def test_a_re_run_is_linked_like_the_first_run() -> None:
    again = replace(EPISODES[0], id=31, number=None, title="", published=DAY + timedelta(14))

    assert pairs(link([*EPISODES, again], ARTICLES)) >= {(1, 1), (31, 1)}


def test_an_episode_in_two_languages_finds_its_article() -> None:
    episode = EpisodeText(32, text=OTTERS_IN_TWO_LANGUAGES)

    assert pairs(by_text_alone([episode, EPISODES[0]], ARTICLES)) == {(32, 3), (1, 1)}


def test_similar_titles_alone_are_proposed() -> None:
    episode = EpisodeText(33, SHOW, "Otters are back in the reed beds", published=DAY)

    found = link([episode], [replace(one, published=DAY, text="") for one in ARTICLES])

    assert pairs(found, "proposed") == {(33, 3)}
    assert not pairs(found)


def test_very_short_texts_are_proposed_and_not_linked() -> None:
    few = " ".join(BRIDGE.written.split()[:50])

    found = by_text_alone([EpisodeText(34, text=few), *EPISODES[1:]], [ArticleCandidate(34, text=few), *ARTICLES[1:]])

    assert (34, 34) in pairs(found, "proposed")


def test_the_description_replaces_a_missing_transcript() -> None:
    episode = EpisodeText(35, description=BRIDGE.spoken)

    assert pairs(link([episode, *EPISODES[1:]], ARTICLES)) >= {(35, 1)}


def test_empty_input_gives_no_verdicts() -> None:
    assert link([EpisodeText(1)], [ArticleCandidate(1)]) == []
    assert link([], ARTICLES) == []
    assert link(EPISODES, []) == []


# --- decisions made by people


def test_a_rejected_pair_is_never_reported_again() -> None:
    found = link(EPISODES, ARTICLES, {(1, 1): False})

    assert verdict(found, 1, 1) is None
    assert pairs(found) == RIGHT - {(1, 1)}


def test_a_rejected_pair_does_not_block_others() -> None:
    double = replace(COMPANIONS[0], id=40, url="https://bay.example/40")

    assert pairs(link(EPISODES, [*ARTICLES, double], {(1, 1): False})) == RIGHT - {(1, 1)} | {(1, 40)}


def test_a_rejected_video_decides_nothing() -> None:
    episodes = [replace(one, video_id=f"NiRsample{one.id:02}") for one in EPISODES]
    articles = [*ARTICLES[:8], replace(ARTICLES[8], video_ids=("NiRsample01",))]

    assert pairs(link(episodes, articles, {(1, 9): False})) == RIGHT


def test_a_confirmed_pair_is_not_judged_again_and_counts_as_taken() -> None:
    found = link(EPISODES, ARTICLES, {(1, 9): True})

    assert verdict(found, 1, 9) is None
    assert weights(verdict(found, 1, 1))["rival"] < 0
    assert pairs(found) >= RIGHT - {(1, 1)}


def test_decisions_on_removed_pairs_are_ignored() -> None:
    assert link(EPISODES, ARTICLES, {(99, 1): True, (1, 99): False}) == link(
        EPISODES, ARTICLES, {(1, 99): False, (99, 1): True}
    )


# --- order, subsets, arbitrary input


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(rng: random.Random) -> None:
    episodes, articles = list(EPISODES), list(ARTICLES)
    rng.shuffle(episodes)
    rng.shuffle(articles)

    assert link(episodes, articles) == link(EPISODES, ARTICLES)


@pytest.mark.parametrize("episode", EPISODES, ids=lambda one: str(one.number))
def test_a_new_episode_alone_is_linked_as_among_all(episode: EpisodeText) -> None:
    assert pairs(link([episode], ARTICLES)) == {(episode.id, episode.id)}


texts = st.one_of(
    st.text(max_size=80), st.sampled_from([story.spoken for story in TOLD]), st.just("https://[ \x00 ' (")
)
some_dates = st.none() | st.dates()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            EpisodeText,
            st.integers(1, 9),
            texts,
            texts,
            st.none() | st.integers(),
            some_dates,
            texts,
            texts,
            texts,
            texts,
        ),
        max_size=4,
    ),
    st.lists(
        st.builds(
            ArticleCandidate,
            st.integers(1, 9),
            texts,
            texts,
            texts,
            some_dates,
            texts,
            st.tuples(texts),
            st.tuples(texts),
        ),
        max_size=4,
    ),
    st.dictionaries(st.tuples(st.integers(1, 9), st.integers(1, 9)), st.booleans(), max_size=4),
)
def test_any_input_gives_valid_verdicts(
    episodes: list[EpisodeText], articles: list[ArticleCandidate], decided: dict[tuple[int, int], bool]
) -> None:
    ours = list({one.id: one for one in episodes}.values())
    theirs = list({one.id: one for one in articles}.values())

    found = link(ours, theirs, decided)

    assert all(0 <= one.confidence <= 1 and one.evidence for one in found)
    assert all((one.episode_id, one.article_id) not in decided for one in found)
    assert len({(one.episode_id, one.article_id) for one in found}) == len(found)
