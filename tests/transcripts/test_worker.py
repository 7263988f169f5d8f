"""The engine in a worker process: a crash costs one file, and the worker never outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests import engines
from transcripts.engine import Job, Step, Window
from transcripts.engine.worker import WorkerEngine
from transcripts.engine.worker.supervisor import MAX_CRASHES
from transcripts.errors import EngineDied, ModelError


def worker(step_timeout: float = 60, **more: object) -> WorkerEngine:
    return WorkerEngine(partial(engines.make, **more), model="large", step_timeout=step_timeout)


def jobs(*names: str) -> list[Job]:
    return [Job(name, Path(f"{name}.opus")) for name in names]


def hear(engine: WorkerEngine, *names: str) -> tuple[dict[str, list[Window]], dict[str, str]]:
    """Return the windows of each file, and how each ended: "" or the class of its error."""
    windows: dict[str, list[Window]] = {}
    ends: dict[str, str] = {}
    for step in engine.transcribe(jobs(*names)):
        for one in step.transcribed:
            windows.setdefault(one.key, []).append(one.window)
        for ended in step.ended:
            assert ended.key not in ends
            ends[ended.key] = type(ended.error).__name__ if ended.error else ""
    return windows, ends


def whole(name: str) -> list[Window]:
    return [engines.window(name, at) for at in range(3)]


def test_it_transcribes_what_the_engine_inside_transcribes() -> None:
    engine = worker()

    assert hear(engine, "a", "b", "c", "d") == (
        {name: whole(name) for name in "abcd"},
        dict.fromkeys("abcd", ""),
    )
    assert (engine.name, engine.signature) == ("together", "together, three windows")


def test_it_may_begin_before_it_is_needed_and_resumes_with_that_process() -> None:
    engine = worker()
    engine.spawn()
    begun = engine._process
    engine.spawn()

    assert engine.name == "together"
    assert begun is engine._process is not None
    assert hear(engine, "a") == ({"a": whole("a")}, {"a": ""})
    assert engine._process is None
    assert hear(engine, "b") == ({"b": whole("b")}, {"b": ""})


def test_jobs_are_taken_when_there_is_room_and_stored_steps_are_never_two_behind() -> None:
    order: list[str] = []

    def taken() -> Iterator[Job]:
        for job in jobs("a", "b", "c"):
            order.append(f"take {job.key}")
            yield job

    for step in worker(room=1).transcribe(taken()):
        order += [f"hear {one.key}" for one in step.transcribed]
    assert order == [f"{what} {name}" for name in "abc" for what in ("take", "hear", "hear", "hear")]


@pytest.mark.parametrize("fate", ["killed", "segfault", "raises", "exits"])
def test_a_file_that_kills_the_engine_is_its_own_outcome(fate: str) -> None:
    """Three files run in parallel when it dies: the other two are resumed, and nothing is transcribed twice."""
    windows, ends = hear(worker(), "a", f"{fate}-b", "c", "d", "torn-e")

    assert ends == {"a": "", f"{fate}-b": "EngineDied", "c": "", "d": "", "torn-e": "MediaError"}
    assert {name: windows[name] for name in "acd"} == {name: whole(name) for name in "acd"}
    assert windows[f"{fate}-b"] == whole(f"{fate}-b")[:1]


def test_a_file_transcribed_alone_is_failed_at_once_and_says_why() -> None:
    steps = list(worker().transcribe(jobs("killed-a")))
    error = steps[-1].ended[0].error

    assert isinstance(error, EngineDied)
    assert "killed-a.opus" in str(error)
    assert "SIGKILL: out of memory?" in str(error)
    assert "--batch" in str(error)


def test_a_silence_that_lasts_too_long_counts_as_death() -> None:
    _, ends = hear(worker(step_timeout=0.5, room=1), "a", "hung-b", "c")

    assert ends == {"a": "", "hung-b": "EngineDied", "c": ""}


def test_an_engine_that_dies_whatever_it_transcribes_is_given_up() -> None:
    names = [f"killed-{number}" for number in range(10)]
    seen: list[Step] = []
    with pytest.raises(ModelError, match="crashes on every file"):
        seen.extend(worker(at=0, room=1).transcribe(jobs(*names)))

    assert len(seen) <= MAX_CRASHES


@pytest.mark.parametrize(
    ("load", "says"), [("missing", "not on this machine"), ("killed", "while loading it: SIGKILL")]
)
def test_without_a_model_there_is_no_engine(load: str, says: str) -> None:
    engine = worker(load=load)
    with pytest.raises(ModelError, match=says):
        _ = engine.signature
    with pytest.raises(ModelError, match="large"):
        next(iter(engine.transcribe(jobs("a"))))


def test_what_goes_wrong_with_the_jobs_is_the_callers_and_ends_the_process() -> None:
    engine = worker()

    def broken() -> Iterator[Job]:
        yield jobs("a")[0]
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        list(engine.transcribe(broken()))
    assert engine._process is None


def test_a_caller_who_leaves_ends_the_process() -> None:
    engine = worker()
    steps = engine.transcribe(jobs("a", "b"))
    next(steps)
    assert engine._process
    running = engine._process._popen
    steps.close()  # type: ignore[attr-defined]

    assert running.poll() is not None


PARENT = """
import sys
from functools import partial
from pathlib import Path
from tests import engines
from transcripts.engine import Job
from transcripts.engine.worker import WorkerEngine

engine = WorkerEngine(partial(engines.make))
engine.signature
print(engine._process._popen.pid, flush=True)
for step in engine.transcribe([Job("a", Path("a.opus")), Job("hung-b", Path("hung-b.opus"))]):
    print("a step", flush=True)
"""


def gone(pid: int) -> Callable[[], bool]:
    def check() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat")
        return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z"

    return check


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_orphan_is_left_however_the_parent_ends(how: signal.Signals) -> None:
    """The worker hangs while its parent is ended; Ctrl-C reaches both, as in a terminal."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline() == "a step\n"
        if how is signal.SIGINT:
            os.killpg(parent.pid, how)
        else:
            parent.send_signal(how)
        _, errors = parent.communicate(timeout=60)
    ended = gone(pid)
    wait = threading.Event()
    assert any(ended() or wait.wait(0.02) for _ in range(1000))

    assert "worker/main.py" not in errors
    assert errors.count("Traceback") == (how is signal.SIGINT)
