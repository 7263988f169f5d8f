"""Compare short lines and whole texts: equal words, contained words, near duplicates; count words. Pure.

Near duplicates are found by shingles (runs of four words) and their Jaccard similarity; two texts are compared
directly, so no MinHash is needed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from transcripts.tokens import surface

#: Words in a shingle, and the Jaccard similarity from which two texts are one article.
_SHINGLE, _MIN_SIMILARITY = 4, 0.9


def same_words(one: str, other: str) -> bool:
    """True if two lines differ only in case, spaces and punctuation. An empty line equals nothing."""
    bare = _bare(one)
    return bool(bare) and bare == _bare(other)


def contains_words(line: str, words: str) -> bool:
    """True if the words occur in the line in a row, apart from case and punctuation. Empty words occur nowhere."""
    return bool(_bare(words)) and f" {_bare(words)} " in f" {_bare(line)} "


def count_words(text: str) -> int:
    """Count the words of a text; in scripts without spaces two characters count as one word."""
    spaced = len(text.split())
    return max(spaced, sum(1 for char in text if ord(char) > 0x2E7F) // 2)


def is_near_duplicate(one: str, other: str) -> bool:
    """True if nine of ten shingles of both texts are shared (Jaccard); short texts must be equal."""
    first, second = _shingles(one), _shingles(other)
    return len(first & second) >= _MIN_SIMILARITY * len(first | second)


@lru_cache(maxsize=1 << 11)  # one heading is compared with many
def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = surface(text.casefold())
    return {tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))}
