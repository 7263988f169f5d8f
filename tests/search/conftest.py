"""The small town's news in both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from episodes import database
from tests.search.town import Newsroom, fill


@pytest.fixture
def newsroom(engine: Engine) -> Iterator[Newsroom]:
    """An empty catalog on each database, in one open transaction."""
    with database.writing(engine) as session:
        yield Newsroom(session)


@pytest.fixture(scope="module")
def both(
    sqlite_template: Path,
    postgres_template: Callable[[str], AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Engine, Engine]]:
    """The town's news on SQLite and on PostgreSQL; not to be written to."""
    file = tmp_path_factory.mktemp("both") / "catalog.db"
    file.write_bytes(sqlite_template.read_bytes())
    with postgres_template("both_catalogs") as url:
        engines = database.connect(f"sqlite:///{file}"), database.connect(url)
        for engine in engines:
            with database.writing(engine) as session:
                fill(Newsroom(session))
        yield engines
        for engine in engines:
            engine.dispose()
