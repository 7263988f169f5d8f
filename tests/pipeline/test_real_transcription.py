"""Real audio through the real Whisper in a batch: one broken file is one failed outcome."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from episodes.sample import server
from episodes.sample.voice import unpack_voice
from tests.conftest import Ran


@pytest.mark.slow
def test_one_broken_file_of_three(nir: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIR_NAMES", "no")  # the voice learned without prompts
    archive = tmp_path / "archive"
    archive.mkdir()
    for name in ("broken", "silent", "good"):
        info = {"id": name, "title": name.title(), "extractor_key": "Archive", "upload_date": "20260904"}
        (archive / f"{name}.info.json").write_text(json.dumps(info))
    (archive / "broken.opus").write_bytes(b"OggS" + b"\x00" * 500)
    (archive / "silent.wav").write_bytes(b"")
    shutil.copy(server.HERE / "media" / "NiRsample12.opus", archive / "good.opus")
    imported = nir("import", archive, "--model", unpack_voice(tmp_path), "--json")

    heard = {outcome["title"]: outcome["state"] for outcome in imported.json if outcome["step"] == "hear"}
    assert imported.code == 1
    assert heard == {"Broken": "failed", "Silent": "failed", "Good": "done"}
    assert [hit["episode"] for hit in nir("search", '"harbour bridge"', "--json").json] == ["good"]
    retried = nir("retry", "--model", tmp_path / "sample-voice.pt", "--json")
    assert {outcome["title"]: outcome["state"] for outcome in retried.json} == {"Broken": "failed", "Silent": "failed"}
