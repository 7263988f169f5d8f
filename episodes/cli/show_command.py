"""``nir show``, ``export``, ``use``, ``episodes``: everything about one episode, and the list of all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import EPISODE, READING, AsJson
from episodes.pipeline.exporting import Format

if TYPE_CHECKING:
    from sqlmodel import Session

    from episodes.models import Episode, Transcript


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command("episodes", rich_help_panel=READING, epilog="Example: nir episodes --limit 10")(list_episodes)
    app.command("show", rich_help_panel=READING, epilog="Example: nir show 12")(show)
    app.command("export", rich_help_panel=READING, epilog="Example: nir export 12 --format vtt -o episode12.vtt")(
        export
    )
    app.command("use", rich_help_panel=READING, epilog="Examples:\nnir use 12 whisper small.en\nnir use 12")(use)


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
    from episodes.catalog import episodes as rows
    from episodes.cli.opening import catalog_to_read
    from episodes.cli.output import print_json
    from episodes.database import reading
    from episodes.documents.episodes import WholeEpisode

    with reading(catalog_to_read()) as session:
        row = rows.find(session, episode)
        if as_json:
            return print_json(WholeEpisode.read(session, row))
        _print_facts(row)
        _print_transcripts(session, row)
        _print_links(session, row)
    return None


def _print_facts(row: Episode) -> None:
    from episodes.cli.output import clock, fields
    from episodes.documents.episodes import Episode as Document

    more = {"description": row.description, "channel": row.channel, "media": row.media}
    fields({**dict(Document.of(row)), **more, "duration": clock(row.duration) if row.duration else ""})


def _print_transcripts(session: Session, row: Episode) -> None:
    """Print the transcripts with their marks, and how many words were corrected."""
    from episodes.catalog import corrections
    from episodes.cli.marks_command import show_marks
    from episodes.cli.output import console
    from episodes.documents.transcripts import Transcript as Document

    for one in Document.all_of(session, row):
        state = f"shown{' (nir use)' if row.preferred else ''}" if one.shown else "kept"
        name = f"{one.source} {one.model}".strip()
        console().print(f"transcript  {name}, {one.segments} segments, {state}", markup=False)
        show_marks(row.key, one)
    made = [one for one in corrections.listed(session, episode_id=row.id) if not one.correction.undone_at]
    if made:
        console().print(f"corrected   {len(made)}: nir corrections --episode {row.key}", markup=False)


def _print_links(session: Session, row: Episode) -> None:
    """Print the links with their evidence, and how many of each article's paragraphs were said."""
    from episodes.catalog import alignments, links
    from episodes.cli.links_command import show_link
    from episodes.cli.output import console

    aligned = alignments.counts(session, row.id or 0)
    for link in links.listed(session, episode_id=row.id):
        show_link(link)
        if some := aligned.get(link.article.id or 0):
            said = f"        {some[0]} of {some[1]} paragraphs were said: nir passages {row.key}"
            console().print(said, style="dim")


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


def use(
    episode: Annotated[str, EPISODE],
    transcript: Annotated[
        list[str] | None,
        typer.Argument(
            help="Source, and model if there are several, as listed by `nir show`; none: back to the default."
        ),
    ] = None,
) -> None:
    """Choose which transcript of an episode is shown and searched, even if a better one comes later.

    Without a transcript the default returns: human before automatic, newest first, doubtful ones last.
    """
    from episodes.catalog.transcripts import names
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import console
    from episodes.pipeline.correcting import use as work
    from episodes.pipeline.run import Run

    row, shown = work(Run(open_catalog(), settings()), episode, " ".join(transcript or []))
    name = names(shown)[-1] if shown else "nothing: no transcript yet"
    why = "your choice; undo: nir use " + row.key if row.preferred else "the default"
    console().print(f"{row.key} shows {name} ({why})", markup=False)
