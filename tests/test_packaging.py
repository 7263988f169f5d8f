"""What the packages need besides Python files travels with them: an installed `nir` is as whole as a checkout."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILT = {"__pycache__"}


def test_every_file_of_the_packages_is_installed() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    taken: set[Path] = set()
    for package, patterns in setuptools["package-data"].items():
        folders = [ROOT / "episodes", ROOT / "transcripts"] if package == "*" else [ROOT / package.replace(".", "/")]
        taken |= {path for folder in folders for pattern in patterns for path in folder.glob(pattern)}
    there = {
        path
        for package in ("episodes", "transcripts")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".py" and not BUILT & set(path.parts)
    }

    assert len(there) > 10
    assert sorted(there - taken) == []


def test_every_folder_with_python_files_is_a_package() -> None:
    """A folder without __init__ would be left out of the wheel, or found only by accident."""
    folders = {path.parent for package in ("episodes", "transcripts") for path in (ROOT / package).rglob("*.py")}

    assert sorted(folder for folder in folders if not (folder / "__init__.py").is_file()) == []
