"""``nir status``, ``doctor``, ``reindex``, ``backup``, ``restore``: looking after the catalog."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from episodes.cli.errors import SOME_FAILED
from episodes.cli.options import AsJson, Batch, EngineOption, Model, PrecisionOption, settings_for

PANEL = "Care"

#: So many open items are listed unless all are asked for.
SHOWN = 20


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.command("status", rich_help_panel=PANEL)(status)
    app.command("doctor", rich_help_panel=PANEL)(doctor)
    app.command("reindex", rich_help_panel=PANEL)(reindex)
    app.command("backup", rich_help_panel=PANEL, epilog="Example: nir backup catalog-2026-05.db")(backup)
    app.command("restore", rich_help_panel=PANEL, epilog="Example: nir restore catalog-2026-05.db")(restore)


def status(
    everything: Annotated[bool, typer.Option("--all", help="List all that is open, not only the newest.")] = False,
    as_json: AsJson = False,
) -> None:
    """What the catalog holds, what waits, and what failed and why."""
    from episodes.catalog.overview import overview
    from episodes.cli.opening import catalog_to_read, settings
    from episodes.cli.output import console, fields, outcome_line, print_json
    from episodes.database import reading

    with reading(catalog_to_read()) as session:
        held, troubles = overview(session)
    if as_json:
        from episodes.documents.outcomes import Status

        return print_json(Status.of(held, troubles))
    fields({"catalog": settings().home, **{name: _plain(count) for name, count in held.items()}})
    shown = troubles if everything else troubles[:SHOWN]
    for outcome in shown:
        console().print(outcome_line(outcome))
    if more := len(troubles) - len(shown):
        console().print(f"and {more} more: nir status --all", style="dim")
    if any(outcome.state == "failed" and outcome.step in ("update", "hear") for outcome in troubles):
        console().print("try the failed ones again: nir retry", style="dim")
    return None


def _plain(count: object) -> str:
    if isinstance(count, dict):
        return ", ".join(f"{number} {name}" for name, number in count.items()) or "none"
    return str(count)


def doctor(
    model: Model = "",
    engine: EngineOption = None,
    precision: PrecisionOption = None,
    batch: Batch = None,
    as_json: AsJson = False,
) -> None:
    """Check what the tool stands on: database, engine and model, yt-dlp and its JavaScript runtime, disk; says what to do."""
    from episodes.cli.output import console, print_json
    from episodes.documents.outcomes import Check
    from episodes.pipeline.health import checks

    found = []
    for check in checks(settings_for(model, engine, precision, batch)):
        found.append(check)
        if not as_json:
            sign, style = ("✓", "green") if check.good else ("✗", "red") if check.needed else ("!", "yellow")
            console().print(f"{sign} {check.name}: {check.detail}", style=style, markup=False)
    if as_json:
        print_json([Check.model_validate(check) for check in found])
    if any(check.needed and not check.good for check in found):
        raise typer.Exit(SOME_FAILED)


def reindex(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing, say what differs; exit code 1 if anything does.")
    ] = False,
) -> None:
    """Make the search index anew from what the catalog holds."""
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import console
    from episodes.cli.progress import progress
    from episodes.pipeline import indexing
    from episodes.pipeline.run import Run

    with progress() as tell:
        run = Run(open_catalog(), settings(), report=tell)
        if not check:
            transcripts, articles = indexing.reindex(run)
            console().print(f"indexed {transcripts} transcripts and {articles} articles")
            return
        found = list(indexing.differences(run))
    for line in found:
        console().print(line, markup=False)
    if found:
        console().print("mend it with: nir reindex", style="dim")
        raise typer.Exit(SOME_FAILED)
    console().print("the index has all that the catalog holds, and nothing else")


def backup(file: Annotated[Path, typer.Argument(help="Where to write; must not exist yet.")]) -> None:
    """Write the whole catalog into one file, from SQLite and PostgreSQL alike."""
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import console
    from episodes.pipeline.backups import backup as write

    rows = write(catalog_to_read(), file)
    console().print(f"{file}: {rows} rows; put back with: nir restore {quote(str(file))}", markup=False)


def restore(file: Annotated[Path, typer.Argument(help="A file that `nir backup` wrote.")]) -> None:
    """Fill an empty catalog from a backup; this is also the way from SQLite to PostgreSQL."""
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import console, notes
    from episodes.pipeline.backups import restore as read
    from episodes.pipeline.run import Run

    done = read(Run(open_catalog(), settings()), file)
    console().print(f"{done.rows} rows from {file}", markup=False)
    if not done.checked:
        unchecked = "it has no checksum (a catalog itself, or a backup by an earlier version): only SQLite's own checks were made"
        notes().print(unchecked, style="dim", markup=False)
