"""The examples in the docstrings of the Python API work as they stand, on the sample show."""

from __future__ import annotations

import doctest
import re
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import episodes.testing
from episodes import Catalog, open_catalog
from episodes.errors import SourceError
from episodes.help.topics import topics
from episodes.sample.server import HERE
from episodes.sample.voice import unpack_voice

README = HERE.parent.parent / "README.md"
NEW = '{"id": "sixteen", "title": "Episode 16: The lighthouse", "date": "2026-10-02"}\n'


def run(modules: list[str], names: dict[str, Any]) -> int:
    """Run the examples of these modules with these names at hand; return their number."""
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for module in map(import_module, modules):
        for test in finder.find(module, globs=dict(names)):
            runner.run(test)
    assert runner.failures == 0
    return runner.tries


def test_the_examples_of_a_catalog(sample: Catalog, sample_home: Path, tmp_path: Path) -> None:
    (tmp_path / "more.jsonl").write_text(NEW)
    home = shutil.copytree(sample_home, tmp_path / "home")
    stand_ins = {name: getattr(episodes.testing, name) for name in episodes.testing.__all__}
    names = {"home": home, "folder": tmp_path, "SourceError": SourceError, **stand_ins}

    with open_catalog(home) as catalog:
        assert run(["episodes", "episodes.api.reading", "episodes.api.catalog"], {**names, "catalog": catalog}) > 10
    for module in ("episodes.api.opening", "episodes.testing"):
        assert run([module], {**names, "folder": tmp_path / module}) > 2


@pytest.mark.slow
def test_the_example_of_sound_alone(tmp_path: Path) -> None:
    names = {"checkpoint": str(unpack_voice(tmp_path)), "recording": HERE / "media" / "NiRsample12.opus"}

    assert run(["transcripts.api"], names) > 2


@pytest.mark.parametrize("name", ["README", "python"])
def test_the_blocks_for_people_work(
    name: str, sample_home: Path, sample: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order in which they are written, on a copy of the sample show."""
    text = README.read_text(encoding="utf-8") if name == "README" else topics()[name].text
    shutil.copytree(sample_home, tmp_path / "home")
    monkeypatch.setenv("NIR_HOME", str(tmp_path / "home"))
    (tmp_path / "episodes.jsonl").write_text(NEW)
    monkeypatch.chdir(tmp_path)
    found = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}

    for block in found:
        exec(block, names)

    assert found
