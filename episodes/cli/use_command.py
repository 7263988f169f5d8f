"""``nir use``: which of an episode's transcripts is shown."""

from __future__ import annotations

from typing import Annotated

import typer

from episodes.cli.options import EPISODE, READING


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.command("use", rich_help_panel=READING, epilog="Example: nir use 12 whisper small.en, and back: nir use 12")(
        use
    )


def use(
    episode: Annotated[str, EPISODE],
    transcript: Annotated[
        list[str] | None,
        typer.Argument(
            help="Its source, and its model where there are several, as `nir show` lists them; none: the rule decides."
        ),
    ] = None,
) -> None:
    """Show this transcript of an episode, in the search and on the page, whatever better one comes later.

    Without a transcript the rule decides again: what people wrote before what machines heard, the newest first, and what is
    doubted throughout last.
    """
    from episodes.catalog.transcripts import names
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import console
    from episodes.pipeline.correcting import use as work
    from episodes.pipeline.run import Run

    row, shown = work(Run(open_catalog(), settings()), episode, " ".join(transcript or []))
    name = names(shown)[-1] if shown else "nothing: it has no words yet"
    why = "as you said; undo: nir use " + row.key if row.preferred else "by the rule"
    console().print(f"{row.key} shows {name} ({why})", markup=False)
