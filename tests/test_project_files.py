"""The files for contributors are true: each path exists, each command runs, and no fact has two versions."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.test_readme import BLOCKS, MANUAL, README

ROOT = Path(__file__).parent.parent
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / ".github" / "CHANGELOG.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMMANDS = [
    line.strip()
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", CONTRIBUTING, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]
#: Elsewhere they are run already, by .ci/run itself.
RUN_BY_CI = {*BLOCKS[1].splitlines(), *CI.splitlines()}
INLINE = re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", CONTRIBUTING, flags=re.DOTALL | re.MULTILINE))
PATHS = [code for code in INLINE if re.fullmatch(r"[\w./-]*(?:/|\.(?:py|md|toml|txt|yml|yaml))[\w./-]*", code)]
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


def document(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def ran(words: list[str]) -> subprocess.CompletedProcess[str]:
    """A run without workers of its own; it counts as one however this one was started."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("path", PATHS)
def test_each_path_of_contributing_is_there(path: str) -> None:
    pattern = path.replace("NNNN_what", "[0-9]*")

    assert list(ROOT.glob(pattern)), path


def test_each_name_of_contributing_stands_in_its_file() -> None:
    named = re.findall(r"`(\w+)` in `([\w./]+)`", CONTRIBUTING)

    assert {name for name, _ in named} >= {"FORMATS", "Format", "Query", "_READERS", "GROUPS", "HEAD"}
    assert [(name, path) for name, path in named if not re.search(rf"\b{name}\b", (ROOT / path).read_text())] == []
    assert "def logger(" in (ROOT / "episodes" / "logs.py").read_text()


def test_contributing_names_many_paths_and_commands() -> None:
    assert len(PATHS) > 30
    assert len(COMMANDS) > 8


@pytest.mark.parametrize("command", sorted({*COMMANDS} - RUN_BY_CI))
def test_each_command_of_contributing_runs(command: str) -> None:
    """Tests of whole files are run by this run as well: that they are found is enough."""
    words = shlex.split(command)
    assert words[0] == "pytest", f"nobody runs {command}"
    result = ran([sys.executable, "-m", *words, "-p", "no:randomly", "--collect-only"])

    assert result.returncode == 0, result.stdout + result.stderr
    assert "::test_" in result.stdout


@pytest.mark.parametrize("code", [code for code in INLINE if code.startswith(("nir ", "python -m "))])
def test_each_command_in_a_sentence_of_contributing_is_known(code: str) -> None:
    assert code in " ".join("\n".join([README, *MANUAL.values()]).split()), "the examples of the manual are run"


def test_what_apt_brings_is_what_ci_installs() -> None:
    named = next(code for code in INLINE if code.startswith("apt install "))

    assert set(named.split()[2:]) <= set(re.findall(r"[\w-]+", CI))


def test_the_workflow_runs_ci_on_each_supported_python() -> None:
    job = document(".github/workflows/ci.yml")["jobs"]["run"]
    versions = job["strategy"]["matrix"]["python"]
    supported = SpecifierSet(PROJECT["requires-python"])

    assert versions == ["3.11", "3.12", "3.13", "3.14"]
    assert all(Version(version) in supported for version in versions)
    assert Version("3.10") not in supported
    assert "${{ matrix.python }}" in job["container"]
    assert job["steps"][-1] == {"run": ".ci/run"}
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_pre_commit_runs_what_ci_runs() -> None:
    (local,) = document(".pre-commit-config.yaml")["repos"]
    entries = [hook["entry"] for hook in local["hooks"]]

    assert local["repo"] == "local"
    assert entries == ["ruff check .", "ruff format --check .", "mypy"]
    assert set(entries) <= set(CI.splitlines())
    assert all(hook["language"] == "system" and hook["pass_filenames"] is False for hook in local["hooks"])


def test_the_changelog_keeps_its_form() -> None:
    heads = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
    released = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})", head) for head in heads[1:]]
    versions = [Version(found[1]) for found in released if found]

    assert CHANGELOG.startswith("# Changelog\n")
    assert "https://keepachangelog.com/en/1.1.0/" in CHANGELOG
    assert heads[0] == "[Unreleased]"
    assert all(found and date.fromisoformat(found[2]) for found in released)
    assert versions == sorted(versions, reverse=True)
    assert PROJECT["version"] in CHANGELOG


def test_each_part_of_the_changelog_is_of_a_known_kind_and_says_something() -> None:
    for version in re.split(r"^## ", CHANGELOG, flags=re.MULTILINE)[1:]:
        parts = re.findall(r"^### (.*)\n\n((?:- .*\n(?:  .*\n)*)+)", version, re.MULTILINE)
        kinds = [kind for kind, _ in parts]

        assert kinds == sorted(kinds, key=KINDS.index)
        assert len(kinds) == len(set(kinds)) == version.count("### ")


def test_commands_that_the_changelog_names_exist() -> None:
    text = "\n".join([README, *MANUAL.values()])
    named = re.findall(r"`(nir [a-z]+|--[a-z-]+|NIR_[A-Z]+)", CHANGELOG)

    assert len(named) > 20
    assert [name for name in named if name not in text] == []
