from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from episodes import database
from episodes.documents.search import Hit as Document
from episodes.pipeline.searching import SearchResult
from episodes.search import candidates
from episodes.search.find import find
from episodes.search.matching import matcher, matches
from episodes.search.results import Hit
from episodes.search.tokenizer import tokens


@pytest.fixture(params=[0, 1], ids=["sqlite", "postgres"])
def session(both: tuple[Engine, Engine], request: pytest.FixtureRequest) -> Iterator[Session]:
    with database.reading(both[request.param]) as session:
        yield session


def places(session: Session, words: str, **narrow: object) -> list[tuple[str, float | None]]:
    """Where the hits are: episode and second, or address of the article."""
    hits = find(session, words, **narrow).hits
    return [(hit.episode or "", hit.start) if hit.source == "said" else (hit.article or "", None) for hit in hits]


def marked(hit: Hit) -> list[str]:
    return [hit.snippet[begin:end] for begin, end in hit.highlights]


def test_a_moment_as_the_contract_has_it(session: Session) -> None:
    [hit] = find(session, "piles").hits
    given = Document.of(SearchResult(hit, None)).as_dict()

    assert list(given) == [
        "episode", "article", "source", "start", "end", "url", "title", "date", "snippet", "highlights", "score", "aligned",
    ]  # fmt: skip
    assert json.loads(json.dumps(given)) == given
    assert {key: given[key] for key in ("episode", "article", "source", "start", "end", "url", "title", "date")} == {
        "episode": "54",
        "article": "https://paper.example/bridge",
        "source": "said",
        "start": 70.0,
        "end": 80.0,
        "url": "https://www.youtube.com/watch?v=harbourbrdg&t=70s",
        "title": "News in Review – Episode 54: The bridge vote",
        "date": "2026-03-03",
    }
    assert [given["snippet"][begin:end] for begin, end in given["highlights"]] == ["piles"]
    assert given["snippet"].startswith("… ")
    assert given["score"] > 0


def test_a_place_in_an_article(session: Session) -> None:
    [hit] = find(session, "“twice as much”").hits

    assert (hit.source, hit.start, hit.end, hit.date) == ("written", None, None, date(2026, 3, 4))
    assert (hit.article, hit.url, hit.episode) == ("https://paper.example/bridge", "https://paper.example/bridge", "54")
    assert hit.position == 2
    assert marked(hit) == ["twice as much"]


def test_only_links_that_hold_are_told(session: Session) -> None:
    [said] = find(session, "volunteers", where="said").hits
    [written] = find(session, "volunteers", where="written").hits

    assert (said.episode, said.article) == ("55", None)
    assert (written.episode, written.article) == (None, "https://paper.example/flood")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ('"a turning point"', [("54", 20.0), ("https://paper.example/bridge", None)]),
        ('"point for the old town"', [("54", 30.0)]),
        ('"mind the icy roads tomorrow"', [("54", 110.0)]),
        ('"good evening and welcome"', [("54", 0.0)]),
        ("covid-19", [("55", 30.0)]),
        ('"covid 19 ward"', [("55", 30.0)]),
        ("creme brulee", [("54", 100.0)]),
        ("CRÈME", [("54", 100.0)]),
        ("10000", [("54", 90.0)]),
        ("dont", [("54", 50.0)]),
        ("Varga piles", [("54", 70.0)]),
        ("operati*", [("54", 60.0)]),
        ("operations*", [("54", 60.0)]),
        ("chimney", []),
        ('"bridge harbour"', []),
        ('"vote good evening"', []),
    ],
)
def test_where_a_match_begins(session: Session, words: str, expected: list[object]) -> None:
    assert sorted(places(session, words), key=str) == sorted(expected, key=str)


def test_phrases_do_not_go_from_the_title_into_the_text(session: Session) -> None:
    assert places(session, '"water good evening"') == []
    assert places(session, '"high water"')


def test_only_the_title_answers(session: Session) -> None:
    [hit] = find(session, "lighthouse").hits
    [episode] = find(session, "sport special").hits

    assert (hit.article, hit.snippet, hit.highlights) == ("https://paper.example/title-only", "", ())
    assert (episode.episode, episode.start, episode.highlights) == ("S1", 0.0, ())
    assert episode.snippet.startswith("Welcome. The new school")


def test_the_title_helps_the_text(newsroom) -> None:
    text = "The raven was seen on the roof of the town hall."
    for name, title in (("plain", "News"), ("named", "The raven of the town hall"), ("other", "Birds")):
        newsroom.article(f"https://paper.example/{name}", title, [text])

    assert places(newsroom.session, "raven")[0] == ("https://paper.example/named", None)


def test_sides(session: Session) -> None:
    assert {hit.source for hit in find(session, "bridge").hits} == {"said", "written"}
    assert {hit.source for hit in find(session, "bridge", where="said").hits} == {"said"}
    assert {hit.source for hit in find(session, "bridge in:written").hits} == {"written"}
    assert find(session, "bridge in:written", where="said").hits == ()
    assert "side" in find(session, "bridge in:written", where="said").note


