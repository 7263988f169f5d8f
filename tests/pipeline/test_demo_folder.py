"""The folder of a demo: made, emptied for another run, and left alone where a person has worked in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from episodes.catalog import shows
from episodes.database import connect, writing
from episodes.database.sqlite_file import url_of
from episodes.errors import Usage
from episodes.migrations import migrate
from episodes.models import Article, Correction, Episode, GlossaryName, Link
from episodes.pipeline.demo import MARK, SITE, prepare
from episodes.values import LinkStatus

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def left_by_a_demo(home: Path, change: Callable[[Session], object]) -> Path:
    """A small catalog with a show, an episode, an article and their link, and what is done to it afterwards."""
    prepare(home)
    engine = connect(url_of(home / "catalog.db"))
    migrate(engine)
    with writing(engine) as session:
        shows.add(session, f"{SITE}4711/feed.xml", title="Review", match="", now=NOW)
        session.add(Episode(id=1, key="one", identity="one", url=f"{SITE}4711/one", title="One", updated_at=NOW))
        session.add(Article(id=1, url=f"{SITE}4711/quay", title="The quay", updated_at=NOW, checksum=""))
        session.flush()
        session.add(Link(id=1, episode_id=1, article_id=1, status=LinkStatus.LINKED, confidence=0.9))
        session.flush()
        change(session)
    engine.dispose()
    return home


def confirm(session: Session) -> None:
    link = session.get(Link, 1)
    assert link
    link.status = LinkStatus.CONFIRMED


def name(session: Session) -> None:
    (show, _), *_ = shows.listed(session)
    session.add(GlossaryName(show_id=show.id or 0, name="Varga"))


def test_a_demo_is_made_again_where_only_a_demo_was(tmp_path: Path) -> None:
    home = left_by_a_demo(tmp_path / "demo", lambda _: None)
    prepare(home)

    assert [path.name for path in home.iterdir()] == [MARK]
    prepare(home)


@pytest.mark.parametrize(
    "work",
    [
        confirm,
        name,
        lambda session: shows.add(session, "https://video.example/channel", title="", match="", now=NOW),
        lambda session: session.add(
            Article(url="https://paper.example/ferry", title="The ferry", updated_at=NOW, checksum="")
        ),
        lambda session: session.add(Correction(episode_id=1, heard="key", right="quay", made_at=NOW)),
    ],
)
def test_what_a_person_did_in_a_demo_is_not_deleted(tmp_path: Path, work: Callable[[Session], object]) -> None:
    home = left_by_a_demo(tmp_path / "demo", work)
    with pytest.raises(Usage, match="you have worked in this demo"):
        prepare(home)

    assert (home / "catalog.db").is_file()


def test_a_folder_that_no_demo_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("Dear all")
    with pytest.raises(Usage, match="no demo made it"):
        prepare(tmp_path)

    assert (tmp_path / "letters.txt").read_text() == "Dear all"
