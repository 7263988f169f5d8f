"""``nir articles``: add and list articles, follow sites."""

from __future__ import annotations

from typing import Annotated

import typer

from episodes.cli.options import FOLLOWING, AllowPrivate, AsJson

articles = typer.Typer(
    no_args_is_help=False,
    help="Articles in the catalog. Without a subcommand: list them, newest first.",
    epilog="Examples:\nnir articles\nnir articles add https://example.org/harbour-bridge/\nnir articles sites",
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.add_typer(articles, name="articles", rich_help_panel=FOLLOWING)


@articles.callback(invoke_without_command=True)
def list_articles(
    context: typer.Context,
    as_json: AsJson = False,
) -> None:
    """List the articles in the catalog, newest first."""
    if context.invoked_subcommand:
        return None
    from episodes.catalog import articles as rows
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import console, print_json
    from episodes.database import reading
    from episodes.documents.articles import Article

    with reading(catalog_to_read()) as session:
        listed = Article.all_of(session, rows.every(session))
    if as_json:
        return print_json(listed)
    for row in listed:
        console().print(f"{row.date or '          '}  {row.title}", markup=False)
        console().print(f"            {row.url}", style="dim", markup=False)
    if not listed:
        console().print("No articles yet. Add some: nir articles add URL|PATH")
    return None


@articles.command("add", epilog="Example: nir articles add https://example.org/harbour-bridge/ notes.txt pages/")
def add(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="URL|PATH...",
            help="Pages, feeds, sitemaps or home pages; or .html, .txt and .jsonl files, or folders of them.",
        ),
    ],
    allow_private: AllowPrivate = False,
    as_json: AsJson = False,
) -> None:
    """Add articles from the web or from files.

    A page or text with several articles is split; each is stored under its own address.
    A whole site (its WordPress home page, sitemap or feed) is followed: [bold]nir update[/] reads what is new there.
    """
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import report
    from episodes.cli.progress import progress
    from episodes.pipeline.adding_articles import add_articles
    from episodes.pipeline.run import Run

    with progress(quiet=as_json) as tell:
        run = Run(open_catalog(), settings(), report=tell, allow_private=allow_private)
        report(add_articles(run, targets), as_json=as_json)


@articles.command("sites", epilog="Example: nir articles sites --json")
def list_sites(
    as_json: AsJson = False,
) -> None:
    """List the sites whose articles you follow."""
    from episodes.catalog import sites as rows
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import console, print_json
    from episodes.database import reading
    from episodes.dates import to_the_minute
    from episodes.documents.articles import Site

    with reading(catalog_to_read()) as session:
        listed = rows.listed(session)
    if as_json:
        return print_json([Site.of(site) for site in listed])
    for site in listed:
        checked = f"checked {to_the_minute(site.checked_at)}" if site.checked_at else "not fully read yet"
        console().print(f"{site.id:>3}  {site.title or site.url}  ({site.kind}, {checked})", markup=False)
        console().print(f"     {site.url}", style="dim", markup=False)
    if not listed:
        console().print("You follow no sites yet. Follow one: nir articles add URL")
    return None


@articles.command("forget", epilog="Example: nir articles forget https://harbourchannel.example/")
def forget(
    site: Annotated[str, typer.Argument(help="Number, title or address, as listed by `nir articles sites`.")],
) -> None:
    """Stop following a site; its articles stay in the catalog."""
    from episodes.catalog import sites as rows
    from episodes.cli.opening import open_catalog
    from episodes.cli.output import console
    from episodes.database import writing
    from episodes.pipeline.pages import STEP

    with writing(open_catalog()) as session:
        row = rows.find(session, site)
        name = row.title or row.url
        rows.forget(session, row, STEP)
    console().print(f"stopped following {name}; its articles stay in the catalog", markup=False)
