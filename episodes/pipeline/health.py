"""Health checks (``nir doctor``): does each part work, and what to do if not."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from episodes import redaction
from episodes.config import Settings
from episodes.database import connect, reading, sqlite_file
from episodes.errors import CatalogError
from episodes.migrations import HEAD, catalog_revision
from transcripts.engine_options import EngineName, EngineOptions
from transcripts.errors import ModelError, TranscriptError

#: Free bytes below which an update of many episodes may fail.
LOW_DISK = 2e9

#: Free bytes for decoded audio below which a few long episodes at once may not fit: 115 MB per hour each.
LOW_WORK = 5e8

#: A search index more than this many times as large as PostgreSQL's shared_buffers is slow.
MAX_INDEX_RATIO = 8

#: JavaScript runtimes that solve YouTube's challenges for yt-dlp, the preferred first.
RUNTIMES = ("deno", "node", "bun", "qjs")


@dataclass(frozen=True, slots=True)
class Check:
    """The result for one part: ``good``, what was found or what to do, and whether the tool ``needed`` it to work at all."""

    name: str
    good: bool
    detail: str
    needed: bool = True


def checks(settings: Settings) -> Iterator[Check]:
    """Check each part in turn. Changes and downloads nothing; loading the model takes a moment."""
    yield from _database(settings)
    if str(settings.database_url).startswith("sqlite"):
        yield _full_text()
    yield from _rights(settings)
    yield from _hearing(settings.engine_options)
    yield Check(
        "yt-dlp", good=True, detail=f"{version('yt-dlp')}; sites change often: pip install -U 'yt-dlp[default]'"
    )
    yield _runtime()
    yield _disk("disk", settings.home, LOW_DISK)
    if settings.work.parent != settings.home:
        yield _disk("work", settings.work, LOW_WORK)


def _database(settings: Settings) -> Iterator[Check]:
    shown = redaction.redact_database_url(settings.database_url)
    file = _file(settings)
    if file and not file.exists():
        yield Check("database", good=True, detail=f"{shown}: not made yet, the first command makes it")
        return
    try:
        engine = connect(settings.database_url, reads=True)
        with ExitStack() as done, reading(engine) as session:
            done.callback(engine.dispose)
            found = catalog_revision(session.connection())
            memory = list(_memory(session))
    except CatalogError as error:
        yield Check("database", good=False, detail=str(error))
        return
    only_read = "; it can only be read" if file and not sqlite_file.writable(file) else ""
    yield Check("database", good=True, detail=f"{shown}, revision {found or 'none'} of {HEAD}{only_read}")
    yield from memory


def _file(settings: Settings) -> Path | None:
    """The catalog's file; None if it is not a SQLite file."""
    try:
        url = make_url(settings.database_url)
    except (ArgumentError, ValueError):
        return None
    return sqlite_file.file_of(url) if url.get_backend_name() == "sqlite" else None


def _rights(settings: Settings) -> Iterator[Check]:
    """Whether other users can read the catalog and the audio. New files are private; existing ones keep their permissions."""
    if os.name != "posix":
        return
    places = [settings.home, *filter(None, [_file(settings)])]
    unclosed = [place for place in places if place.exists() and place.stat().st_mode & 0o077]
    if any(place.is_file() for place in unclosed) or (unclosed and settings.media.exists()):
        close = "; ".join(f"chmod {'700' if place.is_dir() else '600'} {shlex.quote(str(place))}" for place in unclosed)
        yield Check("rights", good=False, detail=f"other users of this machine can read it: {close}", needed=False)
    else:
        yield Check("rights", good=True, detail="only you read the catalog's files")


def _memory(session: Session) -> Iterator[Check]:
    """Whether PostgreSQL's shared_buffers, small by default, can hold a good part of the search index."""
    if session.get_bind().dialect.name != "postgresql":
        return
    query = """SELECT coalesce(pg_total_relation_size(to_regclass('passage_index')), 0),
        pg_size_bytes(current_setting('shared_buffers'))"""
    index, kept = session.connection().execute(text(query)).one()
    detail = f"the search index has {index / 1e9:.1f} GB, PostgreSQL's shared_buffers {kept / 1e9:.1f} GB"
    good = index <= kept * MAX_INDEX_RATIO
    advice = "" if good else "; a quarter of the machine's memory, as its manual advises, makes searches faster"
    yield Check("memory", good, detail + advice, needed=False)


def _full_text() -> Check:
    """Whether SQLite has FTS5; PostgreSQL always has its full-text search."""
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    connection.close()
    good = "ENABLE_FTS5" in options
    return Check(
        "full text",
        good,
        f"SQLite {sqlite3.sqlite_version}{'' if good else ' without FTS5: use another Python, or PostgreSQL'}",
    )


def _hearing(choice: EngineOptions) -> Iterator[Check]:
    """The engine, its model, and how it computes. A model that is here is loaded for that, one that is not is not fetched."""
    from transcripts.engine.factory import locate, open_engine

    yield _engine(choice)
    try:
        place = locate(choice)
    except ModelError as error:
        yield Check("model", good=False, detail=str(error))
        return
    if place is None:
        first = "the first command that transcribes downloads it, such as `nir update`"
        yield Check("model", good=False, detail=f"{choice.model} is not on this machine yet; {first}", needed=False)
        return
    yield Check("model", good=True, detail=f"{choice.model} at {place}")
    with closing(open_engine(choice)) as engine:
        try:
            yield Check("hearing", good=True, detail=engine.remark)
        except TranscriptError as error:
            yield Check("hearing", good=False, detail=str(error))


def _engine(choice: EngineOptions) -> Check:
    """Which engine would run, and what is installed of the other."""
    from transcripts.engine.factory import faster_whisper_models

    faster = faster_whisper_models()
    if faster is None:
        add = "--engine faster-whisper needs: pip install 'news-in-review[faster]'"
        missing = choice.engine is EngineName.FASTER_WHISPER
        runs = "" if missing else f"{choice.engine} {version(choice.engine)}; "
        return Check("engine", good=not missing, detail=runs + add)
    folder, models = faster
    there = f"faster-whisper's models are in {folder}: {', '.join(models) or 'none yet'}"
    return Check("engine", good=True, detail=f"{choice.engine} {version(choice.engine)}; {there}")


def _runtime() -> Check:
    found = next((name for name in RUNTIMES if shutil.which(name)), None)
    missing = (
        "none of deno, node 20, bun, quickjs: YouTube will hide formats; see https://deno.com, or your system's nodejs"
    )
    return Check("JavaScript", good=found is not None, detail=found or missing, needed=False)


def _disk(name: str, folder: Path, low: float) -> Check:
    place = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(place).free
    return Check(name, good=free > low, detail=f"{free / 1e9:.1f} GB free at {place}", needed=False)
