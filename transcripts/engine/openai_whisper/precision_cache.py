"""What a trial of a model found, kept beside the machine code: it comes out the same each time, and takes longer than loading.

Nothing is believed that was found of other weights, by other code, another release of torch or numba, or another processor: all these
make the file's name and stand in it. Whoever can write into the folder can write machine code there, too, so no more is trusted than
before; what is no finding is not read, and what cannot be written is found again the next time.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.linear import input_levels
from transcripts.engine.openai_whisper.precision_loss import PrecisionLoss

if TYPE_CHECKING:
    from whisper.model import Whisper

PACKAGE = Path(__file__).parent


def cache_key(model: Whisper) -> str:
    """All that decides what a trial finds, in short."""
    import torch

    machine = (platform.machine(), _processor(), input_levels(), torch.backends.cpu.get_cpu_capability())
    made_by = (torch.__version__, version("numba"), _code_hash())
    whole = hashlib.sha256(repr((machine, made_by, model.dims)).encode())
    for name, weight in model.state_dict().items():
        whole.update(name.encode())
        whole.update(_column_sums(weight.detach().contiguous().numpy()))
    return whole.hexdigest()


def load(folder: Path | None, of: str) -> PrecisionLoss | None:
    """What was found before, if it was kept."""
    if folder is None:
        return None
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads(_file(folder, of).read_text(encoding="utf-8"))
        loss = PrecisionLoss(float(found["nats"]), float(found["off"]))
        if found["key"] == of and math.isfinite(loss.nats) and math.isfinite(loss.relative_error):
            return loss
    return None


def save(folder: Path | None, of: str, loss: PrecisionLoss) -> None:
    """Keep what was found, if there is a folder that it can be written into."""
    if folder is None or not (math.isfinite(loss.nats) and math.isfinite(loss.relative_error)):
        return
    half = _file(folder, of).with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        half.write_text(json.dumps({"key": of, "nats": loss.nats, "off": loss.relative_error}), encoding="utf-8")
        half.replace(_file(folder, of))
    with suppress(OSError):
        half.unlink(missing_ok=True)


def _file(folder: Path, of: str) -> Path:
    return folder / f"precision-{of[:16]}.json"


def _column_sums(weight: np.ndarray) -> bytes:
    """A weight in short: the sums of its columns' bits. A cryptographic hash of all takes six times as long."""
    bits = weight.reshape(-1, weight.shape[-1]).view(np.uint32) if weight.ndim and weight.itemsize == 4 else None
    return repr(weight.shape).encode() + (weight.tobytes() if bits is None else bits.sum(0, np.uint32).tobytes())


def _code_hash() -> str:
    """The code and the recordings that a trial is made of."""
    whole = hashlib.sha256()
    for path in sorted(one for one in PACKAGE.rglob("*") if one.suffix in (".py", ".opus", ".json") and one.is_file()):
        if "__pycache__" not in path.parts:
            whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()


def _processor() -> str:
    """The processor's name, where the system tells it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
