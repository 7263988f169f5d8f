"""Cache the measured precision loss of a model beside the machine code: measuring takes longer than loading.

A result for other weights, other code, another release of torch or numba, or another processor is not used: all of
these are in the key, which is in the file and its name. Anyone who can write to this folder can write machine code
there, too, so this adds no risk. A file of another format is ignored; if the folder cannot be written, the loss is
measured again next time.
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
    """Hash everything that affects the result."""
    import torch

    machine = (platform.machine(), _processor(), input_levels(), torch.backends.cpu.get_cpu_capability())
    made_by = (torch.__version__, version("numba"), _code_hash())
    whole = hashlib.sha256(repr((machine, made_by, model.dims)).encode())
    for name, weight in model.state_dict().items():
        whole.update(name.encode())
        whole.update(_column_sums(weight.detach().contiguous().numpy()))
    return whole.hexdigest()


def load(folder: Path | None, of: str) -> PrecisionLoss | None:
    """Return the cached result, or None."""
    if folder is None:
        return None
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads(_file(folder, of).read_text(encoding="utf-8"))
        loss = PrecisionLoss(float(found["nats"]), float(found["off"]))
        if found["key"] == of and math.isfinite(loss.nats) and math.isfinite(loss.relative_error):
            return loss
    return None


def save(folder: Path | None, of: str, loss: PrecisionLoss) -> None:
    """Store a result if there is a folder that can be written."""
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
    """Return a cheap fingerprint of a weight: the sums of its columns' bits.

    A cryptographic hash takes six times as long.
    """
    bits = weight.reshape(-1, weight.shape[-1]).view(np.uint32) if weight.ndim and weight.itemsize == 4 else None
    return repr(weight.shape).encode() + (weight.tobytes() if bits is None else bits.sum(0, np.uint32).tobytes())


def _code_hash() -> str:
    """Hash the code and the recordings that the result depends on."""
    whole = hashlib.sha256()
    for path in sorted(one for one in PACKAGE.rglob("*") if one.suffix in (".py", ".opus", ".json") and one.is_file()):
        if "__pycache__" not in path.parts:
            whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()


def _processor() -> str:
    """Return the processor's name, if the system reports it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
