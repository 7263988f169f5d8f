"""``nir correct``, ``nir corrections``: correct words in transcripts, list and undo corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import EPISODE, READING, AsJson

if TYPE_CHECKING:
    from episodes.models import Correction

corrections = typer.Typer(
    no_args_is_help=False,
    help="Corrections made in transcripts. Without a subcommand: list them.",
    epilog="Examples:\nnir corrections --episode 12\nnir corrections undo 3",
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command("correct", rich_help_panel=READING, epilog="Example: nir correct 12 Tofolla Tafolla --at 12:30")(
        correct
    )
    app.add_typer(corrections, name="corrections", rich_help_panel=READING)


def correct(
    episode: Annotated[str, EPISODE],
    heard: Annotated[str, typer.Argument(help="The word or words as they were transcribed.")],
    right: Annotated[str, typer.Argument(help="What was really said.")],
    at: Annotated[
        str,
        typer.Option(
            "--at", metavar="TIME", help="Only at this time (12:30, or seconds); default: everywhere in the episode."
        ),
    ] = "",
) -> None:
    """Correct a word in an episode; search uses the correction at once, and so do later transcriptions."""
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import clock, console
    from episodes.pipeline import correcting
    from episodes.pipeline.run import Run

    made = correcting.correct(Run(open_catalog(), settings()), episode, heard, right, _seconds(at))
    places = ", ".join(map(clock, made.moments[:5])) + (" …" if len(made.moments) > 5 else "")
    line = f"correction {made.id}: “{heard}” is “{right}” at {places}; undo: nir corrections undo {made.id}"
    console().print(line, markup=False)


def _seconds(typed: str) -> float | None:
    from episodes.errors import Usage
    from transcripts.clock import parse_clock

    if not typed:
        return None
    seconds = float(typed) if typed.isascii() and typed.isdigit() else parse_clock(typed)
    if seconds is None:
        raise Usage(f"--at {typed}", "give a time such as 12:30 or 1:02:03, or seconds")
    return seconds


@corrections.callback(invoke_without_command=True)
def list_corrections(
    context: typer.Context,
    episode: Annotated[str, typer.Option("--episode", help="Only corrections of this episode.")] = "",
    as_json: AsJson = False,
) -> None:
    """List what was corrected, by the glossary or by hand, and what was undone."""
    if context.invoked_subcommand:
        return None
    from episodes.catalog import corrections as catalog
    from episodes.catalog import episodes as rows
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import console, print_json
    from episodes.database import reading
    from episodes.documents.transcripts import Correction as Document

    with reading(catalog_to_read()) as session:
        episode_id = rows.find(session, episode).id if episode else None
        listed = catalog.listed(session, episode_id=episode_id)
        if as_json:
            return print_json([Document.of(one) for one in listed])
        title = None
        for made, row in listed:
            if row.title != title:
                title = row.title
                console().print(f"{title}  ({row.key})", style="bold", markup=False)
            console().print(_line(made), markup=False, style="dim" if made.undone_at else "")
    if not listed:
        console().print(
            "No corrections yet. Make one with nir correct, or list a show's names with nir shows glossary."
        )
    return None


def _line(one: Correction) -> str:
    from episodes.cli.output import clock

    where = "everywhere" if one.at is None else clock(one.at)
    by = "by hand" if one.transcript_id is None else "glossary"
    undone = f", undone {one.undone_at:%Y-%m-%d}" if one.undone_at else ""
    return f"{one.id:>5}  {where:>10}  “{one.heard}” is “{one.right}”  ({by}, {one.made_at:%Y-%m-%d}{undone})"


@corrections.command("undo", epilog="Example: nir corrections undo 3 4")
def undo(
    numbers: Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers, as listed by `nir corrections`.")],
) -> None:
    """Undo corrections: the transcribed words return, and no later run corrects them there again."""
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import console
    from episodes.pipeline import correcting
    from episodes.pipeline.run import Run

    for row in correcting.undo(Run(open_catalog(), settings()), numbers):
        console().print(f"correction {row.id}: back to “{row.heard}”", markup=False)
