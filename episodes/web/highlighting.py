"""Split text at offsets into highlighted and plain pieces. Pure.

Templates escape each piece and wrap highlighted ones in ``<mark>``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Piece(NamedTuple):
    """A piece of text."""

    text: str
    highlighted: bool = False


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    """Split the text into pieces in order. ``spans`` are sorted from-to offsets; overlapping ones are merged."""
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
