"""Ctrl-C at any moment, a request to terminate, a pipe that nobody reads: a line or none, an exit code, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

#: Before ``nir`` begins: a signal comes when this module is looked for, once, in the way that is asked for.
AT = """
import os, signal, sys, threading, time

class At:
    def __init__(self, name, act):
        self.name, self.act = name, act

    def find_spec(self, name, path=None, target=None):
        if name == self.name:
            sys.meta_path.remove(self)
            self.act()
        return None

def come(number=signal.SIGINT):
    os.kill(os.getpid(), number)

class Last:
    def __del__(self):
        come()

def in_a_destructor():
    Last()

def twice():
    try:
        come()
    finally:
        come()

def in_words_of_its_own():
    try:
        come()
    finally:
        raise OSError(5, "cannot tidy up")

def at_the_end():
    def wait():
        threading.main_thread().join()
        come()
        time.sleep(60)
    threading.Thread(target=wait).start()

"""


def nir(*words: str, before: str = "", home: Path, **more: object) -> subprocess.CompletedProcess[str]:
    code = f"{before}\nimport sys\nsys.argv = ['nir', *{list(words)!r}]\nfrom episodes.cli import main\nmain()\n"
    environment = {**os.environ, "NIR_HOME": str(home), "PYTHONPATH": str(ROOT)}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run([sys.executable, "-c", code], env=environment, text=True, timeout=120, **options)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("module", ["episodes.cli.app", "typer", "rich.console", "sqlalchemy", "episodes.migrations"])
def test_ctrl_c_at_any_import(module: str, tmp_path: Path) -> None:
    ran = nir("episodes", before=f"{AT}sys.meta_path.insert(0, At({module!r}, come))", home=tmp_path)

    assert ran.returncode == 130
    assert ran.stderr == "nir: stopped; finished work is kept, run the same command again to continue\n"


@pytest.mark.parametrize("act", ["in_a_destructor", "twice", "in_words_of_its_own"])
def test_ctrl_c_where_python_swallows_it_and_ctrl_c_twice(act: str, tmp_path: Path) -> None:
    ran = nir("episodes", before=f"{AT}sys.meta_path.insert(0, At('sqlalchemy', {act}))", home=tmp_path)

    assert ran.returncode == 130
    assert ran.stderr.startswith("nir: stopped;")
    assert len(ran.stderr.splitlines()) == 1


def test_ctrl_c_when_only_threads_are_waited_for(tmp_path: Path) -> None:
    ran = nir("episodes", before=f"{AT}sys.meta_path.insert(0, At('sqlalchemy', at_the_end))", home=tmp_path)

    assert ran.returncode == 130
    assert ran.stderr == ""
    assert ran.stdout, "what was to be said was said"


def test_a_request_to_terminate_is_an_orderly_end(tmp_path: Path) -> None:
    act = "At('sqlalchemy', lambda: come(signal.SIGTERM))"
    ran = nir("episodes", before=f"{AT}sys.meta_path.insert(0, {act})", home=tmp_path)

    assert ran.returncode == 143
    assert ran.stderr.startswith("nir: stopped;")


def test_who_ignores_ctrl_c_is_not_stopped_by_it(tmp_path: Path) -> None:
    """As a shell makes it for what runs in the background."""
    before = f"{AT}signal.signal(signal.SIGINT, signal.SIG_IGN)\nsys.meta_path.insert(0, At('sqlalchemy', come))"

    assert nir("episodes", before=before, home=tmp_path).returncode == 0


@pytest.mark.parametrize("words", [("episodes",), ("episodes", "--json"), ("--help",), ("status",)])
def test_nobody_reads_what_is_written(words: tuple[str, ...], tmp_path: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    ran = nir(*words, home=tmp_path, stdout=writes)
    os.close(writes)

    assert ran.stderr == ""
    assert ran.returncode == 141


@pytest.mark.parametrize("words", [("episodes",), ("episodes", "--json")])
def test_a_stream_that_the_shell_has_closed(words: tuple[str, ...], tmp_path: Path) -> None:
    ran = nir(*words, before="import sys; sys.stdout = None", home=tmp_path)

    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_broken_pipe_that_is_not_ours_is_told(tmp_path: Path) -> None:
    act = "def fail(): raise BrokenPipeError(32, 'Broken pipe')"
    ran = nir("episodes", before=f"{AT}{act}\nsys.meta_path.insert(0, At('sqlalchemy', fail))", home=tmp_path)

    assert ran.returncode == 3
    assert "BrokenPipeError" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
