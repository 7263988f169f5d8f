"""Normalize a text to words for comparison: no case, no punctuation. A script without spaces gives one word per character."""

from __future__ import annotations

from collections.abc import Sequence

from transcripts.tokens import surface


def words(text: str) -> list[str]:
    """Return the normalized words in order."""
    return [word.replace("’", "'") for word in surface(text.casefold())]


def words_of_each(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the words of all texts in one row, and for each word the index of its text."""
    row, owners = [], []
    for number, text in enumerate(texts):
        found = words(text)
        row += found
        owners += [number] * len(found)
    return row, owners


def excerpt(found: Sequence[str], most: int = 10) -> str:
    """Return the first words in typographic quotes."""
    return f"“{' '.join(found[:most])}{' …' if len(found) > most else ''}”"
