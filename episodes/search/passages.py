"""Cut a document into passages, the units of search: sliding windows of 60 to 90 words that overlap by at least half.

Windows, since words that belong together are seldom in one segment: two words share a window three times as often as a single caption.
Overlaps of half, since then any thirty consecutive words are whole in at least one passage, across segments, sentences and paragraphs.
Lengths are counted in tokens. Cuts fall between segments (speech) or sentences (articles). A longer piece than ``MAX_PIECE`` is cut between
words, and its time divided in proportion to its letters: otherwise windows could not overlap by half, and a monologue in one segment
would be found only at its start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from episodes.search.tokenizer import Token, tokens

MIN_WORDS, MAX_WORDS = 60, 90
#: Longest piece that is not cut. With MIN_WORDS + MAX_PIECE <= MAX_WORDS, every window but the last reaches MIN_WORDS.
MAX_PIECE = 30
#: Up to this many words at the end extend the last window instead of making another.
MAX_REST = 15

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’»)\]]*\s+(?=[\"“‘«(\[]?[^\W\d_a-z])")

#: In plain ASCII, each token contains at least one of these runs.
_RUN = re.compile(r"[^\W_]+")


class Unit(NamedTuple):
    """A segment or paragraph: position in the document, text, seconds if spoken; ``detailed``: it may have word timestamps."""

    position: int
    text: str
    start: float | None = None
    end: float | None = None
    detailed: bool = False


class Piece(NamedTuple):
    """A short unit or a part of one, not cut further; ``glue`` separates it from the piece before."""

    position: int
    text: str
    start: float | None
    end: float | None
    words: list[Token]
    glue: str


class Window(NamedTuple):
    """A passage before it is stored: positions of its first and last unit, seconds, text, and tokens (offsets within their pieces)."""

    first: int
    last: int
    start: float | None
    end: float | None
    text: str
    words: list[Token]


def windows(units: Sequence[Unit]) -> list[Window]:
    """Cut a document into passages, in order. A document without words gets one empty passage, which makes its title searchable."""
    cut = pieces(units)
    if not cut:
        return [Window(0, 0, units[0].start if units else None, units[-1].end if units else None, "", [])]
    return [_window(cut[begin:stop]) for begin, stop in _spans([len(piece.words) for piece in cut])]


def _window(cut: Sequence[Piece]) -> Window:
    text = "".join(f"{piece.glue if number else ''}{piece.text}" for number, piece in enumerate(cut))
    return Window(
        cut[0].position,
        cut[-1].position,
        cut[0].start,
        cut[-1].end,
        text,
        [word for piece in cut for word in piece.words],
    )


def _spans(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield [begin, stop) of each window over pieces of these lengths, none above ``MAX_PIECE``."""
    begin = 0
    while True:
        stop, size = begin, 0
        while stop < len(lengths) and size + lengths[stop] <= MAX_WORDS:
            size += lengths[stop]
            stop += 1
        if sum(lengths[stop : stop + MAX_REST + 1]) <= MAX_REST:  # each has at least one word
            yield begin, len(lengths)
            return
        yield begin, stop
        begin = _next_begin(lengths, begin, size)


def _next_begin(lengths: Sequence[int], begin: int, size: int) -> int:
    """Return the begin of the next window: the last piece that leaves at most half of this window behind."""
    passed = lengths[begin]
    begin += 1
    while passed + lengths[begin] <= size / 2:
        passed += lengths[begin]
        begin += 1
    return begin


def _light_pieces(units: Sequence[Unit]) -> Iterator[tuple[Unit, str]]:
    """Yield the same pieces as ``pieces``, as units and texts without tokens, which are expensive."""
    for unit in units:
        text = " ".join(unit.text.split())
        if unit.start is not None and text.isascii() and len(_RUN.findall(text)) <= MAX_PIECE:
            yield unit, text
        else:
            for piece in pieces([unit]):
                yield Unit(piece.position, piece.text, piece.start, piece.end, unit.detailed), piece.text


def located_pieces(text: str, units: Sequence[Unit]) -> Iterator[tuple[int, Unit]]:
    """Yield the pieces of a passage's text with their offsets; the first and last unit may reach beyond the passage."""
    begin = 0
    for piece, words in _light_pieces(units):
        at = text.find(words, begin)
        if at >= 0:
            yield at, piece
            begin = at + len(words)


def pieces(units: Sequence[Unit]) -> list[Piece]:
    """Return the pieces of a document in order; text without words is in none of them."""
    return [
        piece
        for unit in units
        for piece in (_segment_pieces(unit) if unit.start is not None else _paragraph_pieces(unit))
    ]


def _segment_pieces(unit: Unit) -> Iterator[Piece]:
    """Yield a segment whole or in parts; time is divided evenly over its letters."""
    text = " ".join(unit.text.split())
    start = unit.start or 0.0
    end = max(start, unit.end or 0.0)
    for begin, stop, words in _cut(text):
        share = (end - start) / len(text)
        first, last = (start + share * begin, start + share * stop)
        yield Piece(unit.position, text[begin:stop].strip(), first, end if stop == len(text) else last, words, " ")


def _paragraph_pieces(unit: Unit) -> Iterator[Piece]:
    """Yield the sentences of a paragraph, long ones in parts."""
    glue = "\n"
    for sentence in _sentences(unit.text):
        for begin, stop, words in _cut(sentence):
            yield Piece(unit.position, sentence[begin:stop].strip(), None, None, words, glue)
            glue = " "


def _sentences(text: str) -> list[str]:
    plain = " ".join(text.split())
    ends = [match.end() for match in _SENTENCE_END.finditer(plain)]
    return [plain[begin:end].strip() for begin, end in zip([0, *ends], [*ends, len(plain)], strict=True)]


def _cut(text: str) -> Iterator[tuple[int, int, list[Token]]]:
    """Yield even parts of at most ``MAX_PIECE`` tokens: start and stop offset in ``text``, and tokens."""
    words = tokens(text)
    parts = -(-len(words) // MAX_PIECE)
    borders = [len(words) * part // parts for part in range(parts + 1)] if parts else []
    for first, last in pairwise(borders):
        begin = words[first].start if first else 0
        stop = words[last].start if last < len(words) else len(text)
        yield begin, stop, words[first:last]
