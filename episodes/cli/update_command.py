"""``nir update``, ``retry`` and ``hear``: fetch what is new, retry what failed, transcribe chosen episodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import (
    FOLLOWING,
    TRANSCRIPTION,
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

Show = Annotated[str, typer.Argument(help="Only this show (number, title or address); default: all shows.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command("update", rich_help_panel=FOLLOWING, epilog="Example: nir update 'News in Review' --model small.en")(
        update
    )
    app.command("retry", rich_help_panel=FOLLOWING, epilog="Example: nir retry")(retry)
    app.command("hear", rich_help_panel=TRANSCRIPTION, epilog="Example: nir hear 12 13 --model small.en")(hear)


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
    """Fetch what is new: list your shows, read new episodes and captions, transcribe, link, index.

    Only what is missing is done. An interrupted run continues where it stopped, even in the middle of an episode.
    """
    from episodes.pipeline.update import update as work

    how = settings_for(model, engine, precision, batch)
    run_options = {"transcribe": transcribe, "language": language, "words": words, "allow_private": allow_private}
    run = work_on(how, lambda run: work(run, show), run_options, as_json=as_json)
    if not as_json:
        _print_hint(run)


def _print_hint(run: Run) -> None:
    """Print how to begin if neither a show nor a site is followed."""
    from episodes.catalog import shows, sites
    from episodes.cli.output import notes
    from episodes.database import reading

    with reading(run.database) as session:
        follows = bool(shows.listed(session) or sites.listed(session))
    if not follows:
        notes().print("You follow no shows yet. Follow one: nir shows add URL", style="yellow", markup=False)


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
    """Retry everything that failed, however often it did."""
    from episodes.pipeline.update import retry as work

    how = settings_for(model, engine, precision, batch)
    run_options = {"transcribe": transcribe, "language": language, "words": words, "allow_private": allow_private}
    work_on(how, lambda run: work(run, show), run_options, as_json=as_json)


def hear(
    episodes: Annotated[list[str], typer.Argument(help="Keys, numbers, addresses, or words from titles.")],
    model: Model = "",
    engine: EngineOption = None,
    precision: PrecisionOption = None,
    batch: Batch = None,
    language: Language = "",
    words: Words = True,
    allow_private: AllowPrivate = False,
    as_json: AsJson = False,
) -> None:
    """Transcribe these episodes now, even if they have a transcript: for the first time, or with a better model.

    All transcripts are kept; [bold]nir use[/] chooses which one is shown.
    """
    from episodes.pipeline.transcription import transcribe_episodes

    how = settings_for(model, engine, precision, batch)
    run_options = {"language": language, "words": words, "allow_private": allow_private}
    work_on(how, lambda run: transcribe_episodes(run, episodes), run_options, as_json=as_json)


def work_on(
    settings: Settings, work: Callable[[Run], Iterable[Outcome]], run_options: dict[str, object], *, as_json: bool
) -> Run:
    """Open the catalog, do the work, show progress and outcomes; ``run_options`` are fields of ``Run``. Returns the run."""
    from episodes.cli.opening import open_catalog
    from episodes.cli.output import report
    from episodes.cli.progress import progress
    from episodes.pipeline.run import Run

    with progress(quiet=as_json) as tell:
        run = Run(open_catalog(settings), settings, report=tell, **run_options)  # type: ignore[arg-type]  # names are its fields'
        report(work(run), as_json=as_json)
    return run
