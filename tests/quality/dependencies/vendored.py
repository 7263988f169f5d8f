"""Files in the repository that others made, as ``.github/vendored.toml`` lists them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
LIST = ROOT / ".github" / "vendored.toml"


@dataclass(frozen=True, slots=True)
class Vendored:
    """One file: ``purl`` names the package that it comes from, ``within`` where it lies there; ``used_by`` is "tests" or "product"."""

    path: str
    name: str
    version: str
    purl: str
    within: str
    licence: str
    used_by: str
    sha256: str


def vendored(text: str | None = None) -> list[Vendored]:
    """The files that are listed.

    Raises:
        TypeError: one lacks something, or has something that is not known.
    """
    listed = tomllib.loads(LIST.read_text(encoding="utf-8") if text is None else text)
    return [Vendored(**one) for one in listed["file"]]