def test_in_the_title(session: Session) -> None:
    assert {hit.title for hit in find(session, "title:bridge", limit=50).hits} == {
        "News in Review – Episode 54: The bridge vote",
        "Council votes for the harbour bridge",
    }
    assert set(places(session, 'title:"high water" ferry')) == {("55", 10.0), ("https://paper.example/flood", None)}
    assert places(session, "title:votes* toll") == [("https://paper.example/bridge", None)]
    assert places(session, "title:vot* piles") == [("54", 70.0)]
    assert places(session, "title:piles") == []
    assert {hit.episode for hit in find(session, "bridge -title:bridge", where="said").hits} == {"55", "S1"}


def test_by_the_speaker(session: Session) -> None:
    assert places(session, "tunnel speaker:marek") == [("55", 60.0)]
    assert places(session, 'tunnel speaker:"Ilse V"') == []
    assert places(session, "ground speaker:varga") == [("54", 80.0)]
    assert places(session, "ground speaker:VÁRGA speaker:marek") == [("54", 80.0)]
    [hit] = find(session, "ground library speaker:varga").hits
    assert (hit.start, hit.missing) == (80.0, ("library",))
    assert find(session, "ground speaker:lse").note == "No speaker is called lse."
    assert find(session, "bridge speaker:varga").hits == ()


def test_by_the_doubt(session: Session) -> None:
    assert places(session, "tunnel marked:silence") == [("55", 50.0)]
    assert places(session, "rain marked:LOOP marked:captions") == [("55", 80.0)]
    assert places(session, "tunnel marked:loop") == []
    assert places(session, "tunnel marked:silence speaker:marek") == []
    assert places(session, "tunnel marked:silence", where="written") == []
    assert find(session, "tunnel marked:unheard").note.startswith(
        "No quality mark is called unheard; the marks are loop, "
    )
    assert find(session, "marked:loop").note.startswith("These are only filters: add a word")
    assert find(session, "speaker:varga").note.startswith("These are only filters: add a word")
    assert find(session, "marked:unheard").note.startswith("No quality mark is called unheard; ")
    assert find(session, "speaker:nobody").note == "No speaker is called nobody."


def test_a_show_that_was_typed(session: Session) -> None:
    assert {hit.episode for hit in find(session, "bridge show:valley").hits} == {"S1"}
    assert {hit.episode for hit in find(session, 'bridge show:"Valley Sport"').hits} == {"S1"}
    assert {hit.episode for hit in find(session, "bridge show:valley show:news").hits} == {"S1", "54", "55"}
    assert find(session, "bridge show:valley", show="news").hits == ()
    assert find(session, "bridge show:nobody").note == "No show is called nobody."


def test_dates(session: Session) -> None:
    everything = places(session, "school")
    assert ("S1", 0.0) in everything

    assert set(places(session, "school after:2026-03-11")) == {("https://paper.example/flood", None)}
    assert set(places(session, "school", after=date(2026, 3, 11))) == {("https://paper.example/flood", None)}
    assert set(places(session, "school before:2026-03-11")) == {("55", 20.0)}
    assert places(session, "school after:2026-03-11", before=date(2026, 3, 11)) == []


def test_shows(session: Session) -> None:
    assert {hit.episode for hit in find(session, "bridge", show="valley").hits} == {"S1"}
    assert {hit.episode for hit in find(session, "bridge", show="2").hits} == {"S1"}
    review = find(session, "bridge", show="https://video.example/channel/review")
    assert {(hit.episode, hit.source) for hit in review.hits} == {("54", "said"), ("54", "written"), ("55", "said")}
    assert find(session, "bridge", show="Nobody's").note == "No show is called Nobody's."


def test_hits_of_one_moment_are_one(session: Session) -> None:
    hits = find(session, "bridge", where="said", limit=50).hits
    starts = sorted(hit.start or 0.0 for hit in hits if hit.episode == "54")

    assert len(starts) == len({hit.position for hit in hits if hit.episode == "54"})
    assert all(after - before > 30 for before, after in pairwise(starts))


def test_limit_counts_hits(session: Session) -> None:
    everything = find(session, "the", limit=50).hits

    assert len(everything) > 5
    assert find(session, "the", limit=3).hits == everything[:3]
    assert [hit.score for hit in everything[:3]] == sorted((hit.score for hit in everything[:3]), reverse=True)


def test_most_words_where_all_are_too_many(session: Session) -> None:
    answer = find(session, "the engineer varga giraffe toll")

    assert answer.partial
    assert "some of them" in answer.note
    assert answer.hits[0].episode == "54"
    assert not any("the" in marked(hit) for hit in answer.hits)
    assert all("giraffe" in hit.missing for hit in answer.hits)


