"""Files that a person names for names and decisions: also a pipe, and never more than such a file has."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from tests.conftest import Ran


@pytest.mark.parametrize("words", [("links", "import"), ("shows", "glossary", "1", "--import")], ids=" ".join)
def test_what_never_ends_is_refused(nir: Callable[..., Ran], words: tuple[str, ...]) -> None:
    ran = nir(*words, "/dev/zero")

    assert ran.code == 1
    assert "it is larger than" in ran.err


def test_decisions_come_through_a_pipe_too(nir: Callable[..., Ran], tmp_path: Path) -> None:
    fifo = tmp_path / "decisions"
    os.mkfifo(fifo)
    writer = Thread(target=lambda: fifo.write_text('{"episode": "no\u2028ne"}\n\n'))
    writer.start()
    ran = nir("links", "import", "--json", fifo)
    writer.join()

    assert (ran.code, [one["item"] for one in ran.json]) == (1, [f"{fifo}:1"])


@pytest.mark.parametrize("command", [("export", "1"), ("links", "export")], ids=" ".join)
def test_where_nothing_can_be_written_is_said_first(
    nir: Callable[..., Ran], tmp_path: Path, command: tuple[str, ...]
) -> None:
    ran = nir(*command, "-o", tmp_path / "no" / "a.txt")

    assert (ran.code, "there is no such folder" in ran.err) == (2, True)
