"""Whether two texts are one article, read through two doors. Pure."""

from __future__ import annotations

from transcripts.tokens import surface

_SHINGLE = 4
_ALIKE = 0.9


def nearly_same(one: str, other: str) -> bool:
    """Whether nine of ten runs of four words stand in both texts; short texts have to be the same."""
    first, second = _shingles(one), _shingles(other)
    return len(first & second) >= _ALIKE * len(first | second)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = surface(text.casefold())
    return {tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))}
