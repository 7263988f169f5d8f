"""Catalogs from which killed commands begin, made once for each database in the undisturbed way; whoever uses one takes a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Engine, MetaData, Table, insert, inspect, select, text

from episodes.catalog import copying, shows
from episodes.config import Settings
from episodes.database import connect, writing
from episodes.migrations import migrate, upgrade
from episodes.models import metadata
from episodes.pipeline.adding_articles import add_articles
from episodes.pipeline.backups import backup
from episodes.pipeline.importing import import_paths
from episodes.pipeline.linking import link_all
from episodes.pipeline.run import Run
from episodes.pipeline.update import update
from episodes.values import Outcome, State
from tests.quality.attack.ground import Ground
from tests.quality.attack.newsroom import EARLIER, ONLINE, Newsroom, files, news

#: What catalogs were like before hearing, marks and corrections.
OLD = "0003"


@dataclass(frozen=True)
class Beginnings:
    """Addresses of catalogs by their names, the folder with files to read, and words to search for.

    ``nothing`` has no tables; ``imported`` has episodes, ``read`` articles, too, ``linked`` all; ``old`` is ``linked`` in the shape of an
    earlier release; ``followed`` follows a feed and a blog, which have grown since.
    """

    at: dict[str, str]
    files: Path
    queries: tuple[str, ...]

    @classmethod
    def make(cls, on: Ground, kind: str, stack: ExitStack) -> Beginnings:
        """All of them on one kind of database; they go, and the newsroom closes, with the stack."""
        folder = on.place("files")
        episodes, articles = files(folder)
        maker = _Maker(on, kind, stack)
        at = {"nothing": maker.made("")}
        at["imported"] = maker.made("", migrate_first, lambda run: done(import_paths(run, [episodes])))
        at["read"] = maker.made(at["imported"], lambda run: done(add_articles(run, [str(articles)])))
        at["linked"] = maker.made(at["read"], link_all)
        source = connect(at["linked"])
        backup(source, folder / "saved.db")
        at["old"] = maker.made("", lambda run: age(source, run.database))
        source.dispose()
        newsroom = stack.enter_context(Newsroom())
        at["followed"] = maker.made("", migrate_first, lambda run: follow(run, newsroom))
        newsroom.publish(ONLINE)
        words = news(ONLINE)[0][1].text.split()
        return cls(at, folder, (" ".join(words[:2]), words[40], f'"{words[70]} {words[71]}"'))


@dataclass
class _Maker:
    on: Ground
    kind: str
    stack: ExitStack

    def made(self, like: str, *steps: Callable[[Run], object]) -> str:
        home = self.on.place("beginning")
        url = self.stack.enter_context(self.on.database(self.kind, home, like=like))
        engine = connect(url)
        settings = Settings.from_environment(self.on.environment(home, url))
        for step in steps:
            step(Run(engine, settings, allow_private=True))
        engine.dispose()
        return url


def migrate_first(run: Run) -> None:
    """All tables, empty."""
    migrate(run.database)


def done(outcomes: Iterable[Outcome]) -> None:
    """All of it, and nothing failed."""
    for one in outcomes:
        if one.state is State.FAILED:
            raise RuntimeError(f"{one.item}: {one.reason}")


def follow(run: Run, newsroom: Newsroom) -> None:
    """Follow the feed and the blog of the newsroom when they are young."""
    newsroom.publish(EARLIER)
    with writing(run.database) as session:
        shows.add(session, newsroom.feed, title="", match="", now=run.now())
    done(add_articles(run, [newsroom.url]))
    done(update(run))


def age(source: Engine, target: Engine) -> None:
    """Give the empty ``target`` the shape of an earlier release, and the rows of ``source``."""
    with target.begin() as there:
        upgrade(there, OLD)
        names = {
            name: {column["name"] for column in inspect(there).get_columns(name)}
            for name in inspect(there).get_table_names()
        }
        with source.connect() as here:
            for table in (one for one in metadata.sorted_tables if one.name in names):
                columns = [column for column in table.columns if column.name in names[table.name]]
                rows = [dict(row) for row in here.execute(select(*columns)).mappings()]
                old = Table(table.name, MetaData(), *(Column(column.name, column.type) for column in columns))
                if rows:
                    there.execute(insert(old), rows)
                copying._advance_sequence(there, table)
            index = INDEX[there.dialect.name]
            there.execute(text(index[1]), [dict(row) for row in here.execute(text(index[0])).mappings()])


#: How the index is read today, and written as it was: titles had no lexemes of their own on PostgreSQL.
INDEX = {
    "sqlite": (
        "SELECT rowid AS id, title, body, forms FROM passage_index",
        "INSERT INTO passage_index (rowid, title, body, forms) VALUES (:id, :title, :body, :forms)",
    ),
    "postgresql": (
        """SELECT passage_id AS id, CAST(ts_delete(lexemes, ARRAY(
        SELECT term FROM unnest(tsvector_to_array(lexemes)) AS term WHERE term LIKE '†%')) AS text) AS lexemes FROM passage_index""",
        "INSERT INTO passage_index (passage_id, lexemes) VALUES (:id, CAST(:lexemes AS tsvector))",
    ),
}
