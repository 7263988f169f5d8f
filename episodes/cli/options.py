"""Options that several commands have, each defined once; and what the hearing ones make of the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from episodes.values import Transcribe
from transcripts.engine_options import EngineName, EngineOptions, Precision

if TYPE_CHECKING:
    from episodes.config import Settings

#: Panels of the help.
READING, TRANSCRIPTION = "Reading", "Hearing"

EPISODE = typer.Argument(help="Its key, number, address, or words of its title.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]

AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Addresses of this machine and network, too.")]

Model = Annotated[
    str,
    typer.Option(
        "--model",
        envvar="NIR_MODEL",
        help="Whisper model: a name such as base.en, small.en, turbo, or the path of a checkpoint.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

EngineOption = Annotated[
    EngineName | None,
    typer.Option(
        "--engine",
        envvar="NIR_ENGINE",
        help="What runs the model; default: openai-whisper.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

PrecisionOption = Annotated[
    Precision | None,
    typer.Option(
        "--precision",
        envvar="NIR_PRECISION",
        help="How finely the model counts; auto takes what is fast on this machine and hears the same.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

Batch = Annotated[
    int | None,
    typer.Option(
        "--batch",
        envvar="NIR_BATCH",
        min=1,
        help="Windows heard at once; fewer need less memory. Default: as many as fit.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

Language = Annotated[
    str,
    typer.Option(
        "--language",
        help="Spoken language, as en or english, or auto: found out, stretch by stretch. Default: the episode's own, else auto.",
        rich_help_panel=TRANSCRIPTION,
    ),
]

Words = Annotated[
    bool,
    typer.Option(
        "--words/--no-words", help="Keep the time of each word, not only each segment's.", rich_help_panel=TRANSCRIPTION
    ),
]

TranscribeOption = Annotated[
    Transcribe,
    typer.Option(
        "--transcribe",
        help="Which episodes are listened to: always also those with captions, missing those without any words, never none now.",
        rich_help_panel=TRANSCRIPTION,
    ),
]


def settings_for(
    model: str = "",
    engine: EngineName | None = None,
    precision: Precision | None = None,
    batch: int | None = None,
) -> Settings:
    """What the environment says; what stands on the command line goes before it."""
    from episodes.config import Settings

    read = Settings.from_environment()
    return replace(read, engine_options=_overridden(read.engine_options, model, engine, precision, batch))


def hearing_for(
    model: str = "",
    engine: EngineName | None = None,
    precision: Precision | None = None,
    batch: int | None = None,
) -> EngineOptions:
    """The same for whoever needs no catalog: nothing of a database is loaded."""
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
