"""The same words give the same moments on both databases, whatever was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import col

from episodes import database
from episodes.models import Article, Episode, Passage, Transcript
from episodes.search.backends import backend_of
from episodes.search.find import find
from episodes.search.matching import matcher, matches
from episodes.search.query import And, Node, Or, Without, last_word_as_prefix
from episodes.search.query_parser import parse
from episodes.search.results import SearchResults
from episodes.search.tokenizer import Token, tokens
from tests.search.typed import ODD, QUERIES, typed


def ask(engines: Sequence[Engine], words: str, **narrow: object) -> list[SearchResults]:
    answers = []
    for engine in engines:
        with database.reading(engine) as session:
            answers.append(find(session, words, **narrow))
    return answers


@pytest.mark.parametrize("words", QUERIES)
def test_same_moments(both: tuple[Engine, Engine], words: str) -> None:
    one, other = ask(both, words, limit=100)

    assert one == other


def test_the_queries_above_find_something(both: tuple[Engine, Engine]) -> None:
    found = [len(ask(both[:1], words)[0].hits) for words in QUERIES]

    assert len({*QUERIES, *ODD}) >= 200
    assert sum(map(bool, found)) > 60
    assert sum(found) > 150


@pytest.mark.parametrize(
    "narrow", [{"where": "said"}, {"where": "written"}, {"show": "news"}, {"after": date(2026, 3, 4)}], ids=str
)
def test_same_moments_narrowed(both: tuple[Engine, Engine], narrow: dict[str, object]) -> None:
    for words in ("bridge", "the", "school OR ferry"):
        one, other = ask(both, words, **narrow)

        assert one == other
        assert one.hits


@pytest.mark.parametrize("words", ODD, ids=lambda words: repr(words[:20]))
def test_odd_strings_are_ordinary(both: tuple[Engine, Engine], words: str) -> None:
    one, other = ask(both, words)

    assert one == other
    assert one.hits or one.note or one.query


@settings(max_examples=60)
@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["bridge", "ferry", '"', "(", ")", "-", " ", "OR", "*", "'", "\\", "é"])).map("".join)
)
def test_random_strings_raise_nothing(both: tuple[Engine, Engine], words: str) -> None:
    one, other = ask(both, words)

    assert one == other


def test_mutated_strings_raise_nothing(both: tuple[Engine, Engine]) -> None:
    for words in typed(300, seed=11):
        one, other = ask(both, words)

        assert one == other, words
        assert one.query == reading(words, begins="showing words that begin with it" in one.note)


def reading(words: str, *, begins: bool) -> str:
    """How a question is read, its last word perhaps as the beginning of one."""
    query = parse(words)
    ended = last_word_as_prefix(query.node) if query.node and begins else None
    return str(replace(query, node=ended[1])) if ended else str(query)


TERMS = st.sampled_from(
    ["bridge", "harbour", "the", "ferry", "mayor", "rain", "school", "zzz", "54", "high", "bri*", "t*", '"turning point"', '"in review"',
     '"the harbour"', '"more rain"', "covid-1*", "in-th*"]
)  # fmt: skip
FORMULAS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} -({two[1]}))"),
        inner.map(lambda one: f"-({one})"),
    ),
    max_leaves=8,
)


@settings(max_examples=80)
@given(FORMULAS)
@example("bri* -in-th*")
def test_the_databases_match_what_the_formula_says(both: tuple[Engine, Engine], formula: str) -> None:
    node = parse(formula).node
    for engine in both if node else ():
        with engine.connect() as connection:
            texts = connection.execute(
                select(Passage.id, Passage.text, Episode.title, Article.title)
                .outerjoin(Transcript, col(Transcript.id) == Passage.transcript_id)
                .outerjoin(Episode, col(Episode.id) == Transcript.episode_id)
                .outerjoin(Article, col(Article.id) == Passage.article_id)
            )
            expected = {row[0] for row in texts if holds(node, [tokens(row[1]), tokens(row[2] or row[3])])}
            backend = backend_of(connection)
            found = connection.execute(
                backend.matching_ids("question"), {"question": backend.compile_query(node)}
            ).scalars()

            assert set(found) == expected


def holds(node: Node, texts: list[list[Token]]) -> bool:
    """What a formula means, said once more."""
    match node:
        case And(parts):
            return all(holds(part, texts) for part in parts)
        case Or(parts):
            return any(holds(part, texts) for part in parts)
        case Without(keep, drop):
            return holds(keep, texts) and not holds(drop, texts)
        case _:
            return any(
                matches(matcher([node], title=title), words) for words, title in zip(texts, (False, True), strict=True)
            )
