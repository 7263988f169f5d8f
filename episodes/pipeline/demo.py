"""The sample show through the real code path: served on loopback, listed, fetched, transcribed, linked, indexed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import Session, col, select

from episodes.catalog import shows
from episodes.database import connect, reading, writing
from episodes.database.sqlite_file import url_of
from episodes.errors import Usage
from episodes.migrations import migrate
from episodes.models import Article, Correction, Episode, GlossaryName, Link, Show
from episodes.pipeline.adding_articles import add_articles
from episodes.pipeline.linking import link_all
from episodes.pipeline.run import Run
from episodes.pipeline.update import update
from episodes.sample.server import SampleSite
from episodes.values import DECIDED_STATUSES, Outcome

#: How the addresses of the sample show begin; the port is each run's own.
SITE = "http://127.0.0.1:"
#: A marker file in the folder of a demo: only such a folder may be emptied.
MARK = "this-is-a-demo"


def prepare(home: Path) -> None:
    """Make the folder of the demo, or empty it: URLs of an earlier demo contain that run's port.

    Raises:
        Usage: The folder is not empty and was not made by a demo, or somebody has worked in its catalog since.
    """
    if home.is_dir() and any(home.iterdir()):
        if not (home / MARK).is_file():
            raise Usage(home, "this folder is not empty and no demo made it; name another by --home")
        if _has_own_work(home / "catalog.db"):
            raise Usage(
                home, "you have worked in this demo, and another run would delete that; name another folder by --home"
            )
        shutil.rmtree(home)
    home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / MARK).touch()


def _has_own_work(file: Path) -> bool:
    """True if a demo's catalog has shows, episodes or articles from elsewhere, or decisions, corrections or names of a person."""
    if not file.is_file():
        return False
    engine = connect(url_of(file))
    try:
        migrate(engine)
        with reading(engine) as session:
            return _from_elsewhere(session) or _decided(session)
    finally:
        engine.dispose()


def _from_elsewhere(session: Session) -> bool:
    urls = (col(model.url) for model in (Show, Episode, Article))
    return any(session.exec(select(url).where(url.not_like(f"{SITE}%"), url != "")).first() for url in urls)


def _decided(session: Session) -> bool:
    links = select(Link.id).where(col(Link.status).in_(DECIDED_STATUSES))
    return any(
        session.exec(query.limit(1)).first() for query in (links, select(Correction.id), select(GlossaryName.id))
    )


def demo(run: Run) -> Iterator[Outcome]:
    """Follow the sample show, transcribe its episodes, read its articles, link; one outcome per item."""
    with SampleSite() as site:
        with writing(run.database) as session:
            shows.add(session, site.feed, title="", match="", now=run.now())
        yield from update(run)
        yield from add_articles(run, site.articles)
    link_all(run)
