"""Foreign text and JSON made fit for every database: no NUL, no half characters, no NaN."""

from __future__ import annotations

import math
import re
from typing import Any

_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")


def plain_text(text: str) -> str:
    """The text without what PostgreSQL refuses to store."""
    return _HALF_CHARACTERS.sub("\ufffd", text.replace("\0", ""))


def plain_json(value: Any) -> Any:
    """A JSON value whose texts are plain and whose numbers are finite (null where one was not)."""
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [plain_json(item) for item in value]
    if isinstance(value, dict):
        return {plain_text(str(name)): plain_json(item) for name, item in value.items()}
    return value if isinstance(value, int) or value is None else str(value)
