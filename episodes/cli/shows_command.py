"""``nir shows``: follow channels, playlists and feeds."""

from __future__ import annotations

from typing import Annotated

import typer

from episodes.cli.options import FOLLOWING, AllowPrivate, AsJson

shows = typer.Typer(
    no_args_is_help=False,
    help="Shows you follow. Without a subcommand: list them.",
    epilog="Examples:\nnir shows\nnir shows add https://www.youtube.com/@harbourchannel --match 'News in Review'",
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.add_typer(shows, name="shows", rich_help_panel=FOLLOWING)


@shows.callback(invoke_without_command=True)
def list_shows(
    context: typer.Context,
    as_json: AsJson = False,
) -> None:
    """List the shows you follow, with their number of episodes."""
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
        console().print("You follow no shows yet. Follow one: nir shows add URL")
    return None


@shows.command("add", epilog="Example: nir shows add https://www.youtube.com/@harbourchannel --match 'News in Review'")
def add(
    url: Annotated[str, typer.Argument(help="Address of a channel, playlist or feed.")],
    match: Annotated[
        str,
        typer.Option(
            "--match",
            metavar="REGEX",
            help="Only episodes whose title matches this regular expression; case is ignored.",
        ),
    ] = "",
    title: Annotated[str, typer.Option("--title", help="Name of the show; default: the name the source gives.")] = "",
    allow_private: AllowPrivate = False,
) -> None:
    """Follow a channel, playlist or podcast feed; [bold]nir update[/] then fetches its episodes.

    Nothing is fetched yet. For an address on this machine or your local network,
    give [bold]nir update[/] the option --allow-private, too.
    """
    from episodes.catalog import shows as rows
    from episodes.cli.opening import now, open_catalog
    from episodes.cli.output import console
    from episodes.database import writing

    with writing(open_catalog()) as session:
        show, state = rows.add(session, url.strip(), title=title, match=match, now=now())
        line = f"following {show.url}" if state == "done" else f"already following {show.url}"
    console().print(f"{line}; next: nir update{' --allow-private' if allow_private else ''}", markup=False)


@shows.command("remove", epilog="Example: nir shows remove 2")
def remove(show: Annotated[str, typer.Argument(help="Number, title or address, as listed by `nir shows`.")]) -> None:
    """Stop following a show; its episodes stay in the catalog."""
    from episodes.catalog import shows as rows
    from episodes.cli.opening import open_catalog
    from episodes.cli.output import console
    from episodes.database import writing

    with writing(open_catalog()) as session:
        row = rows.find(session, show)
        rows.remove(session, row)
        name = row.title or row.url
    console().print(f"stopped following {name}; its episodes stay in the catalog", markup=False)
