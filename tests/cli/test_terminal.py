"""What a title holds, a terminal only shows: no control character of it gets through, no markup, no picture, no second line."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine

from episodes.catalog import articles, episodes, links, transcripts
from episodes.cli.control_chars import json_escaped, one_line, visible
from episodes.cli.output import outcome_line
from episodes.cli.terminal import SafeConsole, safe_stream, styled_line
from episodes.database import writing
from episodes.search import index
from episodes.values import ArticleText, EpisodeInfo, Evidence, Outcome, ParagraphKind, ParagraphText, State, Verdict
from tests.conftest import Ran
from transcripts.words import Mark, Segment, Source, Transcript

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).parent.parent.parent
HOSTILE = (
    "ferry \x1b]0;owned\x07\x1b[2J\x9b31m\x90q\x9c\x7f\x08\r\u202eyrref\u2066 [bold red]loud[/] :fire: "
    "[link=http://evil.example]here[/link]\n✓ done\u2028✗ all \\[x] end\\"
)
#: All that a terminal obeys, but for what our own rows and colours need.
OBEYED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]|\x1b(?!\\[[0-9;?]*[A-Za-z])"
)


@given(st.text())
def test_what_is_shown_has_nothing_that_a_terminal_obeys(text: str) -> None:
    assert len(visible(text)) == len(one_line(text)) == len(text)
    assert not OBEYED.search(visible(text).replace("\n", ""))
    assert not re.search("[\x1b\r]", visible(text))
    assert "\n" not in one_line(text)
    assert one_line("Ferry at dawn, ½ price: 🚢") == "Ferry at dawn, ½ price: 🚢"


@given(st.text(st.characters(codec=None)))  # type: ignore[arg-type]
def test_json_says_the_same_without_such_characters(text: str) -> None:
    document = json_escaped(json.dumps({text: [text]}, ensure_ascii=False))

    assert json.loads(document) == {text: [text]}
    assert not OBEYED.search(document)
    document.encode()


@given(st.text(st.sampled_from("\\[]/a=@:# \n\x1b")))
def test_a_line_of_parts_is_its_parts(text: str) -> None:
    assert styled_line("a ", (text, "bold"), " b").plain == f"a {one_line(text)} b"
    assert outcome_line(Outcome(text, State.FAILED, "gone", title="Ferry")).plain.startswith("✗ Ferry")


@given(st.text(), st.integers(20, 200))
def test_nothing_obeyed_is_printed_whatever_is_printed(text: str, width: int) -> None:
    out = SafeConsole(file=io.StringIO(), force_terminal=True, color_system=None, width=width)
    table = Table("head", box=None)
    table.add_row(text)
    table.add_row(Text(text))
    for each in (text, Text(text), table):
        out.print(each, style="bold")
    written = out.file.getvalue()  # type: ignore[attr-defined]

    assert not OBEYED.search(re.sub("\x1b\\[[0-9;]*m", "", written))


def test_a_string_that_is_printed_is_one_line_of_text() -> None:
    out = SafeConsole(file=io.StringIO(), width=500)
    out.print("a title\n✓ done [bold]loud[/] :fire:")

    assert out.file.getvalue() == "a title ✓ done [bold]loud[/] :fire:\n"  # type: ignore[attr-defined]


def test_an_export_is_shown_on_a_terminal_and_whole_elsewhere() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        safe_stream(stream).writelines(["WEBVTT\n", "\x1b[2J\n"])

    assert terminal.getvalue() == "WEBVTT\n␛[2J\n"
    assert file.getvalue() == "WEBVTT\n\x1b[2J\n"


def fill(engine: Engine) -> None:
    """An episode and an article in which every text is hostile, as an older version may have let them in."""
    with writing(engine) as session:
        info = EpisodeInfo(
            "test:1",
            "ep-1",
            HOSTILE,
            show=HOSTILE,
            description=HOSTILE,
            url="https://video.example/1",
            published=date(2026, 1, 1),
        )
        row, _ = episodes.put(session, info, now=NOW)
        said = (Segment(0.0, 4.0, HOSTILE, HOSTILE, marks=(Mark("loop", HOSTILE),)),)
        transcripts.put(session, row.id or 0, Transcript(said, Source.IMPORT), now=NOW)
        index.index_episode(session, row.id or 0)
        parts = (ParagraphText(HOSTILE, ParagraphKind.TEXT),)
        article, _ = articles.put(session, ArticleText("https://paper.example/1", HOSTILE, parts), now=NOW)
        index.index_article(session, article.id or 0)
        verdict = Verdict(row.id or 0, article.id or 0, "proposed", 0.6, (Evidence("name", HOSTILE, 1.0),))
        links.put_all(session, [verdict])


COMMANDS = ["search ferry", "search ferry --json", "show ep-1", "episodes", "marks", "links", "links --json", "articles", "status", "shows",
            "passages ep-1", "corrections", "export ep-1 --format vtt", "export ep-1 --format md", "show nothing"]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_lets_a_title_speak_to_the_terminal(
    sqlite_engine: Engine, command: str, tmp_path: Path, nir: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite_engine)
    monkeypatch.setenv("NIR_DATABASE_URL", f"sqlite:///{tmp_path / 'catalog.db'}")
    ran = nir(*command.split())

    if command.startswith("export"):
        return  # to a file or a pipe, it is what it is
    assert not OBEYED.search(ran.out + ran.err)
    assert "🔥" not in ran.out
    assert not re.search("^(✓ done|✗ all)", ran.out, re.MULTILINE) or command.startswith("show")


def test_on_a_terminal(sqlite_engine: Engine, tmp_path: Path) -> None:
    fill(sqlite_engine)
    lines = ["import sys; from episodes.cli import main"]
    for command in COMMANDS:
        lines += [f"sys.argv = ['nir', *{command.split()!r}]", "try: main()", "except SystemExit: pass"]
    lines += ["sys.argv = ['nir', 'search', '--limit', '\\x1b[2J']", "main()"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "NIR_DATABASE_URL": f"sqlite:///{tmp_path / 'catalog.db'}",
        "TERM": "xterm-256color",
    }
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", "\n".join(lines)], env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 65_536):
                written += part
        except OSError:  # how a terminal says that nobody is there any more
            pass
    text = written.decode().replace("\r\n", "\n")

    assert process.returncode == 2
    assert "ferry" in text
    assert "Traceback" not in text
    assert not OBEYED.search(re.sub("\x1b\\[[0-9;]*m", "", text))
    assert "\x1b" not in re.sub("\x1b\\[[0-9;]*m", "", text), "colours only"
    assert "\r" not in text
    assert "🔥" not in text
