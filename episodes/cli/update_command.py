"""``nir update``, ``retry`` and ``hear``: what is new, what did not work before, and what is to be heard now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated

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
from episodes.values import Transcribe

if TYPE_CHECKING:
    from episodes.config import Settings
    from episodes.pipeline.run import Run
    from episodes.values import Outcome

Show = Annotated[str, typer.Argument(help="Only this show (its number, title or address); default: all.")]


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.command("update", rich_help_panel="Following", epilog="Example: nir update 'News in Review' --model small.en")(
        update
    )
    app.command("retry", rich_help_panel="Following")(retry)
    app.command("hear", rich_help_panel="Following", epilog="Example: nir hear 12 13 --model small.en")(hear)


def update(
    show: Show = "",
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
    """Fetch what is new: list the shows, read new episodes with their captions, listen to them, link, index.

    Only what is missing is done; a run that was stopped or killed goes on where it was, in the middle of an episode, too.
    """
    from episodes.pipeline.update import update as work

    how = settings_for(model, engine, precision, batch)
    run_options = {"transcribe": transcribe, "language": language, "words": words, "allow_private": allow_private}
    work_on(how, lambda run: work(run, show), run_options, as_json=as_json)


def retry(
    show: Show = "",
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
    """Try everything again that failed, however often it did."""
    from episodes.pipeline.update import retry as work

    how = settings_for(model, engine, precision, batch)
    run_options = {"transcribe": transcribe, "language": language, "words": words, "allow_private": allow_private}
    work_on(how, lambda run: work(run, show), run_options, as_json=as_json)


def hear(
    episodes: Annotated[list[str], typer.Argument(help="Keys, numbers, addresses, or words of titles.")],
    model: Model = "",
    engine: EngineOption = None,
    precision: PrecisionOption = None,
    batch: Batch = None,
    language: Language = "",
    words: Words = True,
    allow_private: AllowPrivate = False,
    as_json: AsJson = False,
) -> None:
    """Listen to these episodes now, whatever words there are of them already: for the first time, or with a better model.

    All transcripts are kept; [bold]nir use[/] tells which one is shown, and changes it.
    """
    from episodes.pipeline.transcription import transcribe_episodes

    how = settings_for(model, engine, precision, batch)
    run_options = {"language": language, "words": words, "allow_private": allow_private}
    work_on(how, lambda run: transcribe_episodes(run, episodes), run_options, as_json=as_json)


def work_on(
    settings: Settings, work: Callable[[Run], Iterable[Outcome]], run_options: dict[str, object], *, as_json: bool
) -> None:
    """Open the catalog, do the work, show how far it is and what came of it; ``asked`` are fields of ``Run``."""
    from episodes.cli.opening import open_catalog
    from episodes.cli.output import report
    from episodes.cli.progress import progress
    from episodes.pipeline.run import Run

    with progress(quiet=as_json) as tell:
        run = Run(open_catalog(settings), settings, report=tell, **run_options)  # type: ignore[arg-type]  # names are its fields'
        report(work(run), as_json=as_json)
