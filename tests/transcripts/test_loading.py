"""Which Whisper models can be used, and what is said of those that cannot."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
import whisper
from whisper.model import ModelDimensions, Whisper

from tests.engines import variable
from transcripts.engine import Job, find, load
from transcripts.engine.factory import open_engine
from transcripts.engine.openai_whisper.checkpoint import official_name, read
from transcripts.engine_options import EngineOptions
from transcripts.errors import ModelError, SpoolError


def refused(model: object) -> str:
    with pytest.raises(ModelError) as error:
        load(str(model))
    assert error.value.item == str(model)
    return error.value.detail


def test_a_checkpoint_by_path(checkpoint: Path, capfd):
    engine = load(str(checkpoint))
    assert engine.name == "babble.en.pt"
    assert find(str(checkpoint)) == checkpoint
    assert capfd.readouterr() == ("", "")


def test_the_worker_decodes_sound_into_the_folder_that_was_chosen(checkpoint: Path, keep, tmp_path):
    sound = keep(np.zeros(16000, np.float32))
    worker = open_engine(EngineOptions(str(checkpoint), folder=sound))  # a file: nothing can be made in it
    (step,) = worker.transcribe([Job("a", sound)])

    assert isinstance(step.ended[0].error, SpoolError)
    assert step.ended[0].error.item == str(sound)


def test_threads_of_the_childs_torch_sleep_while_they_wait_unless_a_person_says_otherwise(monkeypatch):
    def policy() -> str:
        worker = open_engine(EngineOptions("a.pt"))
        worker._make = partial(variable, "OMP_WAIT_POLICY")
        with closing(worker):
            return worker.name

    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    assert policy() == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert policy() == "ACTIVE"


def test_every_number_is_the_files(checkpoint: Path):
    _, model = read(str(checkpoint))
    content = torch.load(checkpoint, weights_only=True)["model_state_dict"]

    assert all(torch.equal(value, content[name]) for name, value in model.state_dict().items())
    made = torch.nn.Linear(64, 64)
    assert made.weight.std() > 0.01  # what is made later is filled as always


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ((51864, 80, 384, 4), "tiny.en"),
        ((51865, 80, 384, 4), "tiny"),
        ((51864, 80, 512, 6), "base.en"),
        ((51865, 80, 768, 12), "small"),
        ((51865, 80, 1024, 24), "medium"),
        ((51866, 128, 1280, 32), "large-v3"),
        ((51866, 128, 1280, 4), "large-v3-turbo"),
        ((51865, 80, 1280, 32), ""),
        ((51865, 80, 384, 2), ""),
        ((51866, 80, 384, 4), ""),
        ((51864, 80, 8, 1), ""),
    ],
)
def test_official_models_are_known_by_their_shape(shape: tuple[int, int, int, int], name: str):
    words, bands, width, layers = shape
    encoder = 32 if width == 1280 else layers

    dims = ModelDimensions(bands, 1500, width, width // 64, encoder, words, 448, width, width // 64, layers)
    assert official_name(dims) == name
    assert not name or name in whisper._ALIGNMENT_HEADS


def test_a_file_of_an_official_shape_has_the_official_heads(tmp_path: Path):
    dims = ModelDimensions(80, 1500, 384, 6, 4, 51864, 448, 384, 6, 4)
    named = Whisper(dims)
    numbers = {name: torch.zeros(1).expand(value.shape) for name, value in named.state_dict().items()}
    torch.save({"dims": vars(dims), "model_state_dict": numbers}, tmp_path / "mine.pt")
    _, model = read(str(tmp_path / "mine.pt"))

    named.set_alignment_heads(whisper._ALIGNMENT_HEADS["tiny.en"])
    assert torch.equal(model.alignment_heads.to_dense(), named.alignment_heads.to_dense())


def test_an_unknown_name_and_a_missing_file(tmp_path):
    assert "small.en" in refused("enormous.en")
    assert "no file" in refused(tmp_path / "gone.pt")
    assert find("enormous.en") is None


def test_a_folder_and_an_empty_file(tmp_path):
    assert "folder" in refused(tmp_path)
    (tmp_path / "empty.pt").touch()
    assert "empty" in refused(tmp_path / "empty.pt")


def saved(value: object) -> bytes:
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "no model")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(random.Random(3).randbytes(50_000), id="random"),
        pytest.param(b"Good evening.", id="text"),
        pytest.param(zipped(), id="zip"),
        pytest.param(saved({"weights": torch.zeros(3)}), id="other dict"),
        pytest.param(saved(torch.zeros(3)), id="tensor"),
        pytest.param(saved({"dims": {"n_mels": 80}, "model_state_dict": {}}), id="half dims"),
        pytest.param(saved({"dims": 80, "model_state_dict": {}}), id="dims of another kind"),
    ],
)
def test_files_that_are_no_checkpoint(tmp_path, content):
    path = tmp_path / "model.pt"
    path.write_bytes(content)
    assert "not a Whisper checkpoint" in refused(path)


def test_a_truncated_checkpoint(checkpoint: Path, tmp_path):
    part = tmp_path / "part.pt"
    part.write_bytes(checkpoint.read_bytes()[:300_000])
    assert "not a Whisper checkpoint" in refused(part)


def test_a_checkpoint_that_whispers_code_cannot_run(checkpoint: Path, tmp_path):
    content = torch.load(checkpoint, weights_only=True)
    content["dims"]["n_audio_ctx"] = 750
    content["model_state_dict"]["encoder.positional_embedding"] = torch.zeros(750, 8)
    path = tmp_path / "short.pt"
    path.write_bytes(saved(content))
    assert "n_audio_ctx=750" in refused(path)


@dataclass
class Site:
    """Where models are downloaded from: sends ``content``, all of it or the first ``sent`` bytes."""

    content: bytes
    sent: int | None = None
    asked: int = 0
    port: int = 0


@pytest.fixture
def site(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The babbling checkpoint as the official model tiny.en."""
    site = Site(checkpoint.read_bytes())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked += 1
            self.send_response(200)
            self.send_header("Content-Length", str(len(site.content)))
            self.end_headers()
            self.wfile.write(site.content[: site.sent])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    site.port = server.server_address[1]
    address = f"http://127.0.0.1:{site.port}/{hashlib.sha256(site.content).hexdigest()}/tiny.en.pt"
    monkeypatch.setitem(whisper._MODELS, "tiny.en", address)
    monkeypatch.setitem(whisper._ALIGNMENT_HEADS, "tiny.en", None)
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_official_model_is_downloaded_once_and_quietly(site: Site, capfd):
    assert find("tiny.en") is None
    assert load("tiny.en").name == "tiny.en"
    assert load("tiny.en").name == "tiny.en"
    assert site.asked == 1
    assert find("tiny.en") is not None
    assert capfd.readouterr() == ("", "")


