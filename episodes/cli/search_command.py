"""``nir search``: what was said and what was written."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.text import Text

    from episodes.search.find import Hit

DAY = ["%Y-%m-%d", "%Y-%m", "%Y"]
EXAMPLES = """Examples: nir search harbour bridge; nir search '"turning point" -tunnel' --in said; nir search 'ferr* OR port'"""


class Where(StrEnum):
    """Which side is searched."""

    said = "said"
    written = "written"
    all = "all"


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.command("search", rich_help_panel="Reading", epilog=EXAMPLES)(search)


def search(
    words: Annotated[
        list[str], typer.Argument(help='Words, "a phrase", -without, begin*; all words have to be there.')
    ],
    where: Annotated[Where, typer.Option("--in", help="What was said, what was written, or both.")] = Where.all,
    show: Annotated[str, typer.Option("--show", help="Only this show (its number, title or address).")] = "",
    after: Annotated[
        datetime | None, typer.Option("--after", formats=DAY, help="Published on this day or later.")
    ] = None,
    before: Annotated[datetime | None, typer.Option("--before", formats=DAY, help="Published before this day.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many moments at most.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Find moments in episodes and places in articles, the best first."""
    from episodes.cli.opening import open_catalog
    from episodes.cli.output import console, notes, print_json
    from episodes.database import reading
    from episodes.search.find import find

    with reading(open_catalog()) as session:
        answer = find(
            session,
            " ".join(words),
            where=where.value,
            show=show or None,
            after=_day(after),
            before=_day(before),
            limit=limit,
        )
    if as_json:
        return print_json([hit.document() for hit in answer.hits])
    for hit in answer.hits:
        console().print(hit_line(hit))
    if answer.note:
        notes().print(answer.note, style="yellow", markup=False)
    elif not answer.hits:
        notes().print("nothing found; try fewer words, or the beginning of one with a star: bridg*", style="yellow")
    return None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def hit_line(hit: Hit) -> Text:
    """A hit for a person: title, date and moment, the words found, where to click."""
    from rich.text import Text

    from episodes.cli.output import clock

    moment = f"at {clock(hit.start)}" if hit.start is not None else "written"
    line = Text()
    line.append(hit.title, style="bold")
    line.append(f"  {hit.date or ''} {moment}".rstrip(), style="dim")
    line.append("\n  ")
    snippet = Text(hit.snippet)
    for begin, end in hit.highlights:
        snippet.stylize("bold yellow", begin, end)
    line.append_text(snippet)
    line.append(f"\n  {hit.url or f'nir show {hit.episode}'}\n", style="blue")
    return line
