"""One reading of dates: what a text says is the same day through every door, and is written in one way."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.articles.json_lines import read_json_lines
from episodes.articles.read import read
from episodes.articles.wordpress import parse_posts
from episodes.dates import (
    find_date,
    first_day,
    from_timestamp,
    implausible_date,
    iso,
    parse_date_field,
    split_date,
    to_the_minute,
    utc_day,
)
from episodes.search.query_parser import parse
from episodes.sources import json_lines
from episodes.values import ArticleText, EpisodeInfo
from episodes.web.search_params import parse_params
from tests.conftest import Ran

MAY = date(2026, 5, 4)
DAYS = {
    "2026-05-04": MAY,
    "20260504": MAY,
    "2026-05-04T00:00:00": MAY,
    "2026-05-04T23:59:59Z": MAY,
    "2026-05-04 08:15:00.123+00:00": MAY,
    "2026-05-05T00:30:00+02:00": MAY,
    "2026-05-05 00:30 +0200": MAY,
    "2026-05-03T20:30:00-05:00": MAY,
    "2026-05-03T20:30:00.5-0500": MAY,
    "Sun, 03 May 2026 20:30:00 -0500": MAY,
    "Mon, 4 May 2026 10:00:00 GMT": MAY,
    "4 May 2026": MAY,
    "4th of May 2026": MAY,
    "May 4, 2026": MAY,
    "Monday, May 4, 2026": MAY,
    "04.05.2026": MAY,
    "2026/5/4": MAY,
    "13/05/2026": date(2026, 5, 13),
    "05/13/2026": date(2026, 5, 13),
}
NO_DAYS = ["tomorrow", "31 February 2026", "05/04/2026", "2026-13-01", "May", "2026-05"]
FAR = ["0024-05-01", "1776-07-04", "2999-01-01", "2999-01-01T00:00:00Z", "12026-05-04", "May 4, 1650"]

TEXT = (
    "The ferry runs again from Monday on, after the pier was mended and the ice had gone from all of the lower harbour. "
    * 3
)


def through_every_door(written: str, folder: Path) -> dict[str, date | None]:
    """The day that each door reads from a text."""
    line = {"id": "a", "title": "The pier", "date": written}
    (folder / "episodes.jsonl").write_text(json.dumps(line), encoding="utf-8")
    [episode] = json_lines.read(folder / "episodes.jsonl")
    [article] = read_json_lines(
        [json.dumps({**line, "url": "https://a.example/pier", "text": TEXT}).encode()], "a.jsonl"
    )
    head = f'<html><head><meta property="article:published_time" content="{written}"></head>'
    body = f"<body><article><h1>The pier</h1><p>{TEXT}</p></article></body></html>"
    (folder / "page.html").write_text(head + body, encoding="utf-8")
    [saved] = read(str(folder / "page.html"))
    (folder / "plain.txt").write_text(f"The pier\n{written}\n\n{TEXT}\n\n{TEXT}\n", encoding="utf-8")
    [plain] = read(str(folder / "plain.txt"))
    post = {"link": "https://a.example/pier", "title": "The pier", "date_gmt": written}
    [entry] = parse_posts(json.dumps([post]).encode(), {}, "https://a.example/", "").entries
    values = {"episode": episode, "article": article, "page": saved, "plain": plain}
    found = {name: each.value for name, each in values.items()}
    assert all(isinstance(value, EpisodeInfo | ArticleText) for value in found.values())
    return {name: value.published for name, value in found.items() if value} | {"wordpress": entry.published}


@pytest.mark.parametrize(("written", "day"), DAYS.items(), ids=DAYS)
def test_a_text_is_one_day_through_every_door(tmp_path: Path, written: str, day: date) -> None:
    found = through_every_door(written, tmp_path)

    assert found == dict.fromkeys(found, day)


@pytest.mark.parametrize("written", NO_DAYS)
def test_what_is_no_day(written: str) -> None:
    assert find_date(written) is None
    with pytest.raises(ValueError, match=written):
        parse_date_field(written)


@pytest.mark.parametrize("written", FAR)
def test_a_field_with_a_day_that_nobody_can_mean_is_left_out_and_told(written: str) -> None:
    day, doubted = parse_date_field(written)

    assert day is None
    assert written.startswith(doubted)
    assert f"{doubted}' was left out" in implausible_date(doubted)


def test_an_empty_field_is_no_day_and_no_fault() -> None:
    assert parse_date_field("") == parse_date_field("  ") == (None, "")


def test_what_stands_around_a_date_stays() -> None:
    assert split_date("By Ida Fennwick, 2026-05-05T00:30:00+02:00, Harbour") == (MAY, "By Ida Fennwick,  , Harbour")


MOMENTS = st.datetimes(
    datetime(1901, 1, 1),  # noqa: DTZ001 - it wants bounds without a zone
    datetime(2026, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@given(MOMENTS)
def test_a_moment_is_its_utc_day_however_it_is_written(at: datetime) -> None:
    day = at.astimezone(UTC).date()

    assert utc_day(at) == find_date(at.isoformat()) == parse_date_field(at.isoformat())[0] == day
    assert find_date(f"{at:%d %b %Y %H:%M:%S %z}") == day
    assert from_timestamp(at.timestamp()) == at
    assert find_date(iso(day) or "") == day
    assert to_the_minute(at) == f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    found, rest = split_date(text)
    assert found is None or (found == find_date(text) and len(rest) <= len(text))
    assert first_day(text) is None or first_day(text.strip()) == first_day(text)
    try:
        assert parse_date_field(text)[0] in (None, find_date(text))
    except ValueError:
        assert find_date(text) is None


PERIODS = {
    "2024": date(2024, 1, 1),
    "2024-5": date(2024, 5, 1),
    "2024-05": date(2024, 5, 1),
    "2024-05-03": date(2024, 5, 3),
    "2024-5-3": date(2024, 5, 3),
    "2024-13": None,
    "2024-02-30": None,
    "24-05-03": None,
    "yesterday": None,
}


@pytest.mark.parametrize(("typed", "day"), PERIODS.items(), ids=PERIODS)
def test_a_search_is_narrowed_by_the_same_days_everywhere(typed: str, day: date | None) -> None:
    assert first_day(typed) == day
    assert parse_params(after=f" {typed} ").after == day
    assert parse(f"ferry after:{typed}").after == day


@pytest.mark.parametrize(("typed", "day"), PERIODS.items(), ids=PERIODS)
def test_and_on_the_command_line(nir, typed: str, day: date | None) -> None:  # type: ignore[no-untyped-def]
    ran: Ran = nir("search", "ferry", "--after", typed, "--json")

    assert ran.code == (2 if day is None else 0)
    assert day or typed in ran.err
