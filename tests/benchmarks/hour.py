"""How fast an hour of real speech becomes words: ``python -m tests.benchmarks.hour RECORDINGS --cache CACHE [--model base] [--busy]``.

The recordings of ``tests.quality.real_speech`` (broadcast, telephone, meetings, readings, a show with music and noise between), one after
the other and again from the first, as one Opus file. Systems hear it one after the other in one process, each as its users have it, with
official weights; decoding of the media is timed, loading of the model is not. With ``--busy`` another process keeps one core busy
meanwhile. Whose words are right is measured by ``tests.quality.real_speech``. A ratio above 1 means that ours is faster.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import av
import numpy as np

from tests.quality.real_speech.recordings import Recording, recordings
from tests.quality.real_speech.systems import SYSTEMS
from tests.quality.real_speech.weights import Missing, model
from transcripts.audio import RATE
from transcripts.spool import spool

OURS = "nir-int8"
DEFAULT = (OURS, "faster-batched", "faster-batched-beams", "faster-greedy")


def joined(files: Iterable[Recording], minutes: float, folder: Path) -> Path:
    """The recordings in a row, again and again, as an Opus file of so many minutes."""
    file = folder / "hour.opus"
    left = round(minutes * 60 * RATE)
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libopus", rate=48000, layout="mono")
        stream.bit_rate = 48_000
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48000, frame_size=960)
        for one in cycle(list(files)):
            with spool(one.sound) as sound:
                part = np.ascontiguousarray(sound.read(0, min(left, sound.samples))[None])
            frame = av.AudioFrame.from_ndarray(part, format="flt", layout="mono")
            frame.sample_rate = RATE
            for packet in resampler.resample(frame):
                container.mux(stream.encode(packet))
            left -= part.shape[1]
            if left <= 0:
                break
        for packet in resampler.resample(None):
            container.mux(stream.encode(packet))
        container.mux(stream.encode(None))
    return file


@contextlib.contextmanager
def one_core_busy(busy: bool) -> Iterator[None]:
    """Something else that computes, if asked for."""
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if busy else None
    try:
        yield
    finally:
        if other:
            other.kill()
            other.wait()


def measured(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """{"model", "minutes", "busy", "seconds", "words"}, the last two by system; printed as they come."""
    loaded = model(asked.model, asked.cache)
    files = recordings(asked.folder)
    hour = joined(files, asked.minutes, folder)
    seconds, words = dict[str, float](), dict[str, int]()
    for name in asked.system or DEFAULT:
        hear = SYSTEMS[name](loaded)
        hear(min(files, key=lambda one: one.seconds).sound)  # what is read or compiled at the first use is not timed
        with one_core_busy(asked.busy):
            begun = time.perf_counter()
            found = hear(hour)
            seconds[name] = round(time.perf_counter() - begun, 1)
        words[name] = sum(len(one["text"].split()) for one in found["segments"])
        ratio = f"{seconds[name] / seconds[OURS]:6.2f}" if OURS in seconds else ""
        speed = 60 * asked.minutes / seconds[name]
        print(f"{name:24}{seconds[name]:8.1f} s{speed:8.1f} x real time{words[name]:7} words  {ratio}", flush=True)
    return {"model": asked.model, "minutes": asked.minutes, "busy": asked.busy, "seconds": seconds, "words": words}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="Recordings; see tests/quality/real_speech/recordings.py.")
    parser.add_argument("--cache", type=Path, required=True, help="Folder for the weights.")
    parser.add_argument("--model", default="base", help="tiny.en or base.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--busy", action="store_true", help="Another process keeps one core busy meanwhile.")
    parser.add_argument("--system", action="append", default=[], choices=sorted(SYSTEMS))
    asked = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measured(Path(folder), asked)))
    except Missing as error:
        print(f"skipped: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
