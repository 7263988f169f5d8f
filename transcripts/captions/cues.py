"""Pure: the contents of a caption file, before they become segments.

A ``Cue`` is shown from start to end. It has lines; a line has spans, each with one speaker and, in word-timed captions, a start time.
``segments`` makes one segment of a cue, or several if more than one person speaks in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from transcripts.clock import parse_clock
from transcripts.text import one_line
from transcripts.words import Segment, Word

_VTT_TAG = re.compile(r"<(/?[A-Za-z0-9][^<>]*|/?)>")
_VOICE = re.compile(r"v(?:\.[^\s<>]*)?[ \t\n](.*)", re.DOTALL)
_SRT_TAG = re.compile(r"</?(?:i|b|u|s|em|strong|font|span|c|v|br)\b[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one speaker (None: not named), said from second ``at`` on (None: not timed)."""

    text: str
    speaker: str | None = None
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the screen."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The whole line without markup."""
        return one_line("".join(span.text for span in self.spans))

    @property
    def timed(self) -> bool:
        """Whether its words have times."""
        return any(span.at is not None for span in self.spans)


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines shown from ``start`` to ``end``, in seconds, without blank lines."""

    start: float
    end: float
    lines: tuple[Line, ...]


def vtt_lines(payload: str) -> tuple[Line, ...]:
    """Parse WebVTT text: interpret ``<v Name>`` and time tags, strip all tags, decode entities."""
    speaker, at = None, None
    lines: list[list[Span]] = [[]]
    for number, piece in enumerate(_VTT_TAG.split(payload)):
        if number % 2:  # the content of a tag
            voice = _VOICE.fullmatch(piece)
            speaker = one_line(html.unescape(voice[1])) or None if voice else None if piece == "/v" else speaker
            clock = parse_clock(piece)
            at = at if clock is None else clock
            continue
        first, *others = piece.split("\n")
        lines[-1].append(Span(html.unescape(first), speaker, at))
        lines += [[Span(html.unescape(text), speaker, at)] for text in others]
    return _shown(lines)


def srt_lines(payload: str) -> tuple[Line, ...]:
    """Parse SubRip text: strip the usual tags, decode entities."""
    return _shown([[Span(srt_text(text))] for text in payload.split("\n")])


def srt_text(text: str) -> str:
    """Return a SubRip line without tags and entities."""
    return html.unescape(_SRT_TAG.sub("", text))


def segments(cues: Iterable[Cue]) -> Iterator[Segment]:
    """Yield a segment for each cue and speaker in it. Speakers in one cue share its times: the file has no others."""
    for cue in cues:
        spans = [span for line in cue.lines for span in _spoken(line)]
        for speaker, group in groupby(spans, key=lambda span: span.speaker):
            said = list(group)
            text = one_line("".join(span.text for span in said))
            yield Segment(cue.start, cue.end, text, speaker, tuple(_words(said, cue)))


def spread(text: str, start: float, end: float) -> Iterator[Word]:
    """Yield the words of ``text``, each with an equal share of the time from ``start`` to ``end``."""
    words = one_line(text).split()
    share = (end - start) / max(1, len(words))
    for number, word in enumerate(words):
        yield Word(start + number * share, start + (number + 1) * share, word)


def _spoken(line: Line) -> Iterator[Span]:
    """Yield the spans with text, with a space after the last: lines are joined into sentences."""
    spans = [span for span in line.spans if one_line(span.text)]
    for span in spans:
        yield replace(span, text=span.text + " ") if span is spans[-1] else span


def _words(said: list[Span], cue: Cue) -> Iterator[Word]:
    """Yield timed words if the file has times; words before the first timed span begin at the cue's start."""
    if all(span.at is None for span in said):
        return
    starts = [cue.start]
    for span in said:
        starts.append(min(max(starts[-1], starts[-1] if span.at is None else span.at), cue.end))
    for span, (start, end) in zip(said, pairwise([*starts[1:], cue.end]), strict=True):
        yield from spread(span.text, start, end)


def _shown(lines: Iterable[list[Span]]) -> tuple[Line, ...]:
    return tuple(line for line in (Line(tuple(spans)) for spans in lines) if line.text)
