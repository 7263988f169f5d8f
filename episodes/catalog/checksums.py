"""A short checksum of a value: storing the same value again is recognised and changes nothing."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def checksum(*parts: Any) -> str:  # noqa: ANN401 - any JSON value
    """16 hexadecimal digits (SHA-256) of ``parts`` as JSON; keys are sorted, dates become ISO text."""
    form = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(form.encode("utf-8", "surrogatepass")).hexdigest()[:16]
