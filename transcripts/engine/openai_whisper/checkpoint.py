"""A Whisper model from its file: an official name, which whisper downloads once into the user's cache, or a checkpoint's path."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from transcripts.errors import ModelError

if TYPE_CHECKING:
    from whisper.model import Whisper

CONTEXT = 1500
"""Positions of the encoder: 30 seconds. Whisper's own code asserts it."""


def read(model: str, *, device: str | None = None, progress: bool = False) -> tuple[str, Whisper]:
    """The model's name for people and the model itself, in float32 on a CPU.

    ``device`` is torch's name, by default a GPU where there is one; ``progress`` shows whisper's download bar on stderr.

    Raises:
        ModelError: no such name or file, a file that is no checkpoint, or a model that is not here and cannot be downloaded.
    """
    with warnings.catch_warnings():
        # Whisper warns of a broken download, which it then mends by itself, and leaves its vocabulary's file open.
        warnings.simplefilter("ignore")
        import whisper
        from whisper.tokenizer import get_tokenizer

        path = Path(model).expanduser()
        official = model in whisper.available_models()
        loaded = _download(model, device, progress) if official else _read_checkpoint(model, path, device)
        get_tokenizer(loaded.is_multilingual, num_languages=loaded.num_languages)
    return model if official else path.name, loaded


def find(model: str) -> Path | None:
    """The checkpoint's file, if ``load`` would need no download: the path given, or whisper's cached one (not looked into)."""
    from whisper import _MODELS  # nothing public tells where a model is kept

    if model not in _MODELS:
        path = Path(model).expanduser()
        return path if path.is_file() else None
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "whisper")
    kept = cache / _MODELS[model].rpartition("/")[2]
    return kept if kept.is_file() else None


def locate(model: str) -> Path | None:
    """As ``find``, but a name that is none is told.

    Raises:
        ModelError: no such name or file.
    """
    from whisper import available_models

    place = find(model)
    if place is None and model not in available_models():
        _look(model, Path(model).expanduser())
    return place


def _download(model: str, device: str | None, progress: bool) -> Whisper:
    """An official model. Whisper compares the cached file with its hash on every load, so a part of a download never counts."""
    import whisper

    bar = contextlib.nullcontext() if progress else contextlib.redirect_stderr(io.StringIO())
    try:
        with bar:
            return whisper.load_model(model, device=device)
    except (
        OSError,
        HTTPException,
        TypeError,
    ) as error:  # TypeError: a login page, without Content-Length, answers instead
        cause = getattr(error, "reason", None) or error
        way_out = "connect once, or give a checkpoint by --model PATH"
        raise ModelError(model, f"it is not on this machine and cannot be downloaded: {cause}; {way_out}") from error
    except RuntimeError as error:
        raise ModelError(model, f"its download broke off or is damaged, run the command again: {error}") from error


def _read_checkpoint(model: str, path: Path, device: str | None) -> Whisper:
    import whisper

    try:
        _look(model, path)
        loaded = whisper.load_model(str(path), device=device)
    except (ModelError, MemoryError):
        raise
    except OSError as error:
        raise ModelError(model, error.strerror or error) from error
    except Exception as error:  # what torch raises on a foreign file depends on its first bytes
        raise ModelError(model, "the file is no Whisper checkpoint, which holds dims and model_state_dict") from error
    dims = loaded.dims
    if dims.n_audio_ctx != CONTEXT or dims.n_mels not in (80, 128) or loaded.num_languages < 0:
        raise ModelError(model, f"Whisper's own code cannot run these dimensions: {dims}")
    return loaded


def _look(model: str, path: Path) -> None:
    import whisper

    if path.is_dir():
        raise ModelError(model, "it is a folder, not a checkpoint file")
    if not path.exists():
        raise ModelError(
            model, f"no file and no model has this name; models are {', '.join(whisper.available_models())}"
        )
    if path.is_file() and path.stat().st_size == 0:
        raise ModelError(model, "the file is empty")
