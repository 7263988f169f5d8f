"""``nir passages``: which paragraphs of an episode's articles were said, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import EPISODE, READING, AsJson

if TYPE_CHECKING:
    from rich.text import Text
    from sqlmodel import Session

    from episodes.catalog.alignments import AlignedParagraph
    from episodes.models import Episode

_SHOWN = 90  # characters of a paragraph


def add_to(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    app.command("passages", rich_help_panel=READING, epilog="Example: nir passages 12")(passages)


def passages(
    episode: Annotated[str, EPISODE],
    as_json: AsJson = False,
) -> None:
    """Show where the paragraphs of an episode's articles were said, verbatim or paraphrased.

    A quotation that differs from what was said is shown with the difference.
    """
    from episodes.catalog import alignments
    from episodes.catalog import episodes as rows
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import console, print_json
    from episodes.database import reading
    from episodes.documents.alignment import AlignedParagraph

    with reading(catalog_to_read()) as session:
        row = rows.find(session, episode)
        found = alignments.of_episode(session, row.id or 0)
        if as_json:
            return print_json([AlignedParagraph.of(one, row.url) for one in found])
        article = None
        for one in found:
            if one.article.id != article:
                article = one.article.id
                console().print()
                console().print(f"{one.article.title}  {one.article.url}", style="bold")
            _print(one, row.url)
        if not found:
            console().print(f"{row.title}: {_why_none(session, row)}", markup=False)
    return None


def _why_none(session: Session, row: Episode) -> str:
    """Explain that an episode has no aligned paragraphs, which only links that hold can have."""
    from episodes.catalog import links
    from episodes.values import CERTAIN_STATUSES

    if any(one.link.status in CERTAIN_STATUSES for one in links.listed(session, episode_id=row.id)):
        return "no aligned paragraphs yet; nir link finds them"
    return "no article is linked to this episode; proposals, if any: nir links --status proposed"


def passage_line(one: AlignedParagraph, url: str, *, width: int = _SHOWN) -> Text:
    """Time, kind, the beginning of what was written, and the address of the moment."""
    from episodes.cli.output import clock
    from episodes.cli.terminal import styled_line
    from episodes.urls import deep_link

    text = one.text if len(one.text) <= width else one.text[:width].rsplit(" ", 1)[0] + " …"
    style = "green" if one.span.kind == "quote" else "cyan"
    address = deep_link(url, one.span.start)
    kind = (f"{one.span.kind:<10}", style)
    return styled_line(f"{clock(one.span.start):>8}  ", kind, f" {text}  ", (address, "dim"))


def _print(one: AlignedParagraph, url: str) -> None:
    from episodes.cli.output import console
    from episodes.cli.terminal import styled_line
    from episodes.pipeline.misquotes import misquotes, worded

    out = console()
    out.print(passage_line(one, url))
    for change in misquotes(one):
        out.print(styled_line("          ", ("differs:", "yellow"), f" {worded(change)}"))
