"""Pure: what a caption file shows, before it becomes segments.

A ``Cue`` is shown from start to end; it has lines; a line has spans, each said by one speaker and, in word-timed captions, from
one second on. ``segments`` makes one segment of a cue, or several where more than one person speaks in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from transcripts.clock import parse_clock
from transcripts.foreign import one_line
from transcripts.words import Segment, Word

_VTT_TAG = re.compile(r"<(/?[A-Za-z0-9][^<>]*|/?)>")
_VOICE = re.compile(r"v(?:\.[^\s<>]*)?[ \t\n](.*)", re.DOTALL)
_SRT_TAG = re.compile(r"</?(?:i|b|u|s|em|strong|font|span|c|v|br)\b[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one speaker (None: nobody is named), said from second ``at`` on (None: no time of its own)."""

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
        """Whether its words carry times."""
        return any(span.at is not None for span in self.spans)


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines shown from ``start`` to ``end``, in seconds; blank lines are left out."""

    start: float
    end: float
    lines: tuple[Line, ...]


def vtt_lines(payload: str) -> tuple[Line, ...]:
    """Lines of WebVTT text: tags taken out, ``<v Name>`` and time tags understood, entities decoded."""
    speaker, at = None, None
    lines: list[list[Span]] = [[]]
    for number, piece in enumerate(_VTT_TAG.split(payload)):
        if number % 2:  # what stood between < and >
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
    """Lines of SubRip text: the usual tags taken out, entities decoded."""
    return _shown([[Span(srt_text(text))] for text in payload.split("\n")])


def srt_text(text: str) -> str:
    """What a SubRip line says."""
    return html.unescape(_SRT_TAG.sub("", text))


def segments(cues: Iterable[Cue]) -> Iterator[Segment]:
    """A segment for each cue and speaker in it. Several in one cue share its times: the file says no more."""
    for cue in cues:
        spans = [span for line in cue.lines for span in (*line.spans, Span(" "))]
        filled = [span for span in spans if span.text.strip() or span.speaker is None]
        for speaker, said in _by_speaker(filled):
            text = one_line("".join(span.text for span in said))
            if text:
                yield Segment(cue.start, cue.end, text, speaker, tuple(_words(said, cue)))


def shared(text: str, start: float, end: float) -> Iterator[Word]:
    """The words of ``text``, which share the time from ``start`` to ``end`` evenly."""
    words = one_line(text).split()
    for number, word in enumerate(words):
        step = (end - start) / len(words)
        yield Word(start + number * step, start + (number + 1) * step, word)


def _shown(lines: Iterable[list[Span]]) -> tuple[Line, ...]:
    return tuple(line for line in (Line(tuple(spans)) for spans in lines) if line.text)
