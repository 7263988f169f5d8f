"""``nir link`` and ``nir links``: which article belongs to which episode, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import AsJson
from episodes.values import LinkStatus

if TYPE_CHECKING:
    from episodes.catalog.links import Linked

PANEL = "Linking"
links = typer.Typer(
    no_args_is_help=False,
    help="Links between episodes and articles. Without a subcommand: list them with their evidence.",
    epilog="Examples:\nnir links --status proposed\nnir links review",
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command("link", rich_help_panel=PANEL, epilog="Example: nir link")(link)
    app.add_typer(links, name="links", rich_help_panel=PANEL)


def link(
    anew: Annotated[
        bool, typer.Option("--anew", help="Check everything again, not only what is new or changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find the articles of each episode, and where each paragraph was said. Your own decisions stay."""
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import console, print_json
    from episodes.cli.progress import progress
    from episodes.pipeline.linking import link_all
    from episodes.pipeline.run import Run

    with progress(quiet=as_json) as tell:
        result = link_all(Run(open_catalog(), settings(), report=tell), anew=anew)
    if as_json:
        from episodes.documents.links import LinkCounts

        return print_json(LinkCounts(**result))
    console().print(
        f"{result['linked']} linked, {result['proposed']} proposed, {result['confirmed']} confirmed, "
        f"{result['rejected']} rejected; {result['without']} episodes without an article"
    )
    aligned = f"; {result['aligned']} aligned, {result['places']} places" if result["aligned"] else ""
    console().print(f"{result['new']} new, {result['changed']} changed, {result['gone']} gone{aligned}", style="dim")
    if result["proposed"]:
        console().print("please check the proposed links: nir links review", style="yellow")
    return None


@links.callback(invoke_without_command=True)
def list_links(
    context: typer.Context,
    status: Annotated[LinkStatus | None, typer.Option("--status", help="Only links with this status.")] = None,
    episode: Annotated[str, typer.Option("--episode", help="Only links of this episode.")] = "",
    as_json: AsJson = False,
) -> None:
    """List links with their evidence."""
    if context.invoked_subcommand:
        return None
    from episodes.catalog import episodes as rows
    from episodes.catalog import links as catalog
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import console, print_json
    from episodes.database import reading
    from episodes.documents.links import Link

    with reading(catalog_to_read()) as session:
        episode_id = rows.find(session, episode).id if episode else None
        listed = catalog.listed(session, status=status or "", episode_id=episode_id)
        if as_json:
            return print_json([Link.of(one) for one in listed])
        for one in listed:
            show_link(one)
    if not listed:
        console().print("No links yet. Add episodes and articles, then: nir link")
    return None


STYLES = {"linked": "green", "confirmed": "bold green", "proposed": "yellow", "rejected": "red"}


def show_link(one: Linked) -> None:
    """Print a link for a person: both titles, the status, and the evidence in words."""
    from episodes.cli.output import console
    from episodes.cli.terminal import styled_line

    style = STYLES[one.link.status]
    out = console()
    number, status = (f"{one.link.id:>4}", "dim"), (one.link.status, style)
    key, url = (one.episode.key, "dim"), (one.article.url, "dim")
    out.print(styled_line(number, "  ", status, f" {one.link.confidence:.2f}  {one.episode.title} ", key))
    out.print(styled_line(f"      ↔ {one.article.title} ", url))
    for why in one.evidence:
        out.print(f"        {'+' if why.weight >= 0 else '−'} {why.detail}", style="dim")
