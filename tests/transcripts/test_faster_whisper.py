"""faster-whisper behind the same interface, with a real model of random weights: it babbles, but goes on where it was."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from transcripts.engine import Job, Options, Window, collect, windows
from transcripts.engine.factory import faster_whisper_models, open_engine
from transcripts.engine.faster_whisper import FasterWhisper, load, locate
from transcripts.engine_options import EngineName, EngineOptions, Precision
from transcripts.errors import LanguageError, MediaError, ModelError

faster_whisper = pytest.importorskip("faster_whisper", reason="pip install 'news-in-review[faster]'")

Keep = Callable[[npt.NDArray[np.float32]], Path]

#: One sure try and one that draws.
QUICK = Options(temperatures=(0.0, 1.0), no_speech_prob=2.0, compression_ratio=0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An English model as ct2-transformers-converter would write it."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    from tests.transcripts.converted import convert

    dims = ModelDimensions(80, 1500, 8, 1, 1, 51864, 448, 8, 1, 1)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model = Whisper(dims)
        torch.nn.init.normal_(model.decoder.positional_embedding)
    return convert(model, tmp_path_factory.mktemp("converted") / "babble.en")


@pytest.fixture(scope="module")
def engine(folder: Path) -> FasterWhisper:
    return load(str(folder), Precision.FLOAT32)


def noise(seconds: float) -> npt.NDArray[np.float32]:
    return (0.2 * np.random.default_rng(7).standard_normal(round(seconds * 16000))).clip(-1, 1).astype(np.float32)


def test_a_file_is_transcribed_from_its_beginning_to_its_end_and_silence_is_passed_over(
    engine: FasterWhisper, keep: Keep
) -> None:
    file = keep(np.concatenate([noise(20), np.zeros(16000 * 40, np.float32)]))
    heard = list(windows(engine, file, QUICK))
    transcript = collect(engine.name, heard)

    assert heard[0].start == 0
    assert [one.end for one in heard[:-1]] == [one.start for one in heard[1:]]
    assert heard[-1].end == 60
    assert transcript.model == "faster-whisper babble.en"
    assert transcript.segments != ()
    assert all(0 <= one.start < one.end <= 60 for one in transcript.segments)
    assert {one.temperature for one in transcript.segments} == {1.0}


def test_a_file_goes_on_where_it_was_and_transcribes_the_same(engine: FasterWhisper, keep: Keep) -> None:
    file = keep(noise(75))
    whole = list(windows(engine, file, QUICK))
    rest = list(windows(engine, file, QUICK, tuple(whole[:2])))

    assert len(whole) >= 3
    assert [*whole[:2], *rest] == whole


def test_words_have_times(engine: FasterWhisper, keep: Keep) -> None:
    file = keep(noise(10))
    (first, *_) = windows(engine, file, replace(QUICK, words=True, temperatures=(0.0,)))
    timed = [word for segment in first.segments for word in segment.words]

    assert timed != []
    assert all(0 <= word.start <= word.end and word.text for word in timed)


def test_a_broken_file_or_an_unknown_language_ends_its_own_job_only(
    engine: FasterWhisper, keep: Keep, tmp_path: Path
) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    good = keep(noise(5))
    jobs = [
        Job("broken", tmp_path / "broken.wav"),
        Job("german", good, replace(QUICK, language="de")),
        Job("good", good, replace(QUICK, language="en-GB", prompt="Varga, Tafolla")),
    ]
    ends = {one.key: one.error for step in engine.transcribe(jobs) for one in step.ended}

    assert isinstance(ends["broken"], MediaError)
    assert isinstance(ends["german"], LanguageError)
    assert ends["good"] is None


def test_it_lives_in_a_process_of_its_own(folder: Path, keep: Keep, engine: FasterWhisper) -> None:
    worker = open_engine(EngineOptions(str(folder), EngineName.FASTER_WHISPER, Precision.FLOAT32))
    file = keep(noise(5))

    assert list(windows(worker, file, QUICK)) == list[Window](windows(engine, file, QUICK))
    assert worker.signature == engine.signature


def test_a_folder_or_file_that_is_no_model_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "base.pt").write_bytes(b"PK")
    (tmp_path / "torn").mkdir()
    for name in ("model.bin", "tokenizer.json"):
        (tmp_path / "torn" / name).write_bytes(b"torn")
    for name, says in (
        ("empty", "model.bin and tokenizer.json missing"),
        ("base.pt", "folder"),
        ("torn", "cannot load"),
    ):
        with pytest.raises(ModelError, match=says):
            load(str(tmp_path / name))


def test_a_model_that_is_not_here_and_cannot_be_downloaded_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    worker = open_engine(EngineOptions("small", EngineName.FASTER_WHISPER))
    with pytest.raises(ModelError, match=r"small: .*faster-whisper cannot load it"):
        _ = worker.signature
    worker = open_engine(EngineOptions("smal", EngineName.FASTER_WHISPER))
    with pytest.raises(ModelError, match="Invalid model size"):
        _ = worker.signature


def test_where_a_model_is_without_loading_it(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    (tmp_path / "models--Systran--faster-whisper-base.en").mkdir()

    assert locate(str(folder)) == folder
    assert faster_whisper_models() == (tmp_path, ["Systran/faster-whisper-base.en"])
    with pytest.raises(ModelError, match="Invalid model size"):
        locate("smal")
    with pytest.raises(ModelError, match="missing"):
        locate(str(tmp_path))


def test_without_the_extra_the_way_out_is_named() -> None:
    code = (
        "import sys; sys.modules['faster_whisper'] = None\n"
        "from transcripts.engine.faster_whisper import load\n"
        "from transcripts.errors import ModelError\n"
        "try: load('small')\n"
        "except ModelError as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert "pip install 'news-in-review[faster]'" in said.stdout
