"""``nir status``, ``doctor``, ``reindex``, ``backup``, ``restore``: look after the catalog."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from episodes.cli.errors import SOME_FAILED
from episodes.cli.options import MAINTENANCE, AsJson, Batch, EngineOption, Model, PrecisionOption, settings_for

#: Open items listed without ``--all``.
SHOWN = 20


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command("status", rich_help_panel=MAINTENANCE, epilog="Example: nir status --all")(status)
    app.command("doctor", rich_help_panel=MAINTENANCE, epilog="Example: nir doctor --model small.en")(doctor)
    app.command("reindex", rich_help_panel=MAINTENANCE, epilog="Example: nir reindex --check")(reindex)
    app.command("backup", rich_help_panel=MAINTENANCE, epilog="Example: nir backup catalog-2026-05.db")(backup)
    app.command("restore", rich_help_panel=MAINTENANCE, epilog="Example: nir restore catalog-2026-05.db")(restore)


def status(
    everything: Annotated[bool, typer.Option("--all", help="List everything open, not only the newest.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what the catalog holds, what is waiting, and what failed and why."""
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
        console().print("retry what failed: nir retry", style="dim")
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
    """Check the setup and say what to fix: database, engine, model, yt-dlp and its JavaScript runtime, disk."""
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
        bool, typer.Option("--check", help="Change nothing; report differences, with exit code 1 if there are any.")
    ] = False,
) -> None:
    """Rebuild the search index from the catalog."""
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
        console().print("fix it with: nir reindex", style="dim")
        raise typer.Exit(SOME_FAILED)
    console().print("the index matches the catalog")


def backup(file: Annotated[Path, typer.Argument(help="File to write; must not exist yet.")]) -> None:
    """Write the whole catalog to one file; works for SQLite and PostgreSQL alike."""
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import console
    from episodes.pipeline.backups import backup as write

    rows = write(catalog_to_read(), file)
    console().print(f"{file}: {rows} rows; restore with: nir restore {quote(str(file))}", markup=False)


def restore(file: Annotated[Path, typer.Argument(help="A file written by `nir backup`.")]) -> None:
    """Restore a backup into an empty catalog; also the way to move from SQLite to PostgreSQL."""
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import console, notes
    from episodes.pipeline.backups import restore as read
    from episodes.pipeline.run import Run

    done = read(Run(open_catalog(), settings()), file)
    console().print(f"restored {done.rows} rows from {file}", markup=False)
    if not done.checked:
        unchecked = "no checksum in this file (a catalog itself, or a backup by an earlier version); only SQLite's own checks were made"
        notes().print(unchecked, style="dim", markup=False)
