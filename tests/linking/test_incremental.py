"""New and changed texts are linked as in a full linking, and few texts are read for it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from episodes.linking import ArticleCandidate, EpisodeText, Verdict, incremental, serialization
from episodes.linking.incremental import relink
from episodes.linking.linking_state import LinkingState
from episodes.linking.values import Decisions
from episodes.linking.verdicts import link, link_catalog
from tests.linking.library import Shelf
from tests.linking.stories import ARTICLES, BRIDGE, COMPANIONS, EPISODES, OTHERS, SHOW
from tests.linking.town import town

NEW = 1000


@pytest.fixture(autouse=True)
def _never_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small catalogs become stale at once; link them incrementally anyway."""
    monkeypatch.setattr(incremental, "MOST_STALE", 10.0)


def whole(episodes: Iterable[EpisodeText], articles: Iterable[ArticleCandidate]) -> tuple[LinkingState, Shelf]:
    verdicts, state = link_catalog(episodes, articles)
    assert state is not None
    return state, Shelf(episodes, articles, verdicts)


def said(verdicts: Iterable[Verdict]) -> dict[tuple[int, int], str]:
    return {(one.episode_id, one.article_id): one.status for one in verdicts}


def scratch(shelf: Shelf, decided: Decisions | None = None) -> list[Verdict]:
    return link(shelf.all_episodes.values(), shelf.all_articles.values(), decided)


def same_as_from_scratch(shelf: Shelf, decided: Decisions | None = None) -> None:
    """Assert that the links and their confidence are those of a full linking."""
    anew = {(one.episode_id, one.article_id): one for one in scratch(shelf, decided)}

    assert said(shelf.links.values()) == said(anew.values())
    assert {pair: one.confidence for pair, one in shelf.links.items()} == pytest.approx(
        {pair: one.confidence for pair, one in anew.items()}, abs=0.02
    )


def come(
    state: LinkingState, shelf: Shelf, *new: EpisodeText | ArticleCandidate, decided: Decisions | None = None
) -> LinkingState:
    """Add or change these texts, and link what they touch."""
    shelf.all_episodes |= {one.id: one for one in new if isinstance(one, EpisodeText)}
    shelf.all_articles |= {one.id: one for one in new if isinstance(one, ArticleCandidate)}
    ours = {one.id for one in new if isinstance(one, EpisodeText)}
    found = relink(state, shelf, ours, {one.id for one in new if isinstance(one, ArticleCandidate)}, decided or {})
    assert found is not None
    shelf.put(found.verdicts, found.due)
    return found.state


def test_linking_one_by_one_equals_linking_all_at_once() -> None:
    episodes, articles = town(40)
    state, shelf = whole(episodes[:25], articles[:25])
    order = [*episodes[25:], *articles[25:]]
    random.Random(4).shuffle(order)
    for one in order:
        state = come(state, shelf, one)

    same_as_from_scratch(shelf)
    assert len([one for one in shelf.links.values() if one.status == "linked"]) >= 35


def test_an_article_with_new_text_loses_its_episode_and_gains_another() -> None:
    episodes, articles = town(30)
    state, shelf = whole(episodes, [*articles[:10], *articles[11:]])
    come(state, shelf, replace(articles[4], text=articles[10].text, title=articles[10].title))

    same_as_from_scratch(shelf)
    assert not [pair for pair in shelf.links if pair[0] == episodes[4].id and pair[1] == articles[4].id]


def test_a_new_transcript_of_an_old_episode() -> None:
    episodes, articles = town(30)
    state, shelf = whole([replace(episodes[0], text=""), *episodes[1:]], articles)
    come(state, shelf, episodes[0])

    same_as_from_scratch(shelf)


def test_a_re_run_shares_the_article_of_the_first_run() -> None:
    episodes, articles = town(30)
    state, shelf = whole(episodes, articles)
    come(state, shelf, replace(episodes[3], id=NEW, title="Again", number=None))

    same_as_from_scratch(shelf)
    assert (NEW, articles[3].id) in shelf.links


def test_a_new_video_on_an_old_page_and_an_old_video_on_a_new_page() -> None:
    episodes = [replace(one, video_id=f"NiRsample{one.id:02}") for one in EPISODES]
    shown = replace(OTHERS[0], video_ids=("NiRsample06",))
    state, shelf = whole(episodes[:5], [*COMPANIONS[:4], shown])
    state = come(state, shelf, replace(episodes[5], text="", number=None, title=""))
    assert (6, shown.id) in shelf.links

    come(state, shelf, replace(OTHERS[1], video_ids=("NiRsample05",)))
    assert (5, OTHERS[1].id) in shelf.links
    assert said(shelf.links.values()) == said(scratch(shelf))


def test_a_number_in_an_old_article_finds_its_new_episode() -> None:
    named = replace(OTHERS[0], dek=f"{SHOW} – Episode 58.")
    state, shelf = whole(EPISODES[:5], [*COMPANIONS[:5], named])
    come(state, shelf, replace(EPISODES[5], text=""))

    assert shelf.links[6, named.id].status == "linked"
    assert said(shelf.links.values()) == said(scratch(shelf))


def test_a_url_in_many_descriptions_becomes_boilerplate() -> None:
    given = "Read: https://bay.example/1"
    state, shelf = whole([replace(one, description=given, text="") for one in EPISODES[:3]], ARTICLES)
    for one in EPISODES[3:]:
        state = come(state, shelf, replace(one, description=given, text=""))

    weights = [e.weight for pair, v in shelf.links.items() if pair[0] > 3 for e in v.evidence if e.kind == "address"]
    assert weights == [] or max(weights) < 1


def test_a_decision_is_input_here_too() -> None:
    state, shelf = whole(EPISODES, ARTICLES)
    rejected = {(1, 1): False}
    found = relink(state, shelf, {1}, set(), rejected)
    assert found is not None
    shelf.put(found.verdicts, found.due)

    same_as_from_scratch(shelf, rejected)


def test_an_unknown_show_requires_a_full_linking() -> None:
    state, shelf = whole(EPISODES, ARTICLES)
    stranger = EpisodeText(NEW, "Harbour Talk", "Harbour Talk – Episode 3", 3, text=BRIDGE.spoken)
    shelf.all_episodes[NEW] = stranger

    assert relink(state, shelf, {NEW}, set(), {}) is None


def test_many_new_texts_require_a_full_linking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental, "MOST_STALE", 0.1)
    state, shelf = whole(EPISODES[:4], ARTICLES)
    shelf.all_episodes |= {one.id: one for one in EPISODES}

    assert relink(state, shelf, {5, 6}, set(), {}) is None


def test_few_texts_are_read() -> None:
    episodes, articles = town(300)
    state, shelf = whole(episodes[:-1], articles[:-1])
    shelf.read = 0
    come(state, shelf, episodes[-1])
    few = shelf.read
    come(state, shelf, articles[-1])

    assert few < 150
    assert shelf.read < 300


def test_a_state_comes_back_from_its_bytes() -> None:
    episodes, articles = town(30)
    state, shelf = whole(episodes[:28], articles)
    state = come(state, shelf, episodes[28])
    again = serialization.from_parts(serialization.to_parts(state))
    assert again is not None
    come(again, shelf, episodes[29])

    same_as_from_scratch(shelf)
    assert serialization.from_parts({**serialization.to_parts(state), "episodes.ids": b"123"}) is None
    assert serialization.from_parts({}) is None
