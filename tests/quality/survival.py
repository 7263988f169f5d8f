"""What a run of hearing survives, on real sound with the sample's voice: ``python -m tests.quality.survival killed|bad [options]``.

``killed --hours 3 --kills 10``: one long file (the sample's sound, over and over) is imported by ``nir import``, which is killed with
SIGKILL at random moments and begun again until it is through; the exported transcript must have the bytes of an undisturbed run's. The
highest memory of the process that hears is told for each tenth of the way: it must not grow. Linux only.

``bad``: twenty episodes in one run, one of them corrupt, one silent, one of pure music, one that kills the engine (the engine's process
kills itself when it is given that file; the rest is the real one): twenty outcomes, and the good ones done.

Nothing here is timed. Both print what they saw and end with 1 where it is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from episodes.config import Settings
from episodes.database import connect
from episodes.migrations import migrate
from episodes.pipeline.importing import import_paths
from episodes.pipeline.run import Run
from episodes.sample.server import HERE
from episodes.sample.voice import unpack_voice
from episodes.values import Outcome
from tests.benchmarks.memory import long_file
from tests.sounds import RATE, write_wav
from transcripts.engine import Engine, Job, Step, load
from transcripts.engine.worker import WorkerEngine
from transcripts.spool import spool

GOOD = 16


def nir(*arguments: str) -> list[str]:
    """The command line of ``nir`` in a process of its own."""
    return [sys.executable, "-c", "from episodes.cli import main; main()", *arguments]


def surroundings(home: Path, voice: Path) -> dict[str, str]:
    """The environment of such a process."""
    return {**os.environ, "NIR_HOME": str(home), "NIR_MODEL": str(voice), "NIR_DATABASE_URL": f"sqlite:///{home}/c.db"}


def describe(folder: Path, name: str) -> None:
    """The metadata beside a media file."""
    about = {"id": name, "title": f"Episode {name}", "extractor_key": "Generic", "_type": "video"}
    (folder / f"{name}.info.json").write_text(json.dumps(about), encoding="utf-8")


def memory_below(process: int) -> float:
    """Megabytes that the processes below this one hold, of the one that holds most."""
    found = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in found.splitlines()]
    below, seen = {process}, 0
    while len(below) > seen:
        seen = len(below)
        below |= {pid for pid, parent, _ in rows if parent in below}
    return max((rss / 1024 for pid, _, rss in rows if pid in below), default=0.0)


def run_until(arguments: list[str], env: dict[str, str], seconds: float) -> tuple[bool, list[float]]:
    """Whether it ended by itself within so many seconds (else it is killed), and its memory four times a second."""
    process = subprocess.Popen(arguments, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until, held = time.monotonic() + seconds, []
    while process.poll() is None and time.monotonic() < until:
        held.append(memory_below(process.pid))
        time.sleep(0.25)
    ended = process.poll() is not None
    if not ended:
        process.send_signal(signal.SIGKILL)
    process.wait()
    return ended, held


def exported(env: dict[str, str]) -> bytes:
    """The transcript in the lossless form."""
    return subprocess.run(nir("export", "long", "--format", "json"), env=env, capture_output=True, check=True).stdout


def killed(hours: float, kills: int) -> bool:
    """See above."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        voice = unpack_voice(folder)
        (folder / "archive").mkdir()
        long_file(folder / "archive" / "long.wav", hours)
        describe(folder / "archive", "long")
        calm, rough = folder / "calm", folder / "rough"
        begun = time.monotonic()
        _, held = run_until(nir("import", str(folder / "archive")), surroundings(calm, voice), 1e9)
        whole = time.monotonic() - begun
        print(f"undisturbed: {hours:g} hours in {whole:.0f} s; megabytes by tenths: {tenths(held)}", flush=True)
        died = kill_and_go_on(folder / "archive", surroundings(rough, voice), kills, whole)
        same = exported(surroundings(calm, voice)) == exported(surroundings(rough, voice))
        print(f"killed {died} times: the transcript has {'the same bytes' if same else 'OTHER BYTES'}")
    return same and died >= min(kills, 1)


