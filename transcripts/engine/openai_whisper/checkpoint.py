"""Load a Whisper model: an official name, which whisper downloads once, or the path of a checkpoint."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from transcripts.errors import ModelError

if TYPE_CHECKING:
    from whisper.model import ModelDimensions, Whisper

AUDIO_CONTEXT = 1500
"""Positions of the encoder: 30 seconds. whisper's own code asserts it."""


SHAPES = {(384, 4): "tiny", (512, 6): "base", (768, 12): "small", (1024, 24): "medium"}
"""Official names by the decoder's width and number of layers, without ``.en``."""

LARGEST = {32: "large-v3", 4: "large-v3-turbo"}
"""The same for those with a hundred languages, by number of layers. large-v1 and large-v2 have the same shape, and
nothing else tells them apart."""


def read(model: str, *, device: str | None = None, progress: bool = False) -> tuple[str, Whisper]:
    """Return the model's name for people and the model itself, in float32 on a CPU.

    ``device`` is torch's name for it, by default a GPU if there is one. ``progress`` shows whisper's download bar on
    stderr.

    Raises:
        ModelError: unknown name, missing file, a file that is no checkpoint, or a failed download.
    """
    with warnings.catch_warnings():
        # whisper warns of a broken download, which it then repairs, and leaves its vocabulary file open.
        warnings.simplefilter("ignore")
        import whisper
        from whisper.tokenizer import get_tokenizer

        path = Path(model).expanduser()
        is_official = model in whisper.available_models()
        loaded = _download(model, device, progress) if is_official else _read_checkpoint(model, path, device)
        get_tokenizer(loaded.is_multilingual, num_languages=loaded.num_languages)
    return model if is_official else path.name, loaded


def find(model: str) -> Path | None:
    """Return the checkpoint's file if ``load`` needs no download.

    That is the given path, or whisper's cached file, which is not opened.
    """
    from whisper import _MODELS  # no public API tells where models are cached

    if model not in _MODELS:
        path = Path(model).expanduser()
        return path if path.is_file() else None
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "whisper")
    kept = cache / _MODELS[model].rpartition("/")[2]
    return kept if kept.is_file() else None


def locate(model: str) -> Path | None:
    """Return the same as ``find``, but raise for unknown names.

    Raises:
        ModelError: no such name or file.
    """
    from whisper import available_models

    place = find(model)
    if place is None and model not in available_models():
        _check_path(model, Path(model).expanduser())
    return place


def _download(model: str, device: str | None, progress: bool) -> Whisper:
    """Load an official model, downloading it if needed.

    whisper checks the hash of the cached file on every load, so a partial download is never used.
    """
    import whisper

    bar = contextlib.nullcontext() if progress else contextlib.redirect_stderr(io.StringIO())
    try:
        with bar, _without_init():
            return whisper.load_model(model, device=device)
    except (
        OSError,
        HTTPException,
        TypeError,
    ) as error:  # TypeError: a login page responds, without Content-Length
        cause = getattr(error, "reason", None) or error
        way_out = "connect once, or give a checkpoint by --model PATH"
        raise ModelError(model, f"it is not on this machine and cannot be downloaded: {cause}; {way_out}") from error
    except RuntimeError as error:
        raise ModelError(
            model, f"its download was interrupted or is damaged; run the command again: {error}"
        ) from error


def _read_checkpoint(model: str, path: Path, device: str | None) -> Whisper:
    import whisper

    try:
        _check_path(model, path)
        with _without_init():
            loaded = whisper.load_model(str(path), device=device)
    except (ModelError, MemoryError):
        raise
    except OSError as error:
        raise ModelError(model, error.strerror or error) from error
    except Exception as error:  # what torch raises depends on the first bytes of the file
        raise ModelError(model, "the file is not a Whisper checkpoint, which has dims and model_state_dict") from error
    dims = loaded.dims
    if dims.n_audio_ctx != AUDIO_CONTEXT or dims.n_mels not in (80, 128) or loaded.num_languages < 0:
        raise ModelError(model, f"Whisper's own code cannot run these dimensions: {dims}")
    if heads := whisper._ALIGNMENT_HEADS.get(official_name(dims)):  # noqa: SLF001 - no public API has them
        loaded.set_alignment_heads(heads)
    return loaded


def official_name(dims: ModelDimensions) -> str:
    """Return the official model that has these dimensions, or "" if none or several have.

    Whisper knows the alignment heads of its models by name, and uses the upper half of all layers for others. A file
    with official dimensions is taken for that model, or one fine-tuned from it.
    """
    layers, width, words = dims.n_text_layer, dims.n_text_state, dims.n_vocab
    if dims.n_audio_state != width or dims.n_audio_layer not in (layers, 32):
        return ""
    if words in (51864, 51865):
        name = SHAPES.get((width, layers), "")
        return f"{name}.en" if name and words == 51864 else name
    return LARGEST.get(layers, "") if (words, width, dims.n_mels) == (51866, 1280, 128) else ""


@contextlib.contextmanager
def _without_init() -> Iterator[None]:
    """Create layers without torch's random initialization: the checkpoint overwrites all of them, or is invalid.

    Initialization takes most of the loading time of a small model, and ten seconds of a large one's.
    """
    from torch import Tensor
    from torch.overrides import TorchFunctionMode

    class Unfilled(TorchFunctionMode):  # type: ignore[misc]  # torch is not typed here
        def __torch_function__(
            self, func: Callable[..., object], types: object, args: tuple[object, ...] = (), kwargs: object = None
        ) -> object:
            named = kwargs if isinstance(kwargs, dict) else {}
            if getattr(func, "__module__", "") == "torch.nn.init" or func in (Tensor.uniform_, Tensor.normal_):
                return args[0] if args else named["tensor"]
            return func(*args, **named)

    with Unfilled():
        yield


def _check_path(model: str, path: Path) -> None:
    import whisper

    if path.is_dir():
        raise ModelError(model, "it is a folder, not a checkpoint file")
    if not path.exists():
        raise ModelError(
            model, f"there is no file or model of this name; models are {', '.join(whisper.available_models())}"
        )
    if path.is_file() and path.stat().st_size == 0:
        raise ModelError(model, "the file is empty")
