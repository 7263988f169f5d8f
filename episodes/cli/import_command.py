"""``nir import``: years of back catalog from files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from episodes.cli.update_command import MODEL


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.command("import", rich_help_panel="Following", epilog="Example: nir import archive/ more.jsonl")(import_files)


def import_files(
    paths: Annotated[
        list[Path], typer.Argument(help="Folders of *.info.json, or .jsonl, .csv and feed files.", metavar="PATH...")
    ],
    transcribe: Annotated[
        bool,
        typer.Option(help="Listen to media files beside the metadata that have no captions; else `nir update` does."),
    ] = True,
    model: Annotated[str, MODEL] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Take episodes from files: yt-dlp's info.json with subtitles and media beside them, JSON lines, CSV, feeds.

    The same file again changes nothing; a run that was killed is simply run again. A bad line is named and stops nothing.
    """
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import report
    from episodes.cli.progress import progress
    from episodes.pipeline.importing import import_paths
    from episodes.pipeline.run import Run

    with progress(quiet=as_json) as tell:
        run = Run(open_catalog(), settings(model), tell=tell)
        report(import_paths(run, paths, transcribe=transcribe), as_json=as_json)
