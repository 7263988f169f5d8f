"""A small town's newsroom behind the real application, on each database; and the same behind ``nir serve`` in a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from episodes import database
from episodes.catalog import alignments, articles, episodes, links, transcripts
from episodes.files.named import Named
from episodes.search import index
from episodes.values import (
    AlignedSpan,
    AlignmentKind,
    ArticleText,
    EpisodeInfo,
    Evidence,
    LinkStatus,
    ParagraphKind,
    ParagraphText,
    Verdict,
)
from episodes.web.app import application
from episodes.web.settings import Site
from transcripts.words import Mark, Segment, Source, Transcript, Word

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).parent.parent.parent
SOUND = ROOT / "episodes" / "sample" / "media" / "NiRsample12.opus"

BRIDGE = [
    (0.0, 4.0, "Good evening from the harbour.", "Host"),
    (4.0, 9.5, "The council calls the new bridge a turning", "Editor"),
    (9.5, 14.0, "point for the whole town.", "Editor"),
    (20.0, 26.5, "Ferry crews fear for their jobs.", "Host"),
    (26.5, 31.0, "The bridge will cost eighty million.", "Host"),
    (95.0, 99.0, "Good night, and mind the ice.", "Host"),
]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202edesrever \u2067rtl"
#: Words with their times.
WORDS = {
    text: tuple(Word(float(n), n + 0.9, word) for n, word in enumerate(text.split()))
    for text in ["The river rose three metres in one night."]
}
#: Reasons to doubt what was heard.
DOUBTS = {
    "Bridges were closed.": (Mark("too fast", "more words than anybody says in 4 seconds"), Mark("loop", HOSTILE))
}
FLOOD = [(0.0, 5.0, "The river rose three metres in one night.", None), (5.0, 9.0, "Bridges were closed.", None)]


def put_episode(
    session: Session, key: str, title: str, said: list[tuple[float, float, str, str | None]], **more: object
) -> int:
    info = EpisodeInfo(f"test:{key}", key, title, show=str(more.pop("show", "News in Review")), **more)  # type: ignore[arg-type]
    row, _ = episodes.put(session, info, now=NOW)
    assert row.id
    if said:
        segments = tuple(
            Segment(start, end, text, speaker, words=WORDS.get(text, ()), marks=DOUBTS.get(text, ()))
            for start, end, text, speaker in said
        )
        transcripts.put(session, row.id, Transcript(segments, Source.IMPORT, language="en"), now=NOW)
        index.index_episode(session, row.id)
    return row.id


def put_article(session: Session, url: str, title: str, paragraphs: list[str], **more: object) -> int:
    parts = tuple(ParagraphText(text, ParagraphKind.TEXT) for text in paragraphs)
    row, _ = articles.put(session, ArticleText(url, title, parts, **more), now=NOW)  # type: ignore[arg-type]
    assert row.id
    index.index_article(session, row.id)
    return row.id


def fill(session: Session) -> None:
    """Two episodes of one show, one of another without words, an ill-meaning one, four articles, a link of each kind."""
    bridge = put_episode(
        session, "ep-12", "News in Review – Episode 12: The bridge", BRIDGE, number=12, published=date(2026, 3, 3), duration=100.0,
        url="https://www.youtube.com/watch?v=NiRsample12", description="The council has voted.",
    )  # fmt: skip
    flood = put_episode(
        session,
        "ep-13",
        "News in Review – Episode 13: High water",
        FLOOD,
        published=date(2026, 3, 10),
        media=str(SOUND),
    )
    put_episode(
        session,
        "sport-1",
        "Valley Sport",
        [],
        show="Valley Sport",
        published=date(2026, 4, 1),
        media="https://cast.example:8443/1.mp3?x=<y>",
    )
    evil = [(0.0, 3.0, f"zebra {HOSTILE}", "<b>Mallory</b>"), (3.0, 6.0, "quagga " * 1700, None)]
    put_episode(
        session,
        "evil",
        f"{HOSTILE} {'W' * 10_000}",
        evil,
        show=f"Show {HOSTILE}",
        url="javascript:alert(3)",
        description=HOSTILE,
    )
    vote = put_article(
        session, "https://paper.example/bridge", "Council votes for the bridge",
        ["Harbour Channel – News in Review – Episode 12.", "The council has voted for the bridge, and calls it a turning point.",
         "“The bridge will cost ninety million,” said the host."],
        published=date(2026, 3, 4), authors=("Ida Fennwick",), site="Harbour Channel", dek="Nine to four.",
    )  # fmt: skip
    water = put_article(
        session, "https://paper.example/water", "High water in the valley", ["The river rose by three metres."]
    )
    trap = put_article(
        session, "javascript:alert(4)", HOSTILE, [f"okapi {HOSTILE}"], dek=HOSTILE, site=HOSTILE, authors=(HOSTILE,)
    )
    soup = put_article(session, "https://paper.example/soup", "Soup for two hundred", ["Leek soup, a recipe."])
    why = Evidence("name", "the article says “News in Review – Episode 12”", 4.0), Evidence("date", HOSTILE, -0.5)
    links.put_all(
        session,
        [
            Verdict(bridge, vote, "linked", 0.98, why),
            Verdict(flood, water, "proposed", 0.6, why[:1]),
            Verdict(flood, trap, "linked", 0.7, why),
            Verdict(bridge, soup, "proposed", 0.5, why[:1]),
        ],
    )
    unwanted = next(one for one in links.listed(session, episode_id=bridge) if one.article.id == soup)
    links.decide(session, unwanted.link.id or 0, LinkStatus.REJECTED, now=NOW)
    align(session, bridge, vote, PLACES)
    align(session, flood, trap, [AlignedSpan(0, 0, 20, 0.0, 5.0, AlignmentKind.QUOTE, 0.9, f"zebra {HOSTILE}")])


#: Of the article about the bridge: a paragraph in other words, and a quotation that is not quite what was said.
PLACES = [
    AlignedSpan(1, 0, 68, 4.0, 14.0, AlignmentKind.PARAPHRASE, 0.8),
    AlignedSpan(2, 1, 37, 26.5, 31.0, AlignmentKind.QUOTE, 0.83, "The bridge will cost eighty million."),
]


def align(session: Session, episode: int, article: int, places: list[AlignedSpan]) -> None:
    (link,) = (one.link.id for one in links.listed(session, episode_id=episode) if one.article.id == article)
    alignments.put(session, link or 0, places, checksum="made up")


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def filled(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The newsroom's catalog on each database; not to be written to."""
    if request.param == "sqlite":
        file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("web") / "catalog.db")
        yield from _filled(f"sqlite:///{file}")
        return
    fresh: Callable[[str], AbstractContextManager[str]] = request.getfixturevalue("postgres_template")
    with fresh("web_catalog") as url:
        yield from _filled(url)


