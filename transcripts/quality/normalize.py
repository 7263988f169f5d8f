"""A text's words as they are compared: without case and signs; a script without spaces gives one word a sign."""

from __future__ import annotations

from collections.abc import Sequence

from transcripts.tokens import surface


def words(text: str) -> list[str]:
    """The words in order."""
    return [word.replace("’", "'") for word in surface(text.casefold())]


def words_of_each(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words of many texts in one row, and for each the number of the text that it is from."""
    row, owners = [], []
    for number, text in enumerate(texts):
        found = words(text)
        row += found
        owners += [number] * len(found)
    return row, owners


def excerpt(found: Sequence[str], most: int = 10) -> str:
    """Words in typographic quotes, a long row cut."""
    return f"“{' '.join(found[:most])}{' …' if len(found) > most else ''}”"
