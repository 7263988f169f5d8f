"""What scripts read stays as it is, byte for byte, on both databases: see ``record.py``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from episodes.database import writing
from tests.documents.newsroom import fill
from tests.documents.record import RECORD, record


def test_what_is_given_as_json_is_as_it_was_recorded(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(engine) as session:
        fill(session)
    monkeypatch.chdir(tmp_path)

    given = record(engine, tmp_path)

    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    assert list(given) == list(recorded)
    assert {name: text for name, text in given.items() if text != recorded[name]} == {}
