"""A backup is the whole catalog in one file, from either database, and can be restored into either."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from episodes.catalog import articles, copying, episodes, links, outcomes, partial_transcripts, shows, transcripts
from episodes.config import Settings
from episodes.database import connect, reading, writing
from episodes.errors import BadBackup, NotFound, Usage
from episodes.migrations import migrate
from episodes.pipeline.backups import backup, restore
from episodes.pipeline.indexing import reindex
from episodes.pipeline.run import Run
from episodes.search.find import find
from episodes.values import ArticleText, EpisodeInfo, Evidence, LinkStatus, Outcome, ParagraphText, State, Verdict
from transcripts.engine import Window
from transcripts.words import Segment, Source, Transcript

NOW = datetime(2026, 5, 4, tzinfo=UTC)
#: Tables that only followed sites, changed articles, glossaries, aligned links and corrections fill, in the order in which they are copied.
LATER = ["site", "article_revision", "glossary_name", "aligned", "alignment", "correction"]
LINE = "The ferry was sold for the price of its engine."


@pytest.fixture
def filled(engine: Engine, tmp_path: Path) -> Engine:
    """A catalog with a row in every table that a first run fills."""
    with writing(engine) as session:
        show, _ = shows.add(session, "https://video.example/@harbour", title="News in Review", match="", now=NOW)
        row, _ = episodes.put(
            session, EpisodeInfo("fake:1", "ep1", "Episode 1", extra={"tags": ["a"]}), now=NOW, show=show
        )
        transcripts.put(session, row.id or 0, Transcript((Segment(1, 4, LINE),), Source.IMPORT), now=NOW)
        page, _ = articles.put(
            session, ArticleText("https://harbour.example/1", "Sold", (ParagraphText(LINE),)), now=NOW
        )
        links.put_all(session, [Verdict(row.id or 0, page.id or 0, "linked", 0.9, (Evidence("text", "alike", 2.0),))])
        links.decide(session, 1, LinkStatus.CONFIRMED, now=NOW)
        partial_transcripts.put(
            session, row.id or 0, "small.en", [Window(0, 30, 60.5, (Segment(1, 4, LINE),), "en")], now=NOW
        )
        outcomes.record(session, "update", Outcome("fake:1", State.DONE), now=NOW, data={"url": "u"})
    reindex(Run(engine, Settings.of_home(tmp_path)))
    return engine


def rows(engine: Engine) -> dict[str, list[object]]:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(table.c.id))]
            for table in copying.tables()
            if table.name != "passage"  # made anew
        }


def test_there_and_back(filled: Engine, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    assert backup(filled, file) > 8
    other = connect(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(other)
    restore(Run(other, Settings.of_home(tmp_path)), file)

    assert [name for name, some in rows(filled).items() if not some] == LATER
    assert rows(other) == rows(filled)
    with reading(other) as session:
        assert [(hit.source, hit.start) for hit in find(session, '"price of its engine"').hits] != []
    other.dispose()


def test_from_sqlite_to_postgres_new_rows_go_on_counting(
    sqlite_engine: Engine, postgres_engine: Engine, tmp_path: Path
) -> None:
    with writing(sqlite_engine) as session:
        for number in range(3):
            episodes.put(session, EpisodeInfo(f"fake:{number}", f"ep{number}", f"Episode {number}"), now=NOW)
    backup(sqlite_engine, tmp_path / "move.db")
    restore(Run(postgres_engine, Settings.of_home(tmp_path)), tmp_path / "move.db")
    with writing(postgres_engine) as session:
        new, state = episodes.put(session, EpisodeInfo("fake:new", "new", "New"), now=NOW)

    assert (new.id, state) == (4, State.DONE)


def test_what_is_refused(filled: Engine, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    backup(filled, file)
    run = Run(filled, Settings.of_home(tmp_path))
    with pytest.raises(Usage, match="exists already"):
        backup(filled, file)
    with pytest.raises(Usage, match="not empty"):
        restore(run, file)
    with pytest.raises(NotFound, match="no such file"):
        restore(run, tmp_path / "none.db")


def test_a_file_that_is_no_backup(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("notes " * 1000)

    with pytest.raises(BadBackup, match="not a database"):
        restore(Run(engine, Settings.of_home(tmp_path)), file)
