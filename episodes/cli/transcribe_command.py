"""``nir transcribe``: transcribe a media file; no catalog needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import TRANSCRIPTION, Batch, EngineOption, Model, PrecisionOption, Words, engine_options_for
from episodes.pipeline.exporting import WordsFormat

if TYPE_CHECKING:
    from episodes.pipeline.file_transcription import FileTranscription
    from transcripts.engine import Engine, Options
    from transcripts.engine_options import EngineOptions
    from transcripts.words import Transcript


def add_to(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    app.command(
        "transcribe",
        rich_help_panel=TRANSCRIPTION,
        epilog="Example: nir transcribe interview.mp4 --format srt -o interview.srt",
    )(transcribe)


Language = Annotated[
    str,
    typer.Option(
        "--language",
        help="Spoken language, such as en or english; auto detects it as it goes.",
        rich_help_panel=TRANSCRIPTION,
    ),
]
Prompt = Annotated[
    str,
    typer.Option(
        "--prompt", help="Names and terms to expect, spelled as they should appear.", rich_help_panel=TRANSCRIPTION
    ),
]
Anew = Annotated[bool, typer.Option("--anew", help="Start over, even if an interrupted run could be continued.")]


def transcribe(
    file: Annotated[Path, typer.Argument(help="Any audio or video file.")],
    format_: Annotated[WordsFormat, typer.Option("--format", "-f", help="Output format.")] = WordsFormat.txt,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Output file; default: stdout.")] = None,
    model: Model = "",
    engine: EngineOption = None,
    precision: PrecisionOption = None,
    batch: Batch = None,
    language: Language = "auto",
    words: Words = True,
    prompt: Prompt = "",
    anew: Anew = False,
) -> None:
    """Transcribe a media file; no catalog needed.

    After an interruption the same command continues where it stopped.
    """
    from episodes.cli.output import check_output, open_output
    from transcripts.engine.factory import open_engine

    check_output(output)
    of = engine_options_for(model, engine, precision, batch)
    opened = open_engine(of, progress=sys.stderr.isatty(), preload=file.is_file())
    from transcripts.engine import Options  # while the engine loads
    from transcripts.formats import write

    options = Options(language=language or None, prompt=prompt, words=words)
    transcription, transcript = _transcript(opened, file, options, of, anew=anew)
    with open_output(output) as stream:
        write(transcript, format_, stream)
    transcription.journal.remove()


def _transcript(
    engine: Engine, file: Path, options: Options, of: EngineOptions, *, anew: bool
) -> tuple[FileTranscription, Transcript]:
    """Transcribe with progress, from where an interrupted run stopped; return the transcript and its open journal."""
    from episodes.cli.opening import now
    from episodes.cli.output import clock, notes
    from episodes.cli.progress import progress
    from episodes.pipeline.file_transcription import open_transcription
    from episodes.values import Progress

    assert of.folder  # the environment always names one
    with progress() as report:
        report(Progress("load", Path(of.model).name))
        transcription = open_transcription(engine, file, options, of.folder, now(), anew=anew)
        if before := transcription.seconds_before:
            notes().print(f"continuing: {clock(before)} already transcribed (--anew starts over)", markup=False)
        return transcription, transcription.transcript(report)
