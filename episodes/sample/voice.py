"""Unpack the sample's Whisper checkpoint for `whisper.load_model`."""

from __future__ import annotations

import lzma
import tempfile
from pathlib import Path

PACKED = Path(__file__).with_name("voice.pt.xz")
NAME = "sample-voice.pt"


def unpack_voice(folder: Path) -> Path:
    """Decompress the checkpoint into `folder` (made if missing) and return its path: a .pt file of about 7 MB.

    An existing file of the right size is kept. Several processes may unpack at once: the file is renamed into place,
    so it is never incomplete. Raises OSError if `folder` cannot be written.
    """
    checkpoint = lzma.decompress(PACKED.read_bytes())
    target = folder / NAME
    if target.is_file() and target.stat().st_size == len(checkpoint):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=NAME, delete=False) as part:
        part.write(checkpoint)
    return Path(part.name).replace(target)
