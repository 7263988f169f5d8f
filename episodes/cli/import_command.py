"""``nir import``: years of back catalog from files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from episodes.cli.options import (
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
    """Put the commands of this file into the app."""
    app.command("import", rich_help_panel="Following", epilog="Example: nir import archive/ more.jsonl")(import_files)


def import_files(
    paths: Annotated[
        list[Path], typer.Argument(help="Folders of *.info.json, or .jsonl, .csv and feed files.", metavar="PATH...")
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
    """Take episodes from files: yt-dlp's info.json with subtitles and media beside them, JSON lines, CSV, feeds.

    The same file again changes nothing; a run that was killed is simply run again. A bad line is named and stops nothing.
    """
    from episodes.pipeline.importing import import_paths

    how = settings_for(model, engine, precision, batch)
    run_options = {"transcribe": transcribe, "language": language, "words": words, "allow_private": allow_private}
    work_on(how, lambda run: import_paths(run, paths), run_options, as_json=as_json)
