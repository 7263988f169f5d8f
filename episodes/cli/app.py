"""The app ``nir``: its commands in order, and the global options."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from episodes.cli import (
    articles_command,
    corrections_command,
    decisions_command,
    demo_command,
    glossary_command,
    help_command,
    import_command,
    links_command,
    maintenance_command,
    marks_command,
    passages_command,
    search_command,
    serve_command,
    show_command,
    shows_command,
    transcribe_command,
    update_command,
)


class Commands(TyperGroup):
    """The command group; makes error messages safe to print.

    Arguments may hold anything: a shell's ``*`` expands to any file name.
    """

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own
        """Run the command named by the arguments."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            from episodes.cli.control_chars import one_line

            if isinstance(message := getattr(error, "message", None), str):
                error.message = one_line(message)  # type: ignore[attr-defined]
            raise


app = typer.Typer(
    name="nir",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="News in Review: search everything a show has said and written.",
    epilog="First time here? [bold]nir demo[/] shows everything on a bundled sample show; no network needed.\n"
    "[bold]nir help[/] explains each topic, with examples.",
)


def _version(on: bool) -> None:
    if on:
        from importlib.metadata import version

        typer.echo(f"news-in-review {version('news-in-review')}")
        raise typer.Exit


def _start_logging(context: typer.Context, verbose: int) -> int:
    if (verbose or os.environ.get("NIR_LOG")) and not context.resilient_parsing:
        from episodes.cli.verbosity import level, log_to_stderr

        if log_level := level(verbose):
            context.with_resource(log_to_stderr(log_level))
    return verbose


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_version),
    ] = False,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            metavar="",
            show_default=False,
            callback=_start_logging,
            help="Log network requests and other outside calls on stderr; -vv: in detail. Like NIR_LOG=info or debug.",
        ),
    ] = 0,
    debug: Annotated[bool, typer.Option("--debug", envvar="NIR_DEBUG", help="Show tracebacks for errors.")] = False,
) -> None:
    """Define the global options; ``main`` reads --debug when an error occurs."""


for part in (
    demo_command,
    help_command,
    shows_command,
    glossary_command,
    update_command,
    import_command,
    articles_command,
    links_command,
    decisions_command,
    search_command,
    show_command,
    serve_command,
    passages_command,
    marks_command,
    corrections_command,
    transcribe_command,
    maintenance_command,
):
    part.add_to(app)
