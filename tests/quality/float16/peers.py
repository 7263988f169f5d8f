"""faster-whisper in float16 on the GPU, in a process of its own, as ``python -m tests.quality.float16.peers SOUND-FOLDER MODEL WAY``.

CTranslate2 looks for CUDA 12's libraries by name when it first computes, and a process without them ends, or never does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.quality.float16.report import Outcome
from tests.quality.real_speech.recordings import Recording, recordings
from tests.quality.real_speech.systems import _segment as segment

WAYS: dict[str, dict[str, Any]] = {
    "faster-whisper float16, greedy": {"beam_size": 1, "condition_on_previous_text": False},
    "faster-whisper float16, batched by 16": {"beam_size": 1, "batch_size": 16},
    "faster-whisper float16, batched by 64": {"beam_size": 1, "batch_size": 64},
    "faster-whisper float16, defaults": {},
}
PATIENCE = 90.0


class Missing(Exception):
    """The peer does not run here; the message says why."""


def heard(way: str, folder: Path, model: Path, files: Sequence[Recording], rounds: int) -> Outcome:
    """What a way heard in the recordings.

    Raises:
        Missing: it is not installed, ended without a word, or took too long.
    """
    command = [sys.executable, "-m", __name__, str(folder), str(model), way, str(rounds), *(one.name for one in files)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise Missing(f"it did nothing for {PATIENCE:.0f} s") from error
    if ran.returncode:
        raise Missing((ran.stderr.strip().splitlines() or [f"ended with {ran.returncode}"])[-1])
    found = json.loads(ran.stdout.splitlines()[-1])
    return Outcome(way, found["heard"], tuple(found["seconds"]), found["peak"], "")


def main() -> int:
    """Hear, and print it as one line of JSON."""
    folder, model, way, rounds, *names = sys.argv[1:]
    files = recordings(Path(folder), tuple(names))
    before = _used()
    call = _opened(Path(model), batched="batch_size" in WAYS[way])
    list(call(str(files[0].sound), language="en", **WAYS[way])[0])
    seconds, found = [], {}
    for _ in range(int(rounds)):
        begun = time.perf_counter()
        for one in files:
            segments = call(str(one.sound), language="en", **WAYS[way])[0]
            found[one.name] = {"segments": [segment(each) for each in segments]}
        seconds.append(time.perf_counter() - begun)
    print(json.dumps({"heard": found, "seconds": seconds, "peak": _used() - before}))
    return 0


def _opened(model: Path, *, batched: bool) -> Any:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    loaded = WhisperModel(str(model), device="cuda", compute_type="float16")
    return BatchedInferencePipeline(loaded).transcribe if batched else loaded.transcribe


def _used() -> int:
    """Bytes of the GPU that are in use; CTranslate2 keeps what it took."""
    import torch

    free, total = torch.cuda.mem_get_info()
    return int(total - free)


if __name__ == "__main__":
    sys.exit(main())
