"""``nir marks``: doubtful moments in transcripts."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import READING, AsJson

if TYPE_CHECKING:
    from episodes.catalog.marks import MarkedMoment
    from episodes.documents.transcripts import Transcript

_SHOWN = 70  # characters of a transcript's text


def add_to(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    app.command("marks", rich_help_panel=READING, epilog="Example: nir marks 12 --kind loop")(marks)


def marks(
    episode: Annotated[
        str | None, typer.Argument(help="Only this episode: key, number, address, or words from the title.")
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="Only this kind of doubt, such as loop, silence or captions.")
    ] = "",
    kept: Annotated[bool, typer.Option("--kept", help="Include transcripts that are kept but not shown.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Maximum number of moments; 0: all.")] = 50,
    refresh: Annotated[
        bool,
        typer.Option("--refresh", help="First check all transcripts again, including those from earlier versions."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List doubtful moments in transcripts: loops, words over silence, disagreement with the captions.

    Newest episodes first. A mark is a reason to check, not a verdict: listen, then correct it or leave it.
    """
    from episodes.catalog import episodes as rows
    from episodes.catalog import marks as catalog
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import console, notes, print_json
    from episodes.database import reading
    from episodes.documents.transcripts import DoubtfulMoment

    _check(kind)
    if refresh:
        _refresh(episode)
    with reading(catalog_to_read()) as session:
        episode_id = rows.find(session, episode).id if episode else None
        listed = catalog.listed(session, episode_id=episode_id, kind=kind, kept=kept)
        found = list(islice(listed, limit or None))
        more = limit and next(listed, None) is not None
        if as_json:
            return print_json([DoubtfulMoment.of(one) for one in found])
        _show(found)
    if more:
        notes().print(f"only the first {limit} moments; --limit 0 lists all", style="dim")
    if not found:
        console().print("no doubtful moments")
    return None


def _check(kind: str) -> None:
    from episodes.errors import Usage
    from transcripts.quality import MarkKind

    if kind and kind not in list(MarkKind):
        raise Usage(f"--kind {kind}", f"kinds are {', '.join(MarkKind)}")


def show_marks(key: str, transcript: Transcript) -> None:
    """Print a transcript's marks: how many of each kind, and the worst moments."""
    from episodes.cli.output import clock, console

    if not transcript.marks:
        return
    counted = ", ".join(f"{number} {kind}" for kind, number in transcript.marks.items())
    kept = "" if transcript.shown else " --kept"
    console().print(f"    doubtful: {counted}; nir marks {key}{kept}", style="yellow", markup=False)
    for one in transcript.doubtful:
        reasons = "; ".join(f"{mark.kind}: {mark.detail}" for mark in one.marks)
        console().print(f"    {clock(one.start):>8}  {reasons}", style="dim", markup=False)


def _refresh(episode: str | None) -> None:
    from episodes.catalog import episodes as rows
    from episodes.cli.opening import catalog_to_read, open_catalog, settings
    from episodes.cli.output import notes
    from episodes.cli.progress import progress
    from episodes.database import reading
    from episodes.pipeline.checking import check_all
    from episodes.pipeline.run import Run

    only = None
    if episode:
        with reading(catalog_to_read()) as session:
            only = [rows.find(session, episode).id or 0]
    with progress() as tell:
        checked = check_all(Run(open_catalog(), settings(), report=tell), only)
    notes().print(f"{checked.episodes} episodes checked, {checked.segments} segments changed", style="dim")


def _show(found: list[MarkedMoment]) -> None:
    from episodes.cli.output import console

    last = None
    for one in found:
        transcript = f"{one.transcript.source} {one.transcript.model}".strip()
        head = f"{one.episode.title}  ({one.episode.key}, {transcript})"
        if head != last:
            if last is not None:
                console().print()
            console().print(head, style="bold")
            last = head
        _print(one)


def _print(one: MarkedMoment) -> None:
    from episodes.cli.output import clock, console
    from episodes.cli.terminal import styled_line
    from episodes.urls import deep_link

    text = one.text if len(one.text) <= _SHOWN else one.text[:_SHOWN].rsplit(" ", 1)[0] + " …"
    url = deep_link(one.episode.url, one.start)
    many = f" and {one.segments - 1} more" if one.segments > 1 else ""
    said = f"“{text}”{many}" if text else "(no words)"
    console().print(styled_line(f"{clock(one.start):>8}  {said}  ", (url, "dim")))
    for mark in one.marks:
        console().print(styled_line("          ", (mark.kind, "yellow"), f" {mark.detail}"))
