"""``nir import``: a back catalog from files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from episodes.cli.options import (
    FOLLOWING,
    AllowPrivate,
    AsJson,
    Batch,
    EngineOption,
    Language,
    Model,
    PrecisionOption,
    TranscribeOption,
    Words,
    settings_for,
)
from episodes.cli.update_command import work_on
from episodes.values import Transcribe


def add_to(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    app.command("import", rich_help_panel=FOLLOWING, epilog="Example: nir import archive/ more.jsonl")(import_files)


def import_files(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Folders of *.info.json files, or .jsonl, .csv and feed files.", metavar="PATH..."),
    ],
    transcribe: TranscribeOption = Transcribe.MISSING,
    model: Model = "",
    engine: EngineOption = None,
    precision: PrecisionOption = None,
    batch: Batch = None,
    language: Language = "",
    words: Words = True,
    allow_private: AllowPrivate = False,
    as_json: AsJson = False,
) -> None:
    """Import episodes from files: yt-dlp's info.json with subtitles and media beside it, JSON lines, CSV, feeds.

    Importing a file again changes nothing; after an interruption, run the same command again.
    A bad line is reported and skipped.
    """
    from episodes.pipeline.importing import import_paths

    how = settings_for(model, engine, precision, batch)
    run_options = {"transcribe": transcribe, "language": language, "words": words, "allow_private": allow_private}
    work_on(how, lambda run: import_paths(run, paths), run_options, as_json=as_json)
