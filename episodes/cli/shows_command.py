"""``nir shows``: the followed programmes."""

from __future__ import annotations

from typing import Annotated

import typer

from episodes.cli.options import AllowPrivate, AsJson

shows = typer.Typer(no_args_is_help=False, help="The shows you follow; without a subcommand: list them.")


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.add_typer(shows, name="shows", rich_help_panel="Following")


@shows.callback(invoke_without_command=True)
def list_shows(
    context: typer.Context,
    as_json: AsJson = False,
) -> None:
    """List the shows that are followed, with their number of episodes."""
    if context.invoked_subcommand:
        return None
    from episodes.catalog import shows as rows
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import console, print_json
    from episodes.database import reading
    from episodes.dates import to_the_minute
    from episodes.documents.shows import Show
    from episodes.redaction import redact_url

    with reading(catalog_to_read()) as session:
        listed = rows.listed(session)
    if as_json:
        return print_json([Show.of(show, count) for show, count in listed])
    for show, count in listed:
        checked = f"checked {to_the_minute(show.checked_at)}" if show.checked_at else "not checked yet"
        console().print(
            f"{show.id:>3}  {show.title or redact_url(show.url)}  ({count} episodes, {checked})", markup=False
        )
        console().print(
            f"     {redact_url(show.url)}{'  --match ' + show.match if show.match else ''}", style="dim", markup=False
        )
    if not listed:
        console().print("No show is followed yet: nir shows add URL")
    return None


@shows.command("add", epilog="Example: nir shows add https://www.youtube.com/@harbourchannel --match 'News in Review'")
def add(
    url: Annotated[str, typer.Argument(help="Address of a channel, playlist or feed.")],
    match: Annotated[
        str,
        typer.Option(
            "--match", metavar="REGEX", help="Take only episodes whose title matches, without regard to case."
        ),
    ] = "",
    title: Annotated[
        str, typer.Option("--title", help="Name of the show; default: what the source calls itself.")
    ] = "",
    allow_private: AllowPrivate = False,
) -> None:
    """Follow a channel, playlist or feed; [bold]nir update[/] then fetches its episodes.

    Nothing is fetched yet: [bold]nir update[/] needs --allow-private, too, for addresses of this machine and network.
    """
    from episodes.catalog import shows as rows
    from episodes.cli.opening import now, open_catalog
    from episodes.cli.output import console
    from episodes.database import writing

    with writing(open_catalog()) as session:
        show, state = rows.add(session, url.strip(), title=title, match=match, now=now())
        line = f"follows {show.url}" if state == "done" else f"follows {show.url} already"
    console().print(f"{line}; next: nir update{' --allow-private' if allow_private else ''}", markup=False)


@shows.command("remove")
def remove(show: Annotated[str, typer.Argument(help="Its number, title or address, as `nir shows` lists it.")]) -> None:
    """Follow a show no longer; its episodes stay in the catalog."""
    from episodes.catalog import shows as rows
    from episodes.cli.opening import open_catalog
    from episodes.cli.output import console
    from episodes.database import writing

    with writing(open_catalog()) as session:
        row = rows.find(session, show)
        rows.remove(session, row)
        name = row.title or row.url
    console().print(f"follows {name} no longer; its episodes stay", markup=False)
