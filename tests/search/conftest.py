"""The small town's news in both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine

from episodes import database
from tests.search.town import Newsroom, fill

OnBoth = Callable[[str, Callable[[Newsroom], object]], tuple[Engine, Engine]]


@pytest.fixture
def newsroom(engine: Engine) -> Iterator[Newsroom]:
    """An empty catalog on each database, in one open transaction."""
    with database.writing(engine) as session:
        yield Newsroom(session)


@pytest.fixture(scope="module")
def on_both(
    sqlite_template: Path,
    postgres_template: Callable[[str], AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OnBoth]:
    """Makes the same catalog on SQLite and on PostgreSQL; not to be written to afterwards."""
    with ExitStack() as open_ones:

        def make(name: str, fill_it: Callable[[Newsroom], object]) -> tuple[Engine, Engine]:
            file = tmp_path_factory.mktemp(name) / "catalog.db"
            file.write_bytes(sqlite_template.read_bytes())
            url = open_ones.enter_context(postgres_template(name))
            engines = database.connect(f"sqlite:///{file}"), database.connect(url)
            for engine in engines:
                open_ones.callback(engine.dispose)
                with database.writing(engine) as session:
                    fill_it(Newsroom(session))
            return engines

        yield make


@pytest.fixture(scope="module")
def both(on_both: OnBoth) -> tuple[Engine, Engine]:
    """The town's news on SQLite and on PostgreSQL."""
    return on_both("both_catalogs", fill)
