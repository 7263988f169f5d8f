"""A transcript as the lines of a page: times, anchors, highlights, doubts. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from episodes.search.highlights import highlights
from episodes.web.addresses import second
from episodes.web.highlighting import Piece, pieces
from transcripts.names.corrections import spoken_words
from transcripts.turns import begins_turn, is_other_speaker
from transcripts.words import Segment, Transcript

#: Maximum lines on a page, and characters of a line; a longer transcript is shown in parts, and can be downloaded whole.
MAX_LINES, MAX_LINE_LENGTH = 4000, 12_000


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """A segment on the page.

    ``anchors``: whole seconds by which it can be linked, its own first. ``turn``: it begins a speaker turn; ``speaker``
    is set where the speaker changes. ``selected``: the URL points to it. ``words``: word times "0:12.3 5:12.71", each
    after the character where the word begins. ``doubts``: sentences on why it may be wrong.
    """

    start: float
    end: float
    anchors: tuple[int, ...]
    pieces: list[Piece]
    speaker: str
    turn: bool
    selected: bool
    words: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the text without highlights."""
        return "".join(piece.text for piece in self.pieces)


def window(transcript: Transcript, at: int | None = None) -> tuple[Transcript, int | None, int | None]:
    """Return the part of a transcript around second ``at``, and the seconds where the parts before and after begin."""
    said = [segment for segment in transcript.segments if segment.text.strip()]
    begin = (_line_at(said, at) or 0) // MAX_LINES * MAX_LINES
    part = tuple(_shortened(segment) for segment in said[begin : begin + MAX_LINES])
    earlier = second(said[begin - MAX_LINES].start) if begin else None
    later = math.ceil(said[begin + MAX_LINES].start) if begin + MAX_LINES < len(said) else None
    return replace(transcript, segments=part), earlier, later


def _shortened(segment: Segment) -> Segment:
    return (
        segment
        if len(segment.text) <= MAX_LINE_LENGTH
        else replace(segment, text=f"{segment.text[:MAX_LINE_LENGTH]} …", words=())
    )


def transcript_lines(transcript: Transcript, *, words: str = "", at: int | None = None) -> list[TranscriptLine]:
    """Prepare the segments with text; ``words`` are highlighted, the line at second ``at`` is selected."""
    segments = [segment for segment in transcript.segments if segment.text.strip()]
    spans = highlights(words, [segment.text for segment in segments])
    selected_line = _line_at(segments, at)
    made: list[TranscriptLine] = []
    taken: set[int] = set()
    for number, segment in enumerate(segments):
        before = segments[number - 1] if number else None
        anchors = [second(segment.start)] + ([at] if number == selected_line and at is not None else [])
        fresh = tuple(dict.fromkeys(anchor for anchor in anchors if anchor not in taken))
        taken.update(fresh)
        speaker = (segment.speaker or "") if is_other_speaker(before, segment) else ""
        made.append(
            TranscriptLine(
                segment.start, segment.end, fresh, pieces(segment.text, spans[number]), speaker, begins_turn(before, segment),
                number == selected_line, word_times(segment), tuple(mark.detail or mark.kind for mark in segment.marks),
            )
        )  # fmt: skip
    return made


def word_times(segment: Segment) -> str:
    """Return where each word begins, in characters and seconds; words that are not in the text are skipped."""
    times, at = [], 0
    for word in spoken_words(segment):
        text = word.text.strip()
        place = segment.text.find(text, at)
        if text and place >= 0:
            times.append(f"{place}:{round(word.start, 2):g}")
            at = place + len(text)
    return " ".join(times)


def _line_at(segments: list[Segment], at: int | None) -> int | None:
    """Return the first segment that begins in that second, else the one that runs then; None without ``at``."""
    if at is None or not segments:
        return None
    begun = [number for number, segment in enumerate(segments) if segment.start < at + 1]
    return next((number for number in begun if segments[number].start >= at), begun[-1] if begun else 0)
