"""Parse and format clock times."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcripts.clock import format_clock, milliseconds, parse_clock, parse_timing


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:00:01.5", 1.5),
        ("1:02,03", 62.03),
        ("100:00:00.001", 360000.001),
        (" 00:07 ", 7.0),
        ("00:00:00.1239", 0.123),
    ],
)
def test_clocks(text, seconds):
    assert parse_clock(text) == seconds


@pytest.mark.parametrize("text", ["", "7", "1:2:3:4", "-0:01", "0:01.", "a:01", "٠:٠١"])
def test_invalid_clocks(text):
    assert parse_clock(text) is None


def test_an_end_before_its_start_becomes_the_start():
    assert parse_timing("00:02.000 --> 00:01.000 line:0") == (2.0, 2.0)


@settings(deadline=None)
@given(st.integers(0, 10**10), st.sampled_from(".,"))
def test_every_millisecond_survives_a_round_trip(thousandths, mark):
    assert milliseconds(parse_clock(format_clock(thousandths / 1000, mark)) or 0) == thousandths


def test_negative_seconds_become_zero():
    assert format_clock(-0.2) == "00:00:00.000"
