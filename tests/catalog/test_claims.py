"""Claims: one run per episode, and released soon after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import Engine, text

from episodes.catalog.claims import claims
from episodes.database import connect

ANOTHER = """
import os
import sys
from episodes.catalog.claims import claims
from episodes.database import connect

ours = claims(connect(os.environ["NIR_DATABASE_URL"]))
for line in sys.stdin:
    print(ours.take(int(line)), flush=True)
"""


class Another:
    """A run in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def take(self, episode_id: int) -> bool:
        assert self.process.stdin
        assert self.process.stdout
        print(episode_id, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip() == "True"


@contextmanager
def another(engine: Engine) -> Iterator[Another]:
    env = {**os.environ, "NIR_DATABASE_URL": engine.url.render_as_string(hide_password=False)}
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    with subprocess.Popen(
        [sys.executable, "-c", ANOTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as process:
        yield Another(process)
        process.kill()


def soon(true: Callable[[], bool]) -> bool:
    """True once it is. A server takes a moment to notice that a client has gone."""
    for _ in range(400):
        if true():
            return True
        time.sleep(0.05)
    return False


def test_an_episode_is_one_runs_at_a_time(engine: Engine) -> None:
    with closing(claims(engine)) as ours, another(engine) as other:
        assert ours.take(1)
        assert not other.take(1)
        assert other.take(2)
        assert not ours.take(2)
        ours.release(2)
        ours.release(1)
        assert other.take(1)
        assert not ours.take(2)


def test_what_a_killed_run_had_is_free(engine: Engine) -> None:
    with closing(claims(engine)) as ours:
        with another(engine) as other:
            assert other.take(7)
            assert not ours.take(7)
        assert soon(lambda: ours.take(7))


def test_what_is_closed_is_free(engine: Engine) -> None:
    with closing(claims(engine)) as ours:
        assert ours.take(3)
    with another(engine) as other:
        assert soon(lambda: other.take(3))


def test_a_connection_that_broke_is_made_again_with_what_it_held(postgres_engine: Engine) -> None:
    with closing(claims(postgres_engine)) as ours, another(postgres_engine) as other:
        assert ours.take(1)
        with postgres_engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
        assert ours.take(2)
        assert not other.take(1)


def test_a_catalog_in_memory_is_nobody_elses() -> None:
    engine = connect("sqlite://")
    with closing(claims(engine)) as ours:
        assert ours.take(1)
        ours.release(1)
    engine.dispose()


def test_where_the_disk_knows_no_locks_all_is_ours(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("episodes.catalog.claims._lock", refuse)
    with closing(claims(sqlite_engine)) as ours:
        assert ours.take(1)
