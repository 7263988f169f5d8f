"""``nir demo``: the whole path on the bundled sample show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import BEGINNING

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

    from episodes.values import Outcome

#: Example searches, and what each shows.
QUESTIONS = (
    ("harbour bridge", "both words, said or written"),
    ('"turning point" OR "last hour"', "either of two phrases"),
    ("clock -bridge", "one word without another"),
)
#: What to try next, in the demo and then with a show of your own.
LOOK_AROUND = (
    "nir search 'water*' --in said", "nir show 12", "nir passages 12", "nir export 14 --format vtt", "nir serve",
)  # fmt: skip
YOUR_OWN = (
    "nir shows add https://www.youtube.com/@yourchannel --match 'News in Review'", "nir update",
    "nir articles add https://your.site/an-article/", "nir link",
)  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the command of this file to the app."""
    app.command("demo", rich_help_panel=BEGINNING, epilog="Example: nir demo --home ~/nir-demo")(demo)


def demo(
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="DIR", help="Data folder of the demo; default: demo/ inside NIR_HOME."),
    ] = None,
) -> None:
    """Try everything on a bundled sample show: no network, no download, under a minute.

    It runs for real: yt-dlp lists a show served from this machine, Whisper transcribes it, articles are linked.
    """
    from dataclasses import replace

    from rich.text import Text

    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import console
    from episodes.cli.progress import progress
    from episodes.config import Settings
    from episodes.pipeline.demo import demo as pipeline
    from episodes.pipeline.demo import prepare
    from episodes.pipeline.run import Run
    from episodes.sample.voice import unpack_voice

    folder = (home or settings().home / "demo").expanduser().absolute()
    prepare(folder)
    out = console()
    out.rule(Text("News in Review: the sample show", "bold"), align="left")
    out.print(
        "A fictional show, served from this machine: yt-dlp lists it, Whisper transcribes it, its articles are linked.",
        style="dim",
    )
    of = replace(Settings.of_home(folder, model=str(unpack_voice(folder))), names=False)  # it learned without prompts
    engine = open_catalog(of)
    with progress() as tell:
        outcomes = list(pipeline(Run(engine, of, report=tell, allow_private=True)))
    _account(engine, outcomes, folder)
    if any(outcome.state == "failed" for outcome in outcomes):
        raise typer.Exit(1)


def _account(engine: Engine, outcomes: list[Outcome], folder: Path) -> None:
    from episodes.cli.output import console, outcome_line
    from episodes.database import reading

    out = console()
    with reading(engine) as session:
        _episodes(session)
        _links(session)
        _passages(session)
        for words, shows in QUESTIONS:
            _search(session, words, shows)
    for outcome in outcomes:
        if outcome.state == "failed":
            out.print(outcome_line(outcome))
    _next(folder)


def _episodes(session: Session) -> None:
    from rich.table import Table

    from episodes.catalog import episodes, transcripts
    from episodes.cli.output import clock, console

    table = Table(
        title="What was indexed", title_justify="left", box=None, header_style="dim", title_style="bold", pad_edge=False
    )
    for name in ("date", "episode", "length", "transcript from"):
        table.add_column(name)
    for row in episodes.newest_first(session):
        shown = transcripts.shown(session, row.id or 0)
        labels = {"whisper": "Whisper, from the audio alone", "captions": "published captions"}
        words = labels.get(shown.source, shown.source) if shown else "none yet"
        table.add_row(str(row.published or ""), row.title, clock(row.duration or 0), words)
    console().print()
    console().print(table)


def _links(session: Session) -> None:
    from episodes.catalog import episodes, links
    from episodes.cli.output import console
    from episodes.cli.terminal import styled_line

    out = console()
    out.print()
    out.print("Which article belongs to which episode, and why", style="bold")
    linked = links.listed(session)
    for one in linked:
        out.print(f"  {one.episode.title}")
        out.print(styled_line("    ↔ ", (one.article.title, "green"), " ", (one.link.status, "dim")))
        for why in one.evidence[:3]:
            out.print(f"      {'+' if why.weight >= 0 else '−'} {why.detail}", style="dim")
    have = {one.episode.id for one in linked}
    for row in episodes.newest_first(session):
        if row.id not in have:
            out.print(f"  {row.title}")
            out.print("    no article, and none invented", style="dim")


def _passages(session: Session) -> None:
    """Print the best-aligned paragraph of each episode."""
    from episodes.catalog import alignments, episodes
    from episodes.cli.output import console
    from episodes.cli.passages_command import passage_line
    from episodes.cli.terminal import styled_line

    out = console()
    out.print()
    out.print(styled_line(("Where the article's words were said", "bold"), " ", ("nir passages 12", "dim")))
    out.print()
    for row in episodes.newest_first(session):
        found = alignments.of_episode(session, row.id or 0)
        if found:
            out.print(passage_line(max(found, key=lambda one: one.span.score), row.url))


def _search(session: Session, words: str, shows: str) -> None:
    from episodes.cli.output import console
    from episodes.cli.search_command import hit_line
    from episodes.cli.terminal import styled_line
    from episodes.search.find import find

    out = console()
    out.print()
    out.print(styled_line((f"nir search '{words}'", "bold"), " ", (shows, "dim")))
    out.print()
    for hit in find(session, words, limit=2).hits:
        out.print(hit_line(hit))


def _next(folder: Path) -> None:
    from episodes.cli.output import console
    from episodes.cli.terminal import styled_line

    out = console()
    out.print("Look around", style="bold")
    for command in (f"export NIR_HOME={folder}", *LOOK_AROUND):
        out.print(f"  {command}")
    out.print(styled_line(("Your own show", "bold"), " ", ("(unset NIR_HOME first)", "dim")))
    for command in YOUR_OWN:
        out.print(f"  {command}")
    out.print(
        "The demo's model knows this sample show and nothing else; your own show needs a Whisper model, see nir doctor.",
        style="dim",
    )
