"""``nir use``: which of an episode's transcripts is shown."""

from __future__ import annotations

from typing import Annotated

import typer

from episodes.cli.options import EPISODE, READING


def add_to(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    app.command("use", rich_help_panel=READING, epilog="Examples:\nnir use 12 whisper small.en\nnir use 12")(use)


def use(
    episode: Annotated[str, EPISODE],
    transcript: Annotated[
        list[str] | None,
        typer.Argument(
            help="Source, and model if there are several, as listed by `nir show`; none: back to the default."
        ),
    ] = None,
) -> None:
    """Choose which transcript of an episode is shown and searched, even if a better one comes later.

    Without a transcript the default returns: human before automatic, newest first, doubtful ones last.
    """
    from episodes.catalog.transcripts import names
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import console
    from episodes.pipeline.correcting import use as work
    from episodes.pipeline.run import Run

    row, shown = work(Run(open_catalog(), settings()), episode, " ".join(transcript or []))
    name = names(shown)[-1] if shown else "nothing: no transcript yet"
    why = "your choice; undo: nir use " + row.key if row.preferred else "the default"
    console().print(f"{row.key} shows {name} ({why})", markup=False)
