"""What commands print: one JSON document or lines for people on stdout; notes and errors on stderr."""

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


#: Consoles with progress bars, innermost last: other output must go through them, or it would tear the bars.
_above: list[Console] = []


@contextmanager
def above(rows: Console) -> Iterator[None]:
    """Print through this console, above its progress bars, while the context lasts."""
    _above.append(rows)
    try:
        yield
    finally:
        _above.remove(rows)


def console() -> Console:
    """Return the console for people on stdout; without colour and markup if stdout is not a terminal."""
    from episodes.cli.terminal import SafeConsole

    if _above and sys.stdout.isatty():
        return _above[-1]
    return SafeConsole(soft_wrap=not sys.stdout.isatty())


def notes() -> Console:
    """Return the console for people on stderr: progress, counts, advice."""
    from episodes.cli.terminal import SafeConsole

    if _above:
        return _above[-1]
    return SafeConsole(stderr=True, soft_wrap=not sys.stderr.isatty())


def print_json(document: Document | Sequence[Document]) -> None:
    """Print one JSON document on stdout, dates in ISO format."""
    from episodes.cli.control_chars import json_escaped
    from episodes.documents.document import Document

    text = json.dumps(document, default=Document.as_dict, ensure_ascii=False, indent=2)
    sys.stdout.write(json_escaped(text) + "\n")


def report(outcomes: Iterable[Outcome], *, as_json: bool, verb: str = "") -> None:
    """Print outcomes as they come, then a count; exit with code 1 if an item failed.

    Unchanged items are counted, not printed. With ``as_json`` print one document at the end.
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
    """Format an outcome: sign, title or item, reason, time."""
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
    """Format seconds as 12:34, or 1:02:03 from an hour on."""
    from transcripts.clock import short_clock

    return short_clock(seconds)


def fields(pairs: Mapping[str, object]) -> None:
    """Print names and values in two columns; leave out empty values."""
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
    """Check, before long work, that ``open_output`` will succeed.

    Raises:
        Usage: the folder does not exist, the path is a folder, or it is not writable.
    """
    from episodes.files.writing import check

    if output:
        check(output)


@contextmanager
def open_output(output: Path | None) -> Iterator[TextIO]:
    """Open ``output`` or stdout for writing; a file appears whole or not at all (see ``files``)."""
    from episodes.files.writing import written

    if output is None:
        from episodes.cli.terminal import safe_stream

        yield safe_stream(sys.stdout)
        return
    with written(output) as stream:
        yield stream