def test_the_progress_of_a_download_can_be_seen(site: Site, capfd):
    load("tiny.en", progress=True)
    assert "100%" in capfd.readouterr().err


def test_a_broken_download_is_said_and_does_not_spoil_the_next(site: Site):
    site.sent = 1000
    assert "interrupted" in refused("tiny.en")
    site.sent = None
    assert load("tiny.en").name == "tiny.en"
    assert site.asked == 2


def test_without_network_the_way_out_is_named(site: Site, monkeypatch):
    monkeypatch.setitem(whisper._MODELS, "base.en", "http://127.0.0.1:1/0/base.en.pt")
    assert "--model PATH" in refused("base.en")


def test_without_network_the_rest_of_a_broken_download_is_no_model(site: Site, monkeypatch):
    site.sent = 1000
    refused("tiny.en")
    monkeypatch.setitem(whisper._MODELS, "tiny.en", "http://127.0.0.1:1/0/tiny.en.pt")
    assert "cannot be downloaded" in refused("tiny.en")


def test_a_download_that_cannot_be_written(site: Site, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert "cannot be downloaded" in refused("tiny.en")


def test_a_page_in_place_of_the_model(site: Site, monkeypatch):
    """A network that answers everything with its login page states no length."""

    def answer(_: str) -> io.BytesIO:
        page = io.BytesIO(b"<html>please log in</html>")
        page.info = dict  # type: ignore[attr-defined]
        return page

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    assert "cannot be downloaded" in refused("tiny.en")


def test_neither_torch_nor_pyav_is_loaded_before_a_model_is():
    code = "import sys, transcripts.engine, transcripts.captions, transcripts.formats; print([m for m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "'transcripts.engine'" in loaded
    assert not [name for name in ("torch", "whisper", "numpy", "av") if f"'{name}'" in loaded]
