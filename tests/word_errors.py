"""How far what was heard is from what was said, in words."""

from __future__ import annotations

import re


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def errors(wanted: list[str], got: list[str]) -> int:
    """Words replaced, left out or added: the edit distance."""
    row = list(range(len(got) + 1))
    for word in wanted:
        before, row[0] = row[:], row[0] + 1
        for at, other in enumerate(got, 1):
            row[at] = min(before[at - 1] + (word != other), before[at] + 1, row[at - 1] + 1)
    return row[-1]
