"""The migrations end in the shape that the models describe, once, whoever comes first."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlmodel import select

from episodes import migrations
from episodes.catalog import addresses, articles, episodes, outcomes, sites
from episodes.database import connect, reading, writing
from episodes.models import Article, ArticleAddress, Episode, Site, metadata
from episodes.search.backends import backend_of
from episodes.sources import identity
from episodes.sources.records import episode_from_record
from episodes.urls import canonical
from episodes.values import ArticleText, EpisodeInfo, Outcome, ParagraphText, State
from tests.search.town import Newsroom


def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """The full-text index is made by DDL of its own, not by the models."""
    return not (kind == "table" and str(name).startswith("passage_index"))


def test_migrated_is_what_the_models_describe(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})

        assert compare_metadata(context, metadata) == []


def test_a_catalog_that_is_up_to_date_is_left_alone(engine: Engine) -> None:
    assert migrations.migrate(engine) is False
    with engine.connect() as connection:
        assert migrations.revision_of(connection) == migrations.HEAD


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))

    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_two_first_runs_at_once_make_one_catalog(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'catalog.db'}"
    code = f"from episodes.database import connect; from episodes.migrations import migrate; migrate(connect({url!r}))"
    runs = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(4)]

    assert [(run.wait(), run.communicate()[1]) for run in runs] == [(0, "")] * 4
    catalog = connect(url)
    assert set(metadata.tables) <= set(inspect(catalog).get_table_names())
    catalog.dispose()


def full_text(engine: Engine) -> list[tuple[str, str]]:
    """Names and definitions of the full-text index, as the database itself tells them."""
    sqlite = "SELECT name, coalesce(sql, '') FROM sqlite_master WHERE name LIKE 'passage_index%' ORDER BY name"
    postgres = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'passage_index' ORDER BY indexname"
    with engine.connect() as connection:
        return [
            (name, " ".join(sql.split()))
            for name, sql in connection.execute(text(sqlite if engine.dialect.name == "sqlite" else postgres))
        ]


def test_the_migrated_index_is_the_one_that_search_makes(engine: Engine) -> None:
    migrated = full_text(engine)
    with engine.begin() as connection:
        backend_of(connection).drop(connection)
        backend_of(connection).create(connection)

    assert migrated
    assert full_text(engine) == migrated


def test_articles_of_an_earlier_catalog_have_their_addresses(tmp_path: Path) -> None:
    catalog = connect(f"sqlite:///{tmp_path / 'old.db'}")
    with catalog.begin() as connection:
        migrations.upgrade(connection, "0001")
        connection.execute(
            text(
                "INSERT INTO article (url, title, authors, site, dek, video_ids, links, extra, checksum, updated_at) "
                "VALUES ('https://harbour.example/a', 'A', '[]', '', '', '[]', '[]', '{}', '', '2026-05-04')"
            )
        )
    migrations.migrate(catalog)
    with catalog.connect() as connection:
        assert connection.execute(text("SELECT url, article_id FROM article_address")).all() == [
            ("https://harbour.example/a", 1)
        ]
    catalog.dispose()


def test_titles_of_an_earlier_index_are_found(postgres_engine: Engine) -> None:
    titles = ["The harbour's ferries of the harbour", "…", "Café naïve: Ölmühle 東京"]
    with writing(postgres_engine) as session:
        for number, title in enumerate(titles):
            Newsroom(session).episode(f"day-{number}", title, ["The ferries go to the harbour of Café Ölmühle."])
    indexed = text("SELECT passage_id, CAST(lexemes AS text) FROM passage_index ORDER BY passage_id")
    earlier = """UPDATE passage_index
        SET lexemes = ts_delete(lexemes, ARRAY(SELECT lexeme FROM unnest(lexemes) WHERE lexeme LIKE '†%'))"""
    with postgres_engine.begin() as connection:
        now = connection.execute(indexed).all()
        connection.execute(text(earlier))
        before = connection.execute(indexed).all()
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))

    assert migrations.migrate(postgres_engine)
    with postgres_engine.connect() as connection:
        assert connection.execute(indexed).all() == now != before


NOW = datetime(2026, 5, 4, tzinfo=UTC)
#: As catalogs had them before 0009; the last one's canonical address is that of another article.
EARLIER = [
    "https://harbour.example/a?at_medium=x",
    "https://harbour.example/%c3%a4",
    "https://harbour.example/b",
    "https://harbour.example/b?xtor=1",
]
SOUND = "https://cast.example/a b/55.mp3?from=a/b&mkt_tok=1"


def test_addresses_of_an_earlier_catalog_are_found(engine: Engine) -> None:
    with writing(engine) as session:
        for number, url in enumerate(EARLIER, 1):
            session.add(Article(id=number, url=url, title=f"Story {number}", checksum="", updated_at=NOW))
            session.flush()
            session.add(ArticleAddress(url=url, article_id=number, etag=f"mark-{number}", checked_at=NOW))
            outcomes.record(session, "articles", Outcome(url, State.DONE), now=NOW, data={"url": url, "site": 1})
        session.add(Site(url="https://harbour.example/?mtm_kwd=x", kind="feed", added_at=NOW))
        session.add(
            Episode(
                identity="url:cast.example/a b/55.mp3?from=a%2Fb&mkt_tok=1", key="ep-55", title="Episode 55", media=SOUND,
                checksum="", updated_at=NOW,
            )
        )  # fmt: skip
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0008'"))

    assert migrations.migrate(engine)
    with writing(engine) as session:
        for number, url in enumerate(EARLIER, 1):
            for spelling in {url, url.replace("%c3%a4", "ä"), canonical(url) if number < 4 else url}:
                assert articles.find(session, spelling).id == number
        assert addresses.row(session, "https://harbour.example/a") is not None
        assert set(outcomes.data(session, "articles", [canonical(url) for url in EARLIER])) == set(
            map(canonical, EARLIER)
        )
        assert (
            outcomes.data(session, "articles", ["https://harbour.example/a"])["https://harbour.example/a"]["site"] == 1
        )
        assert sites.by_url(session, "https://harbour.example/") is not None
        info = EpisodeInfo(identity=identity.of_address(SOUND), key="x", title="Episode 55", media=SOUND)
        assert episodes.put(session, info, now=NOW)[0].key == "ep-55"
        again = ArticleText("https://harbour.example/a", "Story 1", (ParagraphText("The ferry is back."),))
        assert articles.put(session, again, now=NOW)[0].id == 1
    with reading(engine) as session:
        assert len(session.exec(select(Article)).all()) == len(EARLIER)


def test_lists_that_were_taken_for_one_video_become_what_they_are(engine: Engine) -> None:
    def line(number: int) -> EpisodeInfo:
        url = f"https://www.youtube.com/embed/videoseries?list=PLharbour{number}"
        return episode_from_record(
            {
                "id": f"ep-{number}",
                "title": f"Episode {number}",
                "date": "2026-01-01",
                "url": url,
                "show": "The Harbour's News",
            }
        )

    with writing(engine) as session:
        first, _ = episodes.put(session, line(1), now=NOW)
        first.identity, first.title, first.checksum = "youtube:videoseries", "Episode 2", "the second line"
        session.add(first)
        video = EpisodeInfo(
            identity="url:www.youtube.com/watch/NiRsample12",
            key="old",
            title="Bridge",
            url="https://www.youtube.com/watch/NiRsample12",
        )
        episodes.put(session, video, now=NOW)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0008'"))

    migrations.migrate(engine)
    with writing(engine) as session:
        for number in (1, 2):
            episodes.put(session, line(number), now=NOW)
        found = {row.key: (row.identity, row.title) for row in episodes.newest_first(session)}
    assert found == {
        "ep-1": ("import:the-harbours-news:ep-1", "Episode 1"),
        "ep-2": ("import:the-harbours-news:ep-2", "Episode 2"),
        "old": ("youtube:NiRsample12", "Bridge"),
    }
