"""``nir update`` and ``nir retry``: what is new, and what did not work before."""

from __future__ import annotations

from typing import Annotated

import typer

MODEL = typer.Option(
    "--model",
    envvar="NIR_MODEL",
    help="Whisper model: a name such as base.en, small.en, turbo, or the path of a checkpoint.",
)


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.command("update", rich_help_panel="Following", epilog="Example: nir update 'News in Review' --model small.en")(
        update
    )
    app.command("retry", rich_help_panel="Following")(retry)


def update(
    show: Annotated[str, typer.Argument(help="Only this show (its number, title or address); default: all.")] = "",
    model: Annotated[str, MODEL] = "",
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Addresses of this machine and network, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Fetch what is new: list the shows, read new episodes, take their captions or listen to them, link, index.

    Only what is missing is done; a run that was stopped or killed goes on where it was.
    """
    _run(show, model, again=False, as_json=as_json, allow_private=allow_private)


def retry(
    show: Annotated[str, typer.Argument(help="Only this show (its number, title or address); default: all.")] = "",
    model: Annotated[str, MODEL] = "",
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Addresses of this machine and network, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Try everything again that failed, however often it did."""
    _run(show, model, again=True, as_json=as_json, allow_private=allow_private)


def _run(show: str, model: str, *, again: bool, as_json: bool, allow_private: bool) -> None:
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import report
    from episodes.cli.progress import progress
    from episodes.pipeline import update as pipeline
    from episodes.pipeline.run import Run

    with progress(quiet=as_json) as tell:
        run = Run(open_catalog(), settings(model), tell=tell, allow_private=allow_private)
        outcomes = pipeline.retry(run, show) if again else pipeline.update(run, show)
        report(outcomes, as_json=as_json)
