"""Pure: text and offsets -> pieces. Templates escape each piece and put ``<mark>`` around the marked ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Piece(NamedTuple):
    """A stretch of text."""

    text: str
    highlighted: bool = False


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    """The text in order; ``spans`` are from-to offsets in order, those that overlap count once."""
    found: list[Piece] = []
    at = 0
    for first, last in spans:
        start, end = max(first, at), min(last, len(text))
        if start >= end:
            continue
        found += [Piece(text[at:start]), Piece(text[start:end], highlighted=True)]
        at = end
    found.append(Piece(text[at:]))
    return [piece for piece in found if piece.text]
