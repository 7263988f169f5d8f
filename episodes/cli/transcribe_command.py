"""``nir transcribe``: transcribe a media file; no catalog needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from episodes.cli.options import TRANSCRIPTION, Batch, EngineOption, Model, PrecisionOption, Words, engine_options_for
from episodes.pipeline.exporting import WordsFormat


def add_to(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    app.command(
        "transcribe",
        rich_help_panel=TRANSCRIPTION,
        epilog="Example: nir transcribe interview.mp4 --format srt -o interview.srt",
    )(transcribe)


def transcribe(
    file: Annotated[Path, typer.Argument(help="Any audio or video file.")],
    format_: Annotated[WordsFormat, typer.Option("--format", "-f", help="Output format.")] = WordsFormat.txt,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Output file; default: stdout.")] = None,
    model: Model = "",
    engine: EngineOption = None,
    precision: PrecisionOption = None,
    batch: Batch = None,
    language: Annotated[
        str,
        typer.Option(
            "--language",
            help="Spoken language, such as en or english; auto detects it as it goes.",
            rich_help_panel=TRANSCRIPTION,
        ),
    ] = "auto",
    words: Words = True,
    prompt: Annotated[
        str,
        typer.Option(
            "--prompt", help="Names and terms to expect, spelled as they should appear.", rich_help_panel=TRANSCRIPTION
        ),
    ] = "",
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Start over, even if an interrupted run could be continued."),
    ] = False,
) -> None:
    """Transcribe a media file; no catalog needed.

    After an interruption the same command continues where it stopped.
    """
    from episodes.cli.output import check_output, clock, notes, open_output
    from transcripts.engine.factory import open_engine

    check_output(output)
    of = engine_options_for(model, engine, precision, batch)
    assert of.folder  # the environment always names one
    opened = open_engine(of, progress=sys.stderr.isatty(), preload=file.is_file())
    from episodes.cli.opening import now  # while the engine loads
    from episodes.cli.progress import progress
    from episodes.pipeline.file_transcription import open_transcription
    from episodes.values import Progress
    from transcripts.engine import Options
    from transcripts.formats import write

    options = Options(language=language or None, prompt=prompt, words=words)
    with progress() as tell:
        tell(Progress("load", Path(of.model).name))
        transcription = open_transcription(opened, file, options, of.folder, now(), anew=anew)
        if before := transcription.seconds_before:
            notes().print(f"continuing: {clock(before)} already transcribed (--anew starts over)", markup=False)
        transcript = transcription.transcript(tell)
    with open_output(output) as stream:
        write(transcript, format_, stream)
    transcription.journal.remove()
