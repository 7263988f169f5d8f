"""``nir transcribe``: any media file to any format, no catalog needed."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from episodes.cli.update_command import MODEL


class Format(StrEnum):
    """What a transcript can be written as."""

    json = "json"
    vtt = "vtt"
    srt = "srt"
    txt = "txt"
    tsv = "tsv"


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.command(
        "transcribe",
        rich_help_panel="Tools",
        epilog="Example: nir transcribe interview.mp4 --format srt -o interview.srt",
    )(transcribe)


def transcribe(
    file: Annotated[Path, typer.Argument(help="Any media file with sound.")],
    format_: Annotated[Format, typer.Option("--format", "-f", help="What to write.")] = Format.txt,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to write; default: stdout.")] = None,
    model: Annotated[str, MODEL] = "",
    language: Annotated[str, typer.Option("--language", help="Two letters; empty: the model finds out.")] = "en",
    prompt: Annotated[str, typer.Option("--prompt", help="Names and terms that occur, to be spelled so.")] = "",
) -> None:
    """Write down what is said in a media file; needs no catalog."""
    from episodes.cli.opening import settings
    from episodes.cli.output import write_out
    from episodes.cli.progress import progress
    from episodes.values import Progress
    from transcripts.engine import Options, Window, load
    from transcripts.engine import transcribe as hear
    from transcripts.formats import write

    with progress() as tell:
        engine = load(settings(model).model, progress=sys.stderr.isatty())

        def on_window(window: Window) -> None:
            tell(Progress("hear", file.name, window.end, window.duration, "s"))

        transcript = hear(engine, file, Options(language=language or None, prompt=prompt), on_window)
    with write_out(output) as stream:
        write(transcript, format_, stream)
