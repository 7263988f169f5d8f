"""``nir show``, ``export``, ``episodes``: everything about one episode, and the list of all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import EPISODE, READING, AsJson
from episodes.pipeline.exporting import Format

if TYPE_CHECKING:
    from episodes.models import Transcript


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command("episodes", rich_help_panel=READING, epilog="Example: nir episodes --limit 10")(list_episodes)
    app.command("show", rich_help_panel=READING, epilog="Example: nir show 12")(show)
    app.command("export", rich_help_panel=READING, epilog="Example: nir export 12 --format vtt -o episode12.vtt")(
        export
    )


def list_episodes(
    limit: Annotated[int, typer.Option("--limit", min=0, help="Maximum number of episodes; 0: all.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List episodes, newest first, with the source of each transcript."""
    from episodes.catalog import episodes as rows
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import console, print_json
    from episodes.database import reading
    from episodes.documents.episodes import ListedEpisode

    with reading(catalog_to_read()) as session:
        listed = ListedEpisode.all_of(session, rows.newest_first(session)[: limit or None])
    if as_json:
        return print_json(listed)
    for one in listed:
        words, day = one.transcript or "no transcript yet", one.date or " " * 10
        console().print(f"{day}  {one.episode:<14} {one.title}  ({words})", markup=False)
    if not listed:
        console().print(
            "No episodes yet. Follow a show with nir shows add URL, then nir update; or import files with nir import PATH."
        )
    return None


def show(
    episode: Annotated[str, EPISODE],
    as_json: AsJson = False,
) -> None:
    """Show everything about an episode: source, transcripts, articles, and why they are linked."""
    from episodes.catalog import alignments, corrections, links
    from episodes.catalog import episodes as rows
    from episodes.cli.links_command import show_link
    from episodes.cli.marks_command import show_marks
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import clock, console, fields, print_json
    from episodes.database import reading
    from episodes.documents.episodes import Episode, WholeEpisode
    from episodes.documents.transcripts import Transcript as Document

    with reading(catalog_to_read()) as session:
        row = rows.find(session, episode)
        if as_json:
            return print_json(WholeEpisode.read(session, row))
        linked = links.listed(session, episode_id=row.id)
        transcripts_shown = Document.all_of(session, row)
        more = {"description": row.description, "channel": row.channel, "media": row.media}
        aligned = alignments.counts(session, row.id or 0)
        made = [one for one in corrections.listed(session, episode_id=row.id) if not one.correction.undone_at]
        length = clock(row.duration) if row.duration else ""
        fields({**dict(Episode.of(row)), **more, "duration": length})
        for one in transcripts_shown:
            mark = f"shown{' (nir use)' if row.preferred else ''}" if one.shown else "kept"
            name = f"{one.source} {one.model}".strip()
            console().print(f"transcript  {name}, {one.segments} segments, {mark}", markup=False)
            show_marks(row.key, one)
        if made:
            console().print(f"corrected   {len(made)}: nir corrections --episode {row.key}", markup=False)
        for link in linked:
            show_link(link)
            if some := aligned.get(link.article.id or 0):
                console().print(
                    f"        {some[0]} of {some[1]} paragraphs were said: nir passages {row.key}", style="dim"
                )
    return None


def export(
    episode: Annotated[str, EPISODE],
    format_: Annotated[Format, typer.Option("--format", "-f", help="Output format.")] = Format.txt,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Output file; default: stdout.")] = None,
) -> None:
    """Export an episode's transcript; [bold]md[/] adds title, links and times."""
    from episodes.catalog import episodes as rows
    from episodes.catalog import transcripts
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import check_output, open_output
    from episodes.database import reading
    from episodes.errors import NotFound
    from episodes.pipeline.exporting import export as write

    check_output(output)
    with reading(catalog_to_read()) as session:
        row = rows.find(session, episode)
        chosen: Transcript | None = transcripts.shown(session, row.id or 0)
        if chosen is None:
            raise NotFound(row.key, "it has no transcript yet; `nir update` makes one")
        words = transcripts.load(session, chosen)
        with open_output(output) as stream:
            write(session, row, words, format_, stream)