def test_one_of_two_words_only_where_nothing_has_both(session: Session) -> None:
    answer = find(session, "varga giraffe")

    assert answer.partial
    assert {hit.missing for hit in answer.hits} == {("giraffe",)}
    assert not find(session, "varga piles").partial


def test_what_has_all_words_stands_first(session: Session) -> None:
    answer = find(session, "harbour bridge vote council nine")
    lacking = [len(hit.missing) > 0 for hit in answer.hits]

    assert answer.partial
    assert "have all the words" in answer.note
    assert lacking == sorted(lacking)
    assert not lacking[0]


def test_compounds_are_enough_in_part(session: Session) -> None:
    [hit, *_] = find(session, "covid-20").hits

    assert (hit.episode, hit.missing) == ("55", ("20",))
    assert find(session, '"covid 20"').hits == ()


def test_nothing_at_all(session: Session) -> None:
    assert find(session, "giraffe zebra okapi").hits == ()


def test_highlights_mark_what_matched(session: Session) -> None:
    words = 'bridge OR "turning point" OR bicycl* OR ferry OR mayor'
    hits = find(session, words, limit=50).hits

    assert len(hits) > 5
    for hit in hits:
        assert hit.highlights
        assert {mark.casefold().removesuffix("'s") for mark in marked(hit)} <= {
            "bridge", "bridges", "turning point", "bicycles", "ferry", "mayor",
        }  # fmt: skip
        assert len(tokens(hit.snippet)) <= 45


def test_all_matches_in_the_snippet_are_marked(session: Session) -> None:
    from episodes.search.query import positive_terms
    from episodes.search.query_parser import parse

    for hit in find(session, "rain OR run* OR the", limit=50).hits:
        words = tokens(hit.snippet)
        found = matches(matcher(positive_terms(parse("rain OR run* OR the").node)), words)
        assert [(words[match.first].start, words[match.last].end) for match in found] == list(hit.highlights)


def test_a_note_where_nothing_can_be_found(session: Session) -> None:
    assert "no word" in find(session, "").note
    assert "excluded" in find(session, "-bridge").note
    assert find(session, "chimney").note == ""


def test_no_episode_fills_the_list(newsroom) -> None:
    filler = [f"word{number} and a dozen other things that nobody ever looked for in here" for number in range(400)]
    newsroom.episode("long", "All about ravens", [f"ravens {text}" for text in filler], seconds=40)
    newsroom.episode("short", "Birds", ["A single sentence about ravens."])
    newsroom.article("https://paper.example/ravens", "Birds", ["Ravens were seen."])

    hits = find(newsroom.session, "ravens", limit=10).hits

    assert len(hits) == 10
    assert [hit.episode for hit in hits[:6]].count("long") <= 4
    assert {(hit.episode, hit.article) for hit in hits[:6]} >= {("short", None), (None, "https://paper.example/ravens")}


def test_a_title_that_answers_is_one_moment(newsroom, monkeypatch) -> None:
    monkeypatch.setattr(candidates, "POOL", 20)  # more passages answer than are looked at first
    long = [f"word{number} and a dozen other things that nobody ever looked for in here" for number in range(100)]
    for number in range(2):
        newsroom.episode(f"long{number}", f"Ravens, part {number}", long, seconds=40)
    newsroom.episode("short", "Birds", ["A single sentence about ravens."])

    hits = find(newsroom.session, "ravens", limit=1).hits + find(newsroom.session, "ravens").hits

    assert sorted((hit.episode, hit.start) for hit in hits[1:]) == [("long0", 0.0), ("long1", 0.0), ("short", 0.0)]
    assert hits[0] == hits[1]


def test_a_moment_begins_where_all_its_words_do(newsroom) -> None:
    newsroom.episode("1", "News", ["To the island the ferry went at ten.", "So the bridge was closed again."])

    assert places(newsroom.session, "the bridge") == [("1", 10.0)]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("harb", "harb*"),
        ("council fisherm", "council fisherm*"),
        ('"turning poi"', '"turning poi"*'),
        ("bridge in:said harb", "bridge harb* in:said"),
    ],
)
def test_a_word_that_is_still_being_typed_finds_what_begins_so(session: Session, typed: str, read: str) -> None:
    answer = find(session, typed)

    assert answer.query == read
    assert answer.hits
    assert not answer.partial
    assert "showing words that begin with it" in answer.note
    assert find(session, answer.words, limit=3).hits == answer.hits[:3]
    assert answer.hits == find(session, read).hits


@pytest.mark.parametrize("typed", ["harb bridge", "ha", "bridge", "bridgx", "harb OR ferr", "bridge -harb"])
def test_no_other_word_is_taken_for_a_beginning(session: Session, typed: str) -> None:
    answer = find(session, typed)

    assert "*" not in answer.query
    assert "begin" not in answer.note
