"""``nir articles``: the written side."""

from __future__ import annotations

from typing import Annotated

import typer

articles = typer.Typer(no_args_is_help=False, help="The written articles; without a subcommand: list them.")


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.add_typer(articles, name="articles", rich_help_panel="Following")


@articles.callback(invoke_without_command=True)
def list_articles(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """List the articles of the catalog, the newest first."""
    if context.invoked_subcommand:
        return None
    from episodes.catalog import articles as rows
    from episodes.catalog import documents
    from episodes.cli.opening import open_catalog
    from episodes.cli.output import console, print_json
    from episodes.database import reading

    with reading(open_catalog()) as session:
        listed = [documents.of_article(row) for row in rows.every(session)]
    if as_json:
        return print_json(listed)
    for row in listed:
        console().print(f"{row['date'] or '          '}  {row['title']}", markup=False)
        console().print(f"            {row['url']}", style="dim", markup=False)
    if not listed:
        console().print("No articles yet: nir articles add URL|PATH")
    return None


@articles.command("add", epilog="Example: nir articles add https://example.org/harbour-bridge/ notes.txt pages/")
def add(
    targets: Annotated[
        list[str],
        typer.Argument(metavar="URL|PATH...", help="Pages; or .html, .txt, .jsonl files, or folders of them."),
    ],
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Addresses of this machine and network, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Read articles; a page or text that holds several becomes several, each under its own address."""
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import report
    from episodes.cli.progress import progress
    from episodes.pipeline.run import Run
    from episodes.pipeline.writing import add_articles

    with progress(quiet=as_json) as tell:
        run = Run(open_catalog(), settings(), tell=tell, allow_private=allow_private)
        report(add_articles(run, targets), as_json=as_json)
