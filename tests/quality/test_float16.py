"""What the command that measures float16 on a GPU does where there is none, and its sums."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.quality.float16 import __main__ as command
from tests.quality.float16 import peers, speed, ways
from tests.quality.float16.report import Outcome, differing, line, row
from tests.quality.float16.ways import Way
from tests.quality.real_speech.recordings import Recording, recordings
from tests.sounds import write_wav
from tests.transcripts.conftest import random_model, save

TEXT = "The ferry is late again."


def document(text: str) -> dict[str, list[dict[str, object]]]:
    return {"segments": [{"start": 0.0, "end": 2.0, "text": text}]}


def test_without_a_gpu_it_says_so_and_measures_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    assert command.main([str(tmp_path), "--checkpoint", "none.pt"]) == 0
    shown = capsys.readouterr()
    assert (shown.out, "no CUDA device" in shown.err) == ("", True)


def test_words_that_differ_are_counted_by_recording():
    one = {"ferry": document(TEXT), "toll": document("The toll is paid.")}

    assert differing(one, one) == 0
    assert differing(one, {**one, "ferry": document("A ferry is late.")}) == 2
    assert differing(one, {"ferry": document(""), "toll": document("")}) == 9


@pytest.fixture
def found(tmp_path: Path) -> list[Recording]:
    """A recording of a tone, and what was said in it."""
    write_wav(tmp_path / "ferry.wav", np.sin(np.arange(32_000) / 9).astype(np.float32))
    truth = {"audio": "ferry.wav", "duration": 2.0, "condition": "made up", "text": TEXT, **document(TEXT)}
    (tmp_path / "ferry.json").write_text(json.dumps(truth), encoding="utf-8")
    return recordings(tmp_path)


def test_figures_of_what_was_heard(found: list[Recording]):
    outcome = Outcome(
        "float16", {"ferry": document("The ferry was late.")}, (0.5, 0.4), 2_500_000_000, "up to 9 windows"
    )
    figures = row(outcome, {"ferry": document(TEXT)}, found)

    assert (figures["words"], figures["error"], figures["differ"]) == (4, 40.0, 2)
    assert (figures["real_time_factor"], figures["times_real_time"], figures["peak_gb"]) == (0.2, 5.0, 2.5)
    assert "up to 9 windows" in line(figures)


@pytest.mark.parametrize("together", [True, False])
def test_a_way_hears_all_recordings(tmp_path: Path, found: list[Recording], together: bool):
    checkpoint = save(random_model(), tmp_path / "babble.en.pt")
    outcome = ways.heard(
        Way("float32", "cpu", "float32", words=False, together=together, greedy=True), checkpoint, found, 2
    )

    assert (list(outcome.heard), len(outcome.seconds), outcome.peak) == (["ferry"], 2, None)
    assert "as requested" in outcome.remark


def test_speed_goes_up_to_the_engines_own_batch_and_ends_with_prompts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("transcripts.engine.openai_whisper.batch_size.ROWS_PER_THREAD", 3)
    decoder = speed.opened(None, "cpu", random_model().dims)
    encoding, *rows = speed.curve(decoder, 4, rows=(1, 2, 100))

    assert "encode_ms" in encoding
    assert [one["rows"] for one in rows] == [1, 2, decoder.best_batch, decoder.best_batch]
    assert rows[-1]["prompt"] == len(speed.PROMPT)


def test_a_peer_that_does_not_run_is_told(found: list[Recording], tmp_path: Path):
    with pytest.raises(peers.Missing):
        peers.heard(next(iter(peers.WAYS)), tmp_path, tmp_path / "no model", found, 1)
