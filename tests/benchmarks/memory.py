"""The peak of memory, beyond the model, while a long file is heard: ``python -m tests.benchmarks.memory [--hours 6]``. Linux only.

The sound is the sample's, over and over; the model is of the smallest shape with random weights, so it babbles, but goes the whole way
through sound, stripes, mel, encoder and decoder. What a bigger model adds to a batch (keys, values, features) does not grow with the
file's length; that is what is looked at here. The file takes 115 MB an hour for a while, and its sound as much again.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from episodes.sample.server import HERE
from tests.sounds import RATE, write_long_wav
from tests.transcripts.conftest import random_model, save
from transcripts.engine import Options, load, windows
from transcripts.spool import spool

GREEDY = Options(temperatures=(0.0,), avg_logprob=-1e9, compression_ratio=1e9, no_speech_prob=2.0)


def long_file(path: Path, hours: float) -> None:
    """Write the sample's sound, repeated, as a WAV file of so many hours."""
    with spool(min((HERE / "media").iterdir())) as sound:
        samples = sound.read(0, sound.samples)
    whole = round(hours * 3600 * RATE)
    write_long_wav(path, (samples[: whole - at] for at in range(0, whole, len(samples))))


def held(key: str) -> float:
    """Megabytes of this process's memory: "VmRSS" now, "VmHWM" at its highest."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(key)).split()[1]) / 1024


def forget_peak() -> None:
    """The highest is counted from now on."""
    Path("/proc/self/clear_refs").write_text("5")


def main(hours: list[float]) -> None:
    """Print a line for each length."""
    with tempfile.TemporaryDirectory() as folder:
        engine = load(str(save(random_model(), Path(folder, "babble.en.pt"))))
        file = Path(folder, "long.wav")
        long_file(file, 1 / 60)
        list(windows(engine, file, GREEDY))  # what is loaded with the first file counts as the model's
        for length in hours:
            long_file(file, length)
            before, begun = held("VmRSS"), time.perf_counter()
            forget_peak()
            count = sum(1 for _ in windows(engine, file, GREEDY))
            seconds = time.perf_counter() - begun
            peak = held("VmHWM") - before
            print(
                f"{length:5g} h: {peak:6.0f} MB beyond {before:.0f} MB, {count} windows in {seconds:.0f} s", flush=True
            )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hours", type=float, nargs="+", default=[1, 6])
    main(asked.parse_args().hours)
