"""The maps of modules in package docstrings: each module once, none missing, none that is not there.

A map's line begins with names; what they are for stands two spaces or more behind them, as columns do and prose does not.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: Alembic's revisions are named by their number and say what they do by their name.
UNMAPPED = {"episodes/migrations/versions"}
ENTRY = re.compile(r"^ *(NAME(?: NAME)*)(?=  |$)".replace("NAME", r"(?:[\w-]+/|[\w-]+(?:\.\w+)+)"), re.MULTILINE)


def name_of(package: Path) -> str:
    return package.relative_to(ROOT).as_posix()


PACKAGES = sorted(
    (path.parent for top in ("episodes", "transcripts") for path in (ROOT / top).rglob("__init__.py")), key=name_of
)
MAPPED = [package for package in PACKAGES if name_of(package) not in UNMAPPED]


def listed(docstring: str) -> list[str]:
    """The names on a docstring's map, as often as they stand there."""
    return [name for entry in ENTRY.finditer(docstring) for name in entry[1].split()]


def modules(package: Path) -> set[str]:
    """What the map of a package has to name: its modules and the packages in it."""
    files = {path.name for path in package.glob("*.py")} - {"__init__.py"}
    return files | {f"{path.parent.name}/" for path in package.glob("*/__init__.py")}


def on_map(package: Path) -> list[str]:
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    return listed(docstring or "")


def test_a_map_is_read_from_columns_only() -> None:
    text = """Ferries, see
quay.py for them.

    quay.py   where they lie, unlike buoys.py
    tide.py moon.py    when
      mud/    deeper
    voice.pt.xz

Only tide.py counts."""

    assert listed(text) == ["quay.py", "tide.py", "moon.py", "mud/", "voice.pt.xz"]


@pytest.mark.parametrize("package", MAPPED, ids=name_of)
def test_the_map_names_each_module_once(package: Path) -> None:
    names = on_map(package)

    assert sorted(modules(package) - set(names)) == []
    assert [name for name in names if names.count(name) > 1] == []


@pytest.mark.parametrize("package", MAPPED, ids=name_of)
def test_the_map_names_nothing_that_is_not_there(package: Path) -> None:
    assert [name for name in on_map(package) if not (package / name).exists()] == []
