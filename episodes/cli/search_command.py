"""``nir search``: what was said and what was written."""

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

#: Letters of the other side.
MAX_OTHER_SIDE = 160
DAY = "2024-05-31|2024-05|2024"
EXAMPLES = """Examples: nir search harbour bridge; nir search '"turning point" -tunnel' --in said; nir search 'ferr* OR port title:harbour';
nir search 'toll speaker:varga' --open 1"""


class Where(StrEnum):
    """Which side is searched."""

    said = "said"
    written = "written"
    all = "all"


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.command("search", rich_help_panel=READING, epilog=EXAMPLES)(search)


def _day(text: str) -> date:
    from episodes.dates import first_day

    if day := first_day(text):
        return day
    message = f"{text!r} is no day, month or year; write 2024-05-31, 2024-05 or 2024"
    raise typer.BadParameter(message)


def search(
    words: Annotated[
        list[str],
        typer.Argument(
            help='Words, "a phrase", -without, begin*, OR, title:word, speaker:name, marked:kind; all of them have to fit.'
        ),
    ],
    where: Annotated[Where, typer.Option("--in", help="What was said, what was written, or both.")] = Where.all,
    show: Annotated[str, typer.Option("--show", help="Only this show (its number, title or address).")] = "",
    after: Annotated[
        date | None, typer.Option("--after", parser=_day, metavar=DAY, help="Published on this day or later.")
    ] = None,
    before: Annotated[
        date | None, typer.Option("--before", parser=_day, metavar=DAY, help="Published before this day.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many moments at most.")] = 10,
    context: Annotated[
        int, typer.Option("--context", min=1, max=120, metavar="WORDS", help="So many words around what was found.")
    ] = 30,
    number: Annotated[
        int | None, typer.Option("--open", min=1, metavar="N", help="Open the Nth moment in the browser.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find moments in episodes and places in articles, the best first."""
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import print_json
    from episodes.database import reading
    from episodes.pipeline.searching import searched

    typed = " ".join(words)
    with reading(catalog_to_read()) as session:
        answer, results = searched(
            session,
            typed,
            where=where.value,
            show=show or None,
            after=after,
            before=before,
            limit=max(limit, number or 0),
            context=context,
        )
    if as_json:
        from episodes.documents.search import Hit as Document

        print_json([Document.of(one) for one in results])
    elif number is None:
        for place, one in enumerate(results, 1):
            _print(hit_line(one.hit, place, one.counterpart))
    if not as_json:
        _print_notes(typed, answer)
    if number is not None:
        _open(results, number, quiet=as_json)


def hit_line(hit: Hit, number: int | None = None, counterpart: Counterpart | None = None) -> Text:
    """A hit for a person: title, date and moment, the words found, what is lacking, where to click, and the other side."""
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
        line.append(f"\n  without: {one_line(', '.join(hit.missing))}", style="dim")
    line.append(f"\n  {one_line(_address(hit))}\n", style="blue")
    if counterpart:
        line.append_text(_counterpart_lines(counterpart))
    return line


def _print(hit: Text) -> None:
    """Print a hit; what is too long for a terminal goes on under itself, but an address stays whole, so that it can be clicked."""
    from rich.text import Text

    from episodes.cli.output import console

    out = console()
    lines: list[Text] = []
    for line in hit.split("\n", allow_blank=True):
        wraps = out.is_terminal and line.plain.startswith("  ") and " " in line.plain.strip()
        lines += [Text("  ") + part for part in line[2:].wrap(out, out.width - 2)] if wraps else [line]
    out.print(Text("\n").join(lines))


def _counterpart_lines(counterpart: Counterpart) -> Text:
    """What is written about the moment, or the minute in which it was said."""
    from rich.text import Text

    from episodes.cli.control_chars import one_line
    from episodes.cli.output import clock

    said = counterpart.source == "said"
    place = f"said at {clock(counterpart.start)}" if said else f"paragraph {counterpart.paragraph + 1}"
    text = textwrap.shorten(counterpart.text, MAX_OTHER_SIDE, placeholder=" …")
    where = one_line(counterpart.url or f"nir show {counterpart.episode}")
    return Text.assemble((f"  {place}: ", "dim"), one_line(text), "\n  ", (where, "blue"), "\n")


def _address(hit: Hit) -> str:
    """The address of a moment, or the command that shows its episode."""
    return hit.url or f"nir show {hit.episode}"


def _print_notes(typed: str, answer: SearchResults) -> None:
    """What a person should know besides, on stderr: how it was read, how much was found, what else to try."""
    from episodes.cli.output import notes

    out = notes()
    if answer.query and _normalized(answer.query) != _normalized(typed):
        out.print(f"read as: {answer.query}", style="dim", markup=False)
    if answer.hits:
        out.print(summary(answer.hits), style="dim", markup=False)
    if answer.note:
        out.print(answer.note, style="yellow", markup=False)
    if answer.suggestion:
        out.print(f"did you mean: {answer.suggestion}", style="yellow", markup=False)
    elif not answer.hits and not answer.note:
        out.print("nothing found; try fewer words, or the beginning of one with a star: bridg*", style="yellow")


def _normalized(words: str) -> str:
    return " ".join(words.casefold().split())


def summary(hits: Sequence[Hit]) -> str:
    """How much was found: "3 moments in 2 episodes, 1 place in 1 article"."""
    said, written = ([hit for hit in hits if hit.source == side] for side in ("said", "written"))
    parts = [
        f"{_plural(len(said), 'moment')} in {_plural(len({hit.episode for hit in said}), 'episode')}" if said else "",
        f"{_plural(len(written), 'place')} in {_plural(len({hit.article for hit in written}), 'article')}"
        if written
        else "",
    ]
    return ", ".join(filter(None, parts))


def _plural(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _open(hits: Sequence[SearchResult], number: int, *, quiet: bool) -> None:
    """Open a moment; where there is no browser, or no address, its line says where to go."""
    import webbrowser

    from episodes.cli.output import console
    from episodes.urls import is_web

    if number > len(hits):
        raise typer.BadParameter(f"there is no moment {number}, only {len(hits)}", param_hint="--open")
    hit = hits[number - 1].hit
    if not quiet:
        _print(hit_line(hit, number, hits[number - 1].counterpart))
    opened = is_web(hit.url) and sys.stdout.isatty() and webbrowser.open(hit.url)  # never a file, nor an option
    if not opened and sys.stdout.isatty():
        console().print("no browser could be opened; go there yourself", style="dim")
