"""``nir search``: search transcripts and articles."""

from __future__ import annotations

import sys
import textwrap
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import READING, AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from episodes.pipeline.searching import Counterpart, SearchResult
    from episodes.search.results import Hit, SearchResults

#: Characters shown of the counterpart.
MAX_OTHER_SIDE = 160
#: Printed instead of "no results" where nothing could be found.
EMPTY = (
    "The catalog is empty: it has no transcript and no article yet. Try a sample catalog: nir demo. "
    "Or fill yours: nir shows add URL, then nir update; or nir import PATH."
)
DAY = "2024-05-31|2024-05|2024"
EXAMPLES = """Examples:
nir search harbour bridge
nir search '"turning point" -tunnel' --in said
nir search 'ferr* OR port title:harbour'
nir search 'toll speaker:varga' --open 1"""


class Where(StrEnum):
    """Which side to search."""

    said = "said"
    written = "written"
    all = "all"


def add_to(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    app.command("search", rich_help_panel=READING, epilog=EXAMPLES)(search)


def _day(text: str) -> date:
    from episodes.dates import first_day

    if day := first_day(text):
        return day
    message = f"{text!r} is not a date; write 2024-05-31, 2024-05 or 2024"
    raise typer.BadParameter(message)


Words = Annotated[
    list[str],
    typer.Argument(
        help='Words, "a phrase", -excluded, prefix*, OR, title:word, speaker:name, marked:kind; all must match.'
    ),
]
Side = Annotated[Where, typer.Option("--in", help="Search what was said, what was written, or both.")]
OnlyShow = Annotated[str, typer.Option("--show", help="Only this show (number, title or address).")]
After = Annotated[
    date | None, typer.Option("--after", parser=_day, metavar=DAY, help="Published on or after this day.")
]
Before = Annotated[date | None, typer.Option("--before", parser=_day, metavar=DAY, help="Published before this day.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="Maximum number of results.")]
Context = Annotated[
    int, typer.Option("--context", min=1, max=120, metavar="WORDS", help="Words of context around each match.")
]
Open = Annotated[int | None, typer.Option("--open", min=1, metavar="N", help="Open result N in the browser.")]


def search(
    words: Words,
    where: Side = Where.all,
    show: OnlyShow = "",
    after: After = None,
    before: Before = None,
    limit: Limit = 10,
    context: Context = 30,
    number: Open = None,
    as_json: AsJson = False,
) -> None:
    """Search everything said and written; best results first."""
    from episodes.catalog import overview
    from episodes.cli.opening import catalog_to_read
    from episodes.database import reading
    from episodes.pipeline.searching import searched

    typed, most = " ".join(words), max(limit, number or 0)
    with reading(catalog_to_read()) as session:
        answer, results = searched(
            session,
            typed,
            where=where.value,
            show=show or None,
            after=after,
            before=before,
            limit=most,
            context=context,
        )
        empty = not answer.hits and overview.is_empty(session)
    if as_json:
        _print_json(results)
    else:
        _print_results(results if number is None else [])
        _print_notes(typed, answer, empty=empty)
    if number is not None:
        _open(results, number, quiet=as_json)


def _print_json(results: Sequence[SearchResult]) -> None:
    from episodes.cli.output import print_json
    from episodes.documents.search import Hit as Document

    print_json([Document.of(one) for one in results])


def _print_results(results: Sequence[SearchResult]) -> None:
    for place, one in enumerate(results, 1):
        _print(hit_line(one.hit, place, one.counterpart))


def hit_line(hit: Hit, number: int | None = None, counterpart: Counterpart | None = None) -> Text:
    """Format a hit: title, date and time, snippet with highlights, missing words, address, and the counterpart."""
    from rich.text import Text

    from episodes.cli.control_chars import one_line
    from episodes.cli.output import clock

    moment = f"at {clock(hit.start)}" if hit.start is not None else "written"
    line = Text()
    line.append(f"{number}. " if number else "", style="dim")
    line.append(one_line(hit.title), style="bold")
    line.append(f"  {hit.date or ''} {moment}".rstrip(), style="dim")
    line.append("\n  ")
    snippet = Text(one_line(hit.snippet))
    for begin, end in hit.highlights:
        snippet.stylize("bold yellow", begin, end)
    line.append_text(snippet)
    if hit.missing:
        line.append(f"\n  missing: {one_line(', '.join(hit.missing))}", style="dim")
    line.append(f"\n  {one_line(_address(hit))}\n", style="blue")
    if counterpart:
        line.append_text(_counterpart_lines(counterpart))
    return line


def _print(hit: Text) -> None:
    """Print a hit, wrapped with an indent; addresses stay on one line, which keeps them clickable."""
    from rich.text import Text

    from episodes.cli.output import console

    out = console()
    lines: list[Text] = []
    for line in hit.split("\n", allow_blank=True):
        wraps = out.is_terminal and line.plain.startswith("  ") and " " in line.plain.strip()
        lines += [Text("  ") + part for part in line[2:].wrap(out, out.width - 2)] if wraps else [line]
    out.print(Text("\n").join(lines))


def _counterpart_lines(counterpart: Counterpart) -> Text:
    """Format the counterpart: the paragraph written about a moment, or the minute a paragraph was said."""
    from rich.text import Text

    from episodes.cli.control_chars import one_line
    from episodes.cli.output import clock

    said = counterpart.source == "said"
    place = f"said at {clock(counterpart.start)}" if said else f"paragraph {counterpart.paragraph + 1}"
    text = textwrap.shorten(counterpart.text, MAX_OTHER_SIDE, placeholder=" …")
    where = one_line(counterpart.url or f"nir show {counterpart.episode}")
    return Text.assemble((f"  {place}: ", "dim"), one_line(text), "\n  ", (where, "blue"), "\n")


def _address(hit: Hit) -> str:
    """Return the address of a hit, or the command that shows its episode."""
    return hit.url or f"nir show {hit.episode}"


def _print_notes(typed: str, answer: SearchResults, *, empty: bool) -> None:
    """Print notes on stderr: how the query was read, how much was found, what else to try."""
    from episodes.cli.output import notes

    out = notes()
    if answer.query and _normalized(answer.query) != _normalized(typed):
        out.print(f"read as: {answer.query}", style="dim", markup=False)
    if answer.hits:
        out.print(summary(answer.hits), style="dim", markup=False)
    if answer.note:
        out.print(answer.note, style="yellow", markup=False)
    if empty:
        out.print(EMPTY, style="yellow", markup=False)
    elif not answer.hits and not answer.note:
        hint = "" if answer.suggestion else "; try fewer words, or a prefix with a star: bridg*"
        out.print(f"no results{hint}", style="yellow")
    if answer.suggestion:
        out.print(f"did you mean: {answer.suggestion}", style="yellow", markup=False)


def _normalized(words: str) -> str:
    return " ".join(words.casefold().split())


def summary(hits: Sequence[Hit]) -> str:
    """Count the results: "3 moments in 2 episodes, 1 paragraph in 1 article"."""
    said, written = ([hit for hit in hits if hit.source == side] for side in ("said", "written"))
    parts = [
        f"{_plural(len(said), 'moment')} in {_plural(len({hit.episode for hit in said}), 'episode')}" if said else "",
        f"{_plural(len(written), 'paragraph')} in {_plural(len({hit.article for hit in written}), 'article')}"
        if written
        else "",
    ]
    return ", ".join(filter(None, parts))


def _plural(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _open(hits: Sequence[SearchResult], number: int, *, quiet: bool) -> None:
    """Open a result in the browser; without a browser or an address, print where to go."""
    import webbrowser

    from episodes.cli.output import console
    from episodes.urls import is_web

    if number > len(hits):
        raise typer.BadParameter(f"there is no result {number}, only {len(hits)}", param_hint="--open")
    hit = hits[number - 1].hit
    if not quiet:
        _print(hit_line(hit, number, hits[number - 1].counterpart))
    opened = is_web(hit.url) and sys.stdout.isatty() and webbrowser.open(hit.url)  # never a file, nor an option
    if not opened and sys.stdout.isatty():
        console().print("could not open a browser; the address is above", style="dim")
