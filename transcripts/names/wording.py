"""Words of a text as they are written, for names: letters only, case kept."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+")


def words_of(texts: Iterable[str]) -> list[str]:
    """The words of all texts in order; hyphens, apostrophes and digits part words."""
    return [word for text in texts for word in _WORD.findall(text)]
