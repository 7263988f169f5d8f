"""Values some at a time: all of them, in order, none before it is asked for; and statements that no database finds too long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from episodes.batches import STATEMENT, batched
from episodes.catalog import articles, episodes, links, outcomes, sites
from episodes.database import writing
from episodes.values import Outcome, State

#: More than either database takes in one statement.
MANY = 70_000
NOW = datetime(2026, 5, 4, tzinfo=UTC)


@given(st.lists(st.integers(), max_size=40), st.integers(1, 12))
def test_all_of_them_in_order_in_full_batches(values: list[int], size: int) -> None:
    found = list(batched(values, size))

    assert [value for some in found for value in some] == values
    assert all(len(some) == size for some in found[:-1])
    assert all(0 < len(some) <= size for some in found)


def test_none_is_read_before_it_is_asked_for() -> None:
    read: list[int] = []

    def values() -> Iterator[int]:
        for value in range(100):
            read.append(value)
            yield value

    batches = batched(values(), 3)

    assert read == []
    assert next(batches) == [0, 1, 2]
    assert read == [0, 1, 2]
    assert len(next(batched(range(STATEMENT + 1)))) == STATEMENT


ASKED: dict[str, Callable[[Session], object]] = {
    "articles": lambda session: articles.by_ids(session, range(MANY)),
    "revisions": lambda session: articles.revisions(session, range(MANY)),
    "identities": lambda session: episodes.known(session, (f"test:{n}" for n in range(MANY))),
    "links": lambda session: links.of_many(session, episodes=range(MANY)),
    "verdicts": lambda session: links.put_all(session, [], due=range(MANY)),
    "data": lambda session: outcomes.data(session, "update", (f"test:{n}" for n in range(MANY))),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_no_statement_is_too_long(engine: Engine, ask: Callable[[Session], object]) -> None:
    with writing(engine) as session:
        found = ask(session)

    assert found in ([], {}, set(), (0, 0, 0))


def test_forgetting_a_large_site_takes_several_statements(engine: Engine) -> None:
    with writing(engine) as session:
        site = sites.add(session, "https://valley.example/", kind="feed", title="", state={}, now=NOW)
        items = [(f"https://valley.example/{n}", "", {"site": site.id}) for n in range(2 * STATEMENT + 1)]
        outcomes.enqueue(session, "articles", items, now=NOW)
        outcomes.record(session, "articles", Outcome("https://hill.example/", State.FAILED), now=NOW, data={"site": 99})
        sites.forget(session, site, "articles")

        assert outcomes.unfinished(session, "articles") == {"https://hill.example/"}