def kill_and_go_on(archive: Path, env: dict[str, str], kills: int, whole: float) -> int:
    """Import with so many kills at random moments, then to the end; how often it was killed in the midst of it."""
    draw, died = random.Random(kills), 0
    for _ in range(kills):
        ended, _ = run_until(nir("import", str(archive)), env, draw.uniform(0.3, 1.7) * whole / (kills + 1) + 4)
        died += not ended
    while not run_until(nir("update"), env, 1e9)[0]:
        pass
    return died


def tenths(held: list[float]) -> str:
    """The highest of each tenth of the way."""
    parts = [held[at * len(held) // 10 : (at + 1) * len(held) // 10] for at in range(10)]
    return " ".join(f"{max(part):.0f}" for part in parts if part)


class Mortal:
    """The real engine, but for a file named "deadly", which kills the process that hears it."""

    def __init__(self, engine: Engine) -> None:
        self.name, self.signature, self.remark = engine.name, engine.signature, engine.remark
        self._engine = engine

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """See ``Engine.transcribe``."""
        return self._engine.transcribe(self._looked_at(jobs))

    def _looked_at(self, jobs: Iterable[Job]) -> Iterator[Job]:
        for job in jobs:
            if job.path.stem == "deadly":
                os.kill(os.getpid(), signal.SIGKILL)
            yield job


def mortal(voice: str) -> Engine:
    """Made inside the child."""
    return Mortal(load(voice))


def music(seconds: float) -> np.ndarray:
    """Chords, a new one each second, without any voice."""
    time_ = np.arange(round(seconds * RATE)) / RATE
    root = 220 * 2 ** (np.array([0, 5, 7, 3])[time_.astype(int) % 4] / 12)
    return sum(0.15 * np.sin(2 * np.pi * root * step * time_) for step in (1, 1.26, 1.5)) * np.exp(-2 * (time_ % 1))


def bad_archive(folder: Path) -> None:
    """Sixteen good files, and the four others."""
    folder.mkdir()
    media = sorted((HERE / "media").iterdir())
    for at in range(GOOD):
        with spool(media[at % len(media)]) as sound:
            write_wav(folder / f"good{at:02}.wav", sound.read(at * RATE, 20 * RATE))
    (folder / "corrupt.wav").write_bytes(b"RIFF\x00\x00no sound at all" * 99)
    write_wav(folder / "silent.wav", np.zeros(40 * RATE, np.float32))
    write_wav(folder / "music.wav", music(40))
    write_wav(folder / "deadly.wav", music(5))
    for path in list(folder.iterdir()):
        describe(folder, path.stem)


def bad() -> bool:
    """See above."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bad_archive(folder / "archive")
        settings = Settings.of_home(folder / "home")
        database = connect(settings.database_url)
        migrate(database)
        voice = str(unpack_voice(folder))
        from tests.quality.survival import mortal  # under this name the child finds it, not as __main__'s

        run = Run(database, settings, load_engine=lambda _: WorkerEngine(partial(mortal, voice)))
        last: dict[str, Outcome] = {}
        for outcome in import_paths(run, [folder / "archive"]):
            last[outcome.title or outcome.item] = outcome
        database.dispose()
    for title, outcome in sorted(last.items()):
        print(f"{title:20} {outcome.state:10} {outcome.reason[:110]}")
    states = {title: outcome.state for title, outcome in last.items()}
    good = sum(state == "done" for title, state in states.items() if "good" in title)
    lost = [states.get(f"Episode {name}") for name in ("corrupt", "deadly")]
    print(f"{len(last)} outcomes; {good} of {GOOD} good ones done")
    return len(last) == GOOD + 4 and good == GOOD and lost == ["failed", "failed"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    long = commands.add_parser("killed")
    long.add_argument("--hours", type=float, default=3.0)
    long.add_argument("--kills", type=int, default=10)
    commands.add_parser("bad")
    given = parser.parse_args()
    sys.exit(0 if (killed(given.hours, given.kills) if given.command == "killed" else bad()) else 1)
