"""A turn begins at the same segment on the page and in exports: with another speaker, or after two seconds of silence."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from episodes.web.transcript_lines import transcript_lines
from transcripts.turns import begins_turn, turns
from transcripts.words import Segment, Transcript

SAID = (
    Segment(0.0, 4.0, "Good evening.", "Host"),
    Segment(4.5, 9.0, "The toll ends on Monday.", "Host"),
    Segment(9.0, 9.5, "  ", "Editor"),
    Segment(10.9, 14.0, "So much for the toll.", "Host"),
    Segment(16.0, 20.0, "Now to the weather.", "Host"),
    Segment(20.0, 22.0, "It rains.", "Editor"),
    Segment(22.0, 24.0, "All week.", ""),
    Segment(24.0, 26.0, "Or longer.", None),
)


def test_turns() -> None:
    assert [[segment.start for segment in turn] for turn in turns(SAID)] == [
        [0.0, 4.5, 10.9],
        [16.0],
        [20.0],
        [22.0, 24.0],
    ]
    assert list(turns([])) == list(turns([Segment(0, 1, " ")])) == []


SEGMENTS = st.lists(
    st.tuples(
        st.floats(0, 4),
        st.floats(0, 5),
        st.sampled_from(["a", " ", "two words"]),
        st.sampled_from(["A", "B", "", None]),
    ),
    max_size=12,
)


@given(SEGMENTS)
def test_the_page_has_the_same_turns(drawn: list[tuple[float, float, str, str | None]]) -> None:
    at, segments = 0.0, []
    for pause, length, text, speaker in drawn:
        segments.append(Segment(at + pause, at + pause + length, text, speaker))
        at += pause + length
    said = [segment for segment in segments if segment.text.strip()]
    found = list(turns(segments))

    assert [segment for turn in found for segment in turn] == said
    assert all(begins_turn(before[-1], after[0]) for before, after in pairwise(found))
    page = transcript_lines(Transcript(tuple(segments)))
    assert [line.start for line in page if line.turn] == [turn[0].start for turn in found]
    assert {segment.speaker or "" for turn in found for segment in turn} == {segment.speaker or "" for segment in said}
