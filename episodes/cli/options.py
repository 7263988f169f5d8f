"""Options that several commands share, each defined once, and the engine options that result from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from episodes.values import Transcribe
from transcripts.engine_options import EngineName, EngineOptions, Precision

if TYPE_CHECKING:
    from episodes.config import Settings

#: Panels of the help.
BEGINNING, FOLLOWING, READING = "Getting started", "Shows and articles", "Searching and reading"
TRANSCRIPTION, MAINTENANCE = "Transcription", "Maintenance"

EPISODE = typer.Argument(help="Key, number, address, or words from the title.")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]

AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Allow addresses on this machine and your local network.")
]

Model = Annotated[
    str,
    typer.Option(
        "--model",
        envvar="NIR_MODEL",
        help="Whisper model: base.en, small.en, turbo, …, or the path of a checkpoint.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

EngineOption = Annotated[
    EngineName | None,
    typer.Option(
        "--engine",
        envvar="NIR_ENGINE",
        help="Transcription engine; default: openai-whisper.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

PrecisionOption = Annotated[
    Precision | None,
    typer.Option(
        "--precision",
        envvar="NIR_PRECISION",
        help="Numeric precision; auto: the fastest on this machine that is as accurate.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

Batch = Annotated[
    int | None,
    typer.Option(
        "--batch",
        envvar="NIR_BATCH",
        min=1,
        help="Windows transcribed at once; fewer need less memory. Default: as many as fit.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

Language = Annotated[
    str,
    typer.Option(
        "--language",
        help="Spoken language, such as en or english; auto detects it as it goes. Default: the episode's own, else auto.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

Words = Annotated[
    bool,
    typer.Option(
        "--words/--no-words",
        help="Keep the time of each word, not only of each segment.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

TranscribeOption = Annotated[
    Transcribe,
    typer.Option(
        "--transcribe",
        help="always: all episodes; missing: only those without a transcript or captions; never: none.",
        rich_help_panel=TRANSCRIPTION,
    ),
]


def settings_for(
    model: str = "",
    engine: EngineName | None = None,
    precision: Precision | None = None,
    batch: int | None = None,
) -> Settings:
    """Return the settings of the environment, overridden by the command line."""
    from episodes.config import Settings

    read = Settings.from_environment()
    return replace(read, engine_options=_overridden(read.engine_options, model, engine, precision, batch))


def engine_options_for(
    model: str = "",
    engine: EngineName | None = None,
    precision: Precision | None = None,
    batch: int | None = None,
) -> EngineOptions:
    """Return the engine options alone, for commands without a catalog; loads nothing of the database."""
    from episodes.config import engine_options

    return _overridden(engine_options(), model, engine, precision, batch)


def _overridden(
    had: EngineOptions, model: str, engine: EngineName | None, precision: Precision | None, batch: int | None
) -> EngineOptions:
    return replace(
        had,
        model=model or had.model,
        engine=engine or had.engine,
        precision=precision or had.precision,
        batch=batch or had.batch,
    )
