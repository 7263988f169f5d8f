"""What is only done in large catalogs, where not all that answers is counted, looked through and read: the same on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlmodel import col

from episodes import database
from episodes.models import Passage
from episodes.search import candidates, idf
from episodes.search.find import find
from episodes.search.query import And, positive_terms
from episodes.search.query_parser import parse
from tests.search.conftest import OnBoth
from tests.search.town import Newsroom

#: The n-th is said in proportion to n ** -1.5: the first ten stand in most passages, the last ten in few.
WORDS = [
    *(
        "the",
        "harbour",
        "ferry",
        "bridge",
        "council",
        "market",
        "river",
        "school",
        "budget",
        "tunnel",
        "library",
        "bakery",
        "orchard",
    ),
    *(
        "museum",
        "station",
        "garden",
        "valley",
        "mayor",
        "lantern",
        "chapel",
        "windmill",
        "bicycle",
        "quarry",
        "regatta",
        "pharmacy",
    ),
    *(
        "almanac",
        "beehive",
        "causeway",
        "dovecote",
        "estuary",
        "foundry",
        "gazebo",
        "heather",
        "ironworks",
        "jetty",
        "kiosk",
    ),
    *("lighthouse", "millpond", "nursery", "observatory"),
]
SHARES = list(accumulate(rank**-1.5 for rank in range(1, len(WORDS) + 1)))
COMMON = WORDS[:4]


def chronicle(newsroom: Newsroom) -> None:
    """Forty episodes of ten minutes, spoken by dice."""
    dice = random.Random(3)
    for number in range(40):
        said = [" ".join(dice.choices(WORDS, cum_weights=SHARES, k=15)) for _ in range(25)]
        title = " ".join(dice.choices(WORDS, cum_weights=SHARES, k=3))
        newsroom.episode(f"day-{number}", title, said, published=date(2026, 1, 1) + timedelta(days=number))


@pytest.fixture(scope="module")
def large(on_both: OnBoth) -> Iterator[tuple[Engine, Engine]]:
    """As large as a catalog is in which words are common and most that answers is left out."""
    engines = on_both("large_catalog", chronicle)
    with engines[1].execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))  # words that are common for certain are not counted
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(idf, "COUNT_LIMIT", 200)
        patch.setattr(candidates, "_NEWEST", 200)
        patch.setattr(candidates, "POOL", 30)
        patch.setattr(candidates, "READ", 10)
        patch.setattr(candidates, "_READ_PER_HIT", 1)
        patch.setattr(candidates, "_WIDEST", 300)
        idf._count.cache_clear()
        yield engines
    idf._count.cache_clear()


word = st.sampled_from(WORDS)
phrase = st.lists(word, min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"')
compound = st.lists(word, min_size=2, max_size=3).map("-".join)
term = st.one_of(
    word,
    word,
    phrase,
    compound,
    st.one_of(phrase, compound).map("{}*".format),
    word.map(lambda one: f"{one[:3]}*"),
    st.one_of(word, phrase).map("title:{}".format),
    st.sampled_from(["a", "of", "at", "who"]),
)
typed = st.one_of(
    term,
    st.lists(term, min_size=2, max_size=3).map(" ".join),
    st.lists(term, min_size=2, max_size=3).map(" OR ".join),
    st.tuples(term, term, term).map(lambda three: "({} OR {}) {}".format(*three)),
    st.tuples(term, term, term, term).map(lambda four: "{} ({} OR {}) {}".format(*four)),
    st.tuples(term, term).map(" -".join),
    st.tuples(term, word).map("in:said after:2026-01-20 {0[0]} {0[1]}".format),
)


@settings(max_examples=150, deadline=None)
@given(typed, st.integers(1, 12))
def test_same_moments(large: tuple[Engine, Engine], words: str, limit: int) -> None:
    one, other = (_found(engine, words, limit) for engine in large)

    assert one == other


@pytest.mark.parametrize(
    "words", ["a well-harbour*", "the (ferry-19 OR school-21) of at", "at (in-the OR title:ferry) will"]
)
@pytest.mark.parametrize("limit", [1, 5, 30])
def test_compounds_among_words_that_say_nothing(large: tuple[Engine, Engine], words: str, limit: int) -> None:
    one, other = (_found(engine, words, limit) for engine in large)

    assert one == other


def test_of_what_is_not_common_nothing_is_left_out() -> None:
    assert idf.COUNT_LIMIT <= candidates._NEWEST


def test_words_are_common_and_others_are_not(large: tuple[Engine, Engine]) -> None:
    """Or the test above would not try what it should."""
    for engine in large:
        with database.reading(engine) as session:
            terms = list(positive_terms(parse('harbour observatory "the harbour" "the observatory"').node or And(())))
            known = idf.term_stats(session, terms)

        assert sorted(map(str, known.common)) == ['"the harbour"', "harbour"]


@pytest.mark.parametrize("number", [0, 1])
def test_phrases_of_common_words_are_found_however_old_they_are(large: tuple[Engine, Engine], number: int) -> None:
    engine = large[number]
    with database.reading(engine) as session:
        texts = [each.split() for each in session.scalars(select(col(Passage.text)))]
        for words in ((a, b, c, d) for a in COMMON for b in COMMON for c in COMMON for d in COMMON):
            there = any(
                words == four
                for each in texts
                for four in zip(*(islice(each, n, None) for n in range(4)), strict=False)
            )

            assert bool(_hits(session, words)) == there


def _hits(session, words):
    return find(session, '"{}"'.format(" ".join(words)), limit=1).hits


def _found(engine: Engine, words: str, limit: int) -> object:
    with database.reading(engine) as session:
        return find(session, words, limit=limit)
