"""kill -9 during transcription: one batch is lost at most, and the transcripts are those of an undisturbed run."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from episodes.catalog import episodes, transcripts
from episodes.database import reading, writing
from episodes.files.named import Named
from episodes.models import Outcome, Passage, TranscribedWindow, Transcript
from episodes.pipeline import transcription_queue
from episodes.pipeline.run import Run
from episodes.values import EpisodeInfo
from transcripts.formats import write

NOW = datetime(2026, 5, 4, tzinfo=UTC)
EPISODES, WINDOWS, ROOM = 3, 24, 2

HEAR = f"""
import sys
from functools import partial
from episodes.config import Settings
from episodes.database import connect
from episodes.pipeline.transcription import transcribe_due
from episodes.pipeline.run import Run
from tests import engines
from transcripts.engine.worker import WorkerEngine

settings = Settings.from_environment()
make = partial(engines.make, windows={WINDOWS}, room={ROOM})
outcomes = transcribe_due(Run(connect(settings.database_url), settings, load_engine=lambda _: WorkerEngine(make)))
sys.exit(sum(one.state != "done" for one in outcomes))
"""


def want(engine: Engine, folder: Path) -> None:
    """Episodes with sound that wait for their words."""
    folder.mkdir()
    Named.of_home(Path(os.environ["NIR_HOME"])).add(folder)
    with writing(engine) as session:
        for number in range(EPISODES):
            file = folder / f"sound{number}.opus"
            file.write_bytes(b"sound")
            info = EpisodeInfo(f"fake:{number}", f"ep{number}", f"Episode {number}", media=str(file))
            row, _ = episodes.put(session, info, now=NOW)
            transcription_queue.enqueue(session, row, Run(engine, None, now=lambda: NOW))  # type: ignore[arg-type]


def start(engine: Engine, log: Path) -> subprocess.Popen[bytes]:
    url = engine.url.render_as_string(hide_password=False)
    env = {**os.environ, "NIR_DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    with log.open("ab") as errors:
        return subprocess.Popen([sys.executable, "-c", HEAR], env=env, stderr=errors)


def progressed(engine: Engine) -> int:
    """Windows that are kept, and all those of the transcripts that are made of them."""
    with reading(engine) as session:
        kept = session.exec(select(func.count()).select_from(TranscribedWindow)).one()
        return kept + WINDOWS * session.exec(select(func.count()).select_from(Transcript)).one()


def everything(engine: Engine) -> list[object]:
    """All that came of it, to the byte; of the moments only that there are some."""
    found: list[object] = []
    with reading(engine) as session:
        for row in session.exec(select(Transcript).order_by(Transcript.episode_id)):  # type: ignore[arg-type]
            text = io.StringIO()
            write(transcripts.load(session, row), "json", text)
            found.append((row.episode_id, row.checksum, row.shown, text.getvalue()))
        found += sorted(session.exec(select(Passage.text)))
        found += sorted(session.exec(select(Outcome.item, Outcome.state, Outcome.reason)))
        found.append(session.exec(select(func.count()).select_from(TranscribedWindow)).one())
    return found


@pytest.fixture
def undisturbed(sqlite_engine: Engine, tmp_path: Path) -> list[object]:
    want(sqlite_engine, tmp_path / "there")
    assert start(sqlite_engine, tmp_path / "calm.log").wait() == 0
    return everything(sqlite_engine)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_killed_at_random_moments_it_ends_with_the_same_bytes(
    request: pytest.FixtureRequest, undisturbed: list[object], tmp_path: Path, database: str
) -> None:
    if database == "postgres":
        engine: Engine = request.getfixturevalue("postgres_engine")
    else:
        engine = empty_beside(request.getfixturevalue("sqlite_template"), tmp_path)
    want(engine, tmp_path / "here")
    log = tmp_path / "windows.log"
    moments = sorted(random.Random(database).sample(range(1, EPISODES * WINDOWS), 2))
    killed = 0
    pause = threading.Event()
    for moment in moments:
        process = start(engine, log)
        while progressed(engine) < moment and process.poll() is None:
            pause.wait(0.005)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert start(engine, log).wait() == 0

    assert killed >= 1
    assert everything(engine) == undisturbed
    heard = Counter(log.read_text().splitlines())
    assert sum(heard.values()) - EPISODES * WINDOWS <= killed * ROOM
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_two_runs_at_once_share_the_work(
    request: pytest.FixtureRequest, undisturbed: list[object], tmp_path: Path, database: str
) -> None:
    if database == "postgres":
        engine: Engine = request.getfixturevalue("postgres_engine")
    else:
        engine = empty_beside(request.getfixturevalue("sqlite_template"), tmp_path)
    want(engine, tmp_path / "here")
    logs = [tmp_path / "one.log", tmp_path / "other.log"]
    for process in [start(engine, log) for log in logs]:
        process.wait()

    heard = Counter(line for log in logs for line in log.read_text().splitlines())
    assert len(heard) == EPISODES
    assert set(heard.values()) == {WINDOWS}
    assert everything(engine) == undisturbed
    engine.dispose()


def empty_beside(template: Path, folder: Path) -> Engine:
    """An empty catalog beside the test's own."""
    import shutil

    from episodes.database import connect

    return connect(f"sqlite:///{shutil.copy(template, folder / 'another.db')}")
