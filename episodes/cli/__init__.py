"""The command line ``nir``: thin. A command opens the catalog, calls the pipeline or one read, and shows the outcome.

    __init__.py     the app, the order of the commands, ``main``
    errors.py       the one place that turns errors into a line and an exit code
    opening.py      settings and the catalog, opened on demand
    output.py       JSON, tables, outcomes as they come
    progress.py     bars on a terminal, plain lines elsewhere
    *_command.py    the commands, by what they are about

Nothing heavy is imported above a function: ``nir --help`` loads neither the database nor torch, yt-dlp or a web framework.
"""

from __future__ import annotations

from typing import Annotated

import typer

from episodes.cli import (
    articles_command,
    care_command,
    corrections_command,
    decisions_command,
    demo_command,
    glossary_command,
    import_command,
    links_command,
    marks_command,
    mcp_command,
    passages_command,
    search_command,
    serve_command,
    show_command,
    shows_command,
    transcribe_command,
    update_command,
    use_command,
)

app = typer.Typer(
    name="nir",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="News in Review: what was said and what was written, in one searchable catalog.",
    epilog="First time here: [bold]nir demo[/] shows all of it on a bundled sample show, without network.",
)


def _version(on: bool) -> None:
    if on:
        from importlib.metadata import version

        typer.echo(f"news-in-review {version('news-in-review')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_version),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", envvar="NIR_DEBUG", help="Show tracebacks of errors.")] = False,
) -> None:
    """Options that stand before the command; ``main`` reads --debug when an error comes."""


for part in (
    demo_command,
    shows_command,
    glossary_command,
    update_command,
    import_command,
    articles_command,
    links_command,
    decisions_command,
    search_command,
    show_command,
    use_command,
    serve_command,
    mcp_command,
    passages_command,
    marks_command,
    corrections_command,
    transcribe_command,
    care_command,
):
    part.add_to(app)


def main() -> None:
    """The entry point of ``nir``: runs the app; every error ends as one line on stderr and an exit code."""
    from episodes.cli.errors import run

    run(app)
