"""``nir help``: plain through a pipe, in colour and paged on a terminal, JSON for programs."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from episodes.help.topics import topics
from tests.conftest import Ran

Nir = Callable[..., Ran]
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_the_list_has_one_line_for_each_topic(nir: Nir) -> None:
    lines = nir("help").out.splitlines()

    for topic in topics().values():
        assert f"  {topic.name:<10}  {topic.summary}" in lines
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", topics())
def test_a_topic_through_a_pipe_is_plain_text(nir: Nir, name: str) -> None:
    ran = nir("help", name)
    lines = ran.out.splitlines()

    assert ran.code == 0
    assert lines[:2] == [topics()[name].title, "=" * len(topics()[name].title)]
    assert "\x1b" not in ran.out
    assert "\ue000" not in ran.out
    prose = re.sub(r"```.*?```", "", topics()[name].text, flags=re.DOTALL)
    assert [part for part in re.findall(r"`[^`]+`", prose) if len(part) <= 40 and part not in ran.out] == []
    assert [line for line in lines if line != line.rstrip()] == []
    code = {line.strip() for line in topics()[name].text.splitlines()}
    assert [line for line in lines if len(line) > 80 and line.strip() not in code] == []
    for command in topics()[name].commands:
        assert f"`nir {command} --help`" in " ".join(ran.out.split())


def test_a_search_topic_shows_grammar_and_examples(nir: Nir) -> None:
    out = nir("help", "search").out

    assert "\n    nir search harbour bridge\n" in out
    assert "\nWhat you can type\n-----------------\n" in out
    assert "  `bridge -toll`" in out


def test_a_command_leads_to_its_topic(nir: Nir) -> None:
    assert nir("help", "confirm").out == nir("help", "links").out
    assert nir("help", "nir", "search").out == nir("help", "search").out


def test_an_unknown_topic_names_the_nearest(nir: Nir) -> None:
    ran = nir("help", "serch")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("nir: there is no topic 'serch'; did you mean `nir help search`")
    assert ran.err.endswith("? `nir help` lists all\n")
    assert nir("help", "nonsense").err == "nir: there is no topic 'nonsense'; `nir help` lists all\n"
    assert "\x1b" not in nir("help", "\x1b[2J").err


def test_the_manual_as_json(nir: Nir) -> None:
    listed = nir("help", "--json").json
    one = nir("help", "links", "--json").json

    assert [topic["topic"] for topic in listed] == list(topics())
    assert listed[1].keys() == {"topic", "title", "summary", "commands"}
    assert one["commands"] == ["link", "links", "confirm", "reject"]
    assert one["text"] == topics()["links"].text


def test_on_a_terminal_it_is_coloured_and_paged(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED with $LESS\ncat\n")
    pager.chmod(0o755)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PAGER": str(pager),
        "TERM": "xterm-256color",
        "COLUMNS": "80",
    }
    for unwanted in ("LESS", "MANPAGER", "NO_COLOR"):
        environment.pop(unwanted, None)
    code = "import sys; sys.argv = ['nir', 'help', 'search']; from episodes.cli import main; main()"
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 65_536):
                written += part
        except OSError:  # a closed terminal
            pass
    text = written.decode().replace("\r\n", "\n")

    assert text.startswith("PAGED with FRX\n")
    assert "\x1b[1mSearch\x1b[0m" in text
    assert "`" not in text, "colour sets commands apart"
