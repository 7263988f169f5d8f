"""What is new stands early, whatever the list's order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from episodes.sources.order import deduplicated, interleaved, newest_first
from episodes.values import Listed


def entries(count: int, start: int = 0) -> list[Listed]:
    return [Listed(f"x:{n}", "", str(n)) for n in range(start, start + count)]


def names(listed: Iterator[Listed]) -> list[str]:
    return [entry.title for entry in listed]


@given(counts=st.lists(st.integers(0, 7), max_size=4))
def test_interleaving_keeps_all_and_each_lists_order(counts: list[int]) -> None:
    lists = [entries(count, 100 * which) for which, count in enumerate(counts)]
    woven = list(interleaved([iter(some) for some in lists]))

    assert sorted(entry.identity for entry in woven) == sorted(entry.identity for some in lists for entry in some)
    for some in lists:
        assert [entry for entry in woven if entry in some] == some


def test_the_first_of_each_list_comes_first_and_no_list_is_read_ahead() -> None:
    def never_ending() -> Iterator[Listed]:
        yield from entries(2)
        raise AssertionError("nobody asked for the third")

    woven = interleaved([never_ending(), iter(entries(1, 100))])

    assert [next(woven).title for _ in range(3)] == ["0", "100", "1"]


@given(days=st.lists(st.integers(0, 9)))
def test_dated_entries_come_newest_first(days: list[int]) -> None:
    dated = [Listed(f"x:{n}", "", published=date(2024, 1, 1) + timedelta(days=day)) for n, day in enumerate(days)]
    published = [entry.published for entry in newest_first(dated)]

    assert published == sorted((entry.published for entry in dated), key=str, reverse=True)


def test_without_dates_both_ends_come_first() -> None:
    assert names(newest_first(entries(5))) == ["0", "4", "1", "3", "2"]
    assert names(newest_first(entries(4))) == ["0", "3", "1", "2"]
    assert names(newest_first([])) == []


def test_an_episode_listed_twice_comes_once() -> None:
    assert names(deduplicated([*entries(2), *entries(3)])) == ["0", "1", "2"]
