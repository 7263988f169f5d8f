"""The recordings and what was said in them: ``FOLDER/*.json`` beside the sound that each names.

``{"audio", "duration", "text", "condition", "source", "licence", "segments": [{"start", "end", "text", "coarse"?, "words"?}]}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Recording:
    """Sound whose words are known; ``condition`` says what it is like (read clean, telephone, meeting …)."""

    name: str
    sound: Path
    truth: Mapping[str, Any]

    @property
    def condition(self) -> str:
        """In a few words."""
        return str(self.truth["condition"]).partition(":")[0].partition(",")[0].partition(" (")[0]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(self.truth["duration"])


def recordings(folder: Path, names: tuple[str, ...] = ()) -> list[Recording]:
    """All of a folder, or those of these names.

    Raises:
        FileNotFoundError: one is not there.
    """
    files = [folder / f"{name}.json" for name in names] if names else sorted(folder.glob("*.json"))
    found = []
    for file in files:
        truth = json.loads(file.read_text(encoding="utf-8"))
        found.append(Recording(file.stem, file.with_name(truth["audio"]), truth))
    return found
