"""What commands print: one JSON document on stdout, or lines for a person; notes and errors go to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from episodes.cli.errors import SOME_FAILED

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from episodes.documents.document import Document
    from episodes.values import Outcome

SIGNS = {
    "done": ("✓", "green"),
    "unchanged": ("=", "dim"),
    "waiting": ("…", "yellow"),
    "skipped": ("–", "dim"),
    "failed": ("✗", "red"),
}


#: What writes above the rows that show how far work is, while there are some: other writing would tear them.
_above: list[Console] = []


@contextmanager
def above(rows: Console) -> Iterator[None]:
    """While this lasts, what is said to a person on this terminal is written above the rows of that console."""
    _above.append(rows)
    try:
        yield
    finally:
        _above.remove(rows)


def console() -> Console:
    """For people, on stdout; without colour and markup where stdout is no terminal."""
    from episodes.cli.terminal import SafeConsole

    if _above and sys.stdout.isatty():
        return _above[-1]
    return SafeConsole(soft_wrap=not sys.stdout.isatty())


def notes() -> Console:
    """For people, on stderr: progress, counts, advice."""
    from episodes.cli.terminal import SafeConsole

    if _above:
        return _above[-1]
    return SafeConsole(stderr=True, soft_wrap=not sys.stderr.isatty())


def print_json(document: Document | Sequence[Document]) -> None:
    """One JSON document on stdout, from a ``documents.Document`` or a list of them."""
    from episodes.cli.control_chars import json_escaped
    from episodes.documents.document import Document

    text = json.dumps(document, default=Document.as_dict, ensure_ascii=False, indent=2)
    sys.stdout.write(json_escaped(text) + "\n")


def report(outcomes: Iterable[Outcome], *, as_json: bool, verb: str = "") -> None:
    """Show outcomes as they come, then a count; ends the command with exit code 1 if an item failed.

    Unchanged items are counted, not shown. With ``as_json`` the whole is one document at the end.
    """
    if as_json:
        from episodes.documents.outcomes import Outcome as OutcomeDocument

        documents = [OutcomeDocument.of(outcome) for outcome in outcomes]
        print_json(documents)
        states = [str(document.state) for document in documents]
    else:
        states = _show(outcomes, verb)
    if "failed" in states:
        raise typer.Exit(SOME_FAILED)


def _show(outcomes: Iterable[Outcome], verb: str) -> list[str]:
    out = console()
    states: list[str] = []
    for outcome in outcomes:
        states.append(str(outcome.state))
        if outcome.state != "unchanged":
            out.print(outcome_line(outcome))
    counted = ", ".join(f"{states.count(state)} {state}" for state in SIGNS if state in states)
    out.print(f"{verb + ': ' if verb else ''}{counted or 'nothing to do'}", markup=False)
    return states


def outcome_line(outcome: Outcome) -> Text:
    """One line: sign, title or item, reason, time."""
    from episodes.cli.terminal import styled_line
    from episodes.dates import to_the_minute
    from episodes.redaction import redact_url

    sign, style = SIGNS[outcome.state]
    item, reason = redact_url(outcome.item), outcome.reason
    title = redact_url(outcome.title) or item
    if outcome.state == "failed" and outcome.title and item not in outcome.reason:
        reason = f"{item}: {reason}"
    until = f" until {to_the_minute(outcome.until)}" if outcome.until and outcome.state == "waiting" else ""
    tail = (f" {reason}{until}", "dim") if reason or until else ""
    return styled_line((sign, style), f" {title}", tail)


def clock(seconds: float) -> str:
    """12:34, or 1:02:03 from an hour on."""
    from transcripts.clock import short_clock

    return short_clock(seconds)


def fields(pairs: Mapping[str, object]) -> None:
    """Names and values in two columns, empty values left out."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        if value not in (None, "", [], ()):
            from rich.text import Text

            table.add_row(name, Text(str(value)))
    console().print(table)


def check_output(output: Path | None) -> None:
    """Whether ``write_out`` will be able to: to be asked before long work.

    Raises:
        Usage: there is no such folder, it is one, or it may not be written.
    """
    from episodes.files.writing import check

    if output:
        check(output)


@contextmanager
def open_output(output: Path | None) -> Iterator[TextIO]:
    """A stream to ``output``, or to stdout; a file appears whole or not at all (see ``files.writing``)."""
    from episodes.files.writing import written

    if output is None:
        from episodes.cli.terminal import safe_stream

        yield safe_stream(sys.stdout)
        return
    with written(output) as stream:
        yield stream
