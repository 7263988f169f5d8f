"""Looking after the catalog, and what a person names: nothing of others is changed, nothing is guessed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

TALK = {
    "id": "talk", "title": "The harbour in 2026, part 4", "date": "2026-05-01", "show": "Harbour talk",
    "segments": [
        {"start": 0.0, "end": 9.0, "text": "The ferry sails tonight"},
    ],
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NIR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def talk(home, nir, tmp_path) -> None:
    lines = tmp_path / "talk.jsonl"
    lines.write_text(json.dumps(TALK) + "\n", encoding="utf-8")
    assert nir("import", lines, "--transcribe", "never").code == 0


@pytest.mark.parametrize("command", [["status"], ["search", "ferry"], ["doctor"], ["reindex", "--check"]], ids=" ".join)
def test_another_programs_file_is_left_as_it_is_to_the_last_byte(home, nir, command):
    home.mkdir()
    file = home / "catalog.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE boats (name TEXT)")
    connection.close()
    before = file.read_bytes()

    ran = nir(*command)

    assert ran.code != 0
    assert "another program" in ran.out + ran.err
    assert file.read_bytes() == before


def test_a_number_is_no_part_of_a_title(talk, nir):
    for name in ("2", "4", "2026"):
        ran = nir("show", name)
        assert (ran.code, ran.out) == (2, "")
        assert "nir episodes" in ran.err
    assert nir("show", "part 4").code == 0


def test_several_that_could_be_meant_are_named(talk, nir, tmp_path):
    lines = tmp_path / "more.jsonl"
    lines.write_text(json.dumps({**TALK, "id": "more", "title": "The harbour in 2027"}) + "\n", encoding="utf-8")
    nir("import", lines, "--transcribe", "never")
    ran = nir("show", "The harbour")
    assert ran.code == 2
    assert "This name is ambiguous" in ran.err
    assert "2026" in ran.err
    assert "2027" in ran.err


def test_a_missing_backup_is_a_missing_file(home, nir, tmp_path):
    ran = nir("restore", tmp_path / "none.db")
    assert ran.code == 2
    assert "There is no such file" in ran.err
