"""The pure parts: what was asked, which second, what is marked, where lines have their anchors, what is drawn."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.catalog.browsing import Month
from episodes.search.highlights import highlights
from episodes.web import addresses
from episodes.web.highlighting import pieces
from episodes.web.plots import HEIGHT, MAX_MONTHS, MAX_STACK, bars, month_window, timeline
from episodes.web.search_params import MAX_PAGES, SearchParams, parse_params
from episodes.web.security import media_policy
from episodes.web.templating import shortened
from episodes.web.transcript_lines import transcript_lines
from transcripts.words import Segment, Transcript

SPANS = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)))
DAYS = st.dates(date(1990, 1, 1), date(2030, 1, 1))


@given(st.text(max_size=30), SPANS)
def test_pieces_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    assert "".join(piece.text for piece in pieces(text, sorted(spans))) == text


def test_pieces_mark_what_matched() -> None:
    assert pieces("a bridge there", [(2, 8), (5, 8)]) == [("a ", False), ("bridge", True), (" there", False)]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("754", 754),
        ("754s", 754),
        ("12:34", 754),
        ("1:02:03", 3723),
        ("7.9", 7),
        ("", None),
        ("-3", None),
        ("soon", None),
        ("9" * 30, None),
        ("٣", None),
    ],
)
def test_seconds_in_addresses(text: str, second: int | None) -> None:
    assert addresses.parse_time(text) == second


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://paper.example/a", "https://paper.example/a"),
        (" http://paper.example/a ", "http://paper.example/a"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//evil.example", ""),
        ("http://[", ""),
        ("notes/a.txt", ""),
    ],
)
def test_which_foreign_addresses_are_links(address: str, shown: str) -> None:
    assert addresses.clickable(address) == shown


@pytest.mark.parametrize(
    "address",
    ["https://a.example;script-src *", "https://a b/", "ftp://a.example/", "http://[", "https://a.example\r\nX: y"],
)
def test_no_address_gets_into_the_policy_that_is_not_an_origin(address: str) -> None:
    allowed = media_policy(address).get("Content-Security-Policy", "")

    assert "script-src *" not in allowed
    assert "\n" not in allowed


def test_a_search_and_its_address_are_the_same() -> None:
    wanted = parse_params(words="a & b", where="said", show="News", after="2026-05", before="2027", page="3")

    assert wanted == SearchParams("a & b", "said", "News", date(2026, 5, 1), date(2027, 1, 1), 3)
    assert wanted.query_string == "q=a+%26+b&in=said&show=News&after=2026-05-01&before=2027-01-01&page=3"
    assert wanted.unfiltered().query_string == "q=a+%26+b"


@pytest.mark.parametrize(
    ("page", "taken"), [("0", 1), ("-1", 1), ("x", 1), ("99", MAX_PAGES), ("²", 1), ("9" * 5000, 1)]
)
def test_odd_page_numbers(page: str, taken: int) -> None:
    assert parse_params(page=page).page == taken


@pytest.mark.parametrize("day", ["2026-13", "2026-02-30", "0000", "yesterday", "2026-1-1-1"])
def test_what_is_no_date_is_said(day: str) -> None:
    assert parse_params(after=day).notes == (f"“{day}” is not a date and was ignored.",)


def test_highlights_go_over_the_edges_of_texts() -> None:
    texts = ["They call it a turning", "point. A point it is,", "of turning. Points!"]

    assert highlights('"turning point"', texts) == [[(15, 22)], [(0, 5)], [(3, 18)]]
    assert highlights("point*", texts) == [[], [(0, 5), (9, 14)], [(12, 18)]]
    assert highlights("nothing -point", texts) == [[], [], []]


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=5))
def test_highlights_lie_in_their_texts(typed: str, texts: list[str]) -> None:
    found = highlights(typed, texts)

    assert len(found) == len(texts)
    for text, spans in zip(texts, found, strict=True):
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert spans == sorted(spans)


TIMES = st.lists(st.floats(0, 20), min_size=1, max_size=12).map(sorted)


@given(TIMES, st.none() | st.integers(0, 25))
def test_every_line_is_there_and_no_anchor_twice(starts: list[float], at: int | None) -> None:
    segments = tuple(Segment(start, start + 1, f"word {number}") for number, start in enumerate(starts))
    made = transcript_lines(Transcript(segments), at=at)
    anchors = [anchor for line in made for anchor in line.anchors]

    assert [line.text for line in made] == [segment.text for segment in segments]
    assert len(anchors) == len(set(anchors))
    assert {int(start) for start in starts} <= set(anchors)
    assert at is None or (at in anchors and sum(line.selected for line in made) == 1)


def test_turns_begin_with_speakers_and_after_pauses() -> None:
    said = [(0, 4, "Host"), (4, 8, "Host"), (8, 9, "Guest"), (15, 16, "Guest"), (16, 17, None)]
    made = transcript_lines(Transcript(tuple(Segment(start, end, "words", speaker) for start, end, speaker in said)))

    assert [line.turn for line in made] == [True, False, True, True, True]
    assert [line.speaker for line in made] == ["Host", "", "Guest", "", ""]


@given(st.lists(DAYS, max_size=30))
def test_dots_and_ticks_lie_on_the_drawing(days: list[date]) -> None:
    drawn = timeline([(str(number), "title", day) for number, day in enumerate(sorted(days))])

    assert len(drawn.dots) == len(days)
    assert all(0 <= place.x <= 100 for place in [*drawn.dots, *drawn.ticks])
    assert all(drawn.radius <= dot.y <= drawn.height - drawn.radius <= MAX_STACK for dot in drawn.dots)
    assert len({tick.x for tick in drawn.ticks}) == len(drawn.ticks) <= 9
    assert bool(drawn.ticks) == bool(days)


@given(st.lists(DAYS, max_size=30))
def test_no_dot_hides_another(days: list[date]) -> None:
    drawn = timeline([(str(number), "title", day) for number, day in enumerate(sorted(days))])

    assert len({(dot.x, dot.y) for dot in drawn.dots}) == len(days)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), max_size=40))
def test_bars_lie_on_the_drawing(numbers: list[tuple[int, int, int]]) -> None:
    months = [
        Month(date(2000 + n // 12, n % 12 + 1, 1), max(row), *sorted(row)[:2], 0) for n, row in enumerate(numbers)
    ]
    drawn, ticks, most = bars(months)

    assert len(drawn) == len(months)
    assert all(
        0 <= bar.linked <= HEIGHT and 0 <= bar.transcribed <= HEIGHT and bar.x + bar.width <= 100 for bar in drawn
    )
    assert most >= max((month.episodes for month in months), default=0)
    assert bool(ticks) == bool(months)


@given(st.lists(st.dates(), max_size=30))
def test_what_is_drawn_is_bounded_whatever_the_dates(days: list[date]) -> None:
    months = [Month(day, 3, 2, 1, 1) for day in sorted({day.replace(day=1) for day in days})]
    whole, left_out = month_window(months)

    assert len(whole) <= MAX_MONTHS
    assert [month for month in whole if month.episodes] == [month for month in months if month in whole]
    assert sum(month.episodes for month in whole) + left_out == 3 * len(months)
    assert all(before.day < after.day for before, after in pairwise(whole))


def test_one_wrong_date_takes_nothing_from_the_drawing() -> None:
    right = [Month(date(2024, month, 1), 5, 5, 5, 0) for month in range(1, 13)]

    assert month_window([Month(date(24, 1, 1), 1, 0, 0, 0), *right]) == (right, 1)
    assert month_window([*right, Month(date(9999, 12, 1), 1, 0, 0, 0)]) == (right, 1)


@given(st.text(st.sampled_from("ab  ,")), st.integers(1, 20))
def test_what_is_shortened_begins_as_it_was_and_ends_with_a_word(text: str, length: int) -> None:
    short, words = shortened(text, length), text.split()

    assert len(short) <= length + 1
    assert short == " ".join(words) or short.endswith("…")
    assert " ".join(words).startswith(short.removesuffix("…"))


def test_no_word_is_cut_where_there_are_two() -> None:
    assert shortened("The council, as it was", 11) == "The council…"
    assert shortened("The council, as it was", 10) == "The…"
    assert shortened("The council, as it was", 14) == "The council…"
    assert shortened("Donaudampfschifffahrt", 5) == "Donau…"
    assert shortened(" two  words ", 9) == "two words"