def _filled(url: str) -> Iterator[Engine]:
    engine = database.connect(url)
    with database.writing(engine) as session:
        fill(session)
    yield database.read_only(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def client(filled: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A reader without JavaScript."""
    named = Named.of_home(tmp_path_factory.mktemp("named"))
    named.add(SOUND.parent)
    site = Site(filled, tmp_path_factory.mktemp("media"), named=named)
    with TestClient(application(site), base_url="http://localhost") as client:
        yield client


@pytest.fixture(scope="session")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``nir serve`` in a process of its own, over the newsroom's catalog."""
    home = tmp_path_factory.mktemp("home")
    engine = database.connect(f"sqlite:///{shutil.copy(sqlite_template, home / 'catalog.db')}")
    with database.writing(engine) as session:
        fill(session)
        many = [
            (3.0 * n, 3.0 * n + 3, f"Sentence {n} of a long evening about the lighthouse.", None) for n in range(400)
        ]
        put_episode(session, "long", "A long evening", many, published=date(2026, 1, 1), media=str(SOUND))
    engine.dispose()
    Named.of_home(home).add(SOUND.parent)
    code = "import sys; sys.argv = ['nir', 'serve', '--port', '0']; from episodes.cli import main; main()"
    environment = {**os.environ, "NIR_HOME": str(home), "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    environment.pop("NIR_DATABASE_URL", None)
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().split("/  ")[0]
        process.terminate()
