"""What the tool stands on: does each part work, and what to do where it does not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from episodes.config import Settings
from episodes.database import connect, reading
from episodes.errors import CatalogError
from episodes.migrations import HEAD
from episodes.migrations import version as revision

#: Free space under which an update of many episodes may not end well.
LOW_DISK = 2e9

#: Programs that solve YouTube's riddles for yt-dlp, the preferred first.
RUNTIMES = ("deno", "node", "bun", "qjs")


@dataclass(frozen=True, slots=True)
class Check:
    """One part: whether it is good, what was seen or what to do, and whether nothing works without it."""

    name: str
    good: bool
    detail: str
    needed: bool = True


def checks(settings: Settings) -> Iterator[Check]:
    """Look at each part in turn; changes nothing, downloads nothing."""
    yield _database(settings)
    yield _full_text()
    yield _model(settings.model)
    yield Check(
        "yt-dlp", good=True, detail=f"{version('yt-dlp')}; sites change often: pip install -U 'yt-dlp[default]'"
    )
    yield _runtime()
    yield _disk(settings.home)


def _database(settings: Settings) -> Check:
    if settings.database_url.startswith("sqlite") and not (settings.home / "catalog.db").exists():
        return Check("database", good=True, detail=f"{settings.database_url}: not made yet, the first command makes it")
    try:
        with reading(connect(settings.database_url)) as session:
            found = revision(session.connection())
    except CatalogError as error:
        return Check("database", good=False, detail=str(error))
    return Check(
        "database",
        good=True,
        detail=f"{session.get_bind().engine.url.render_as_string()}, revision {found or 'none'} of {HEAD}",
    )


def _full_text() -> Check:
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    connection.close()
    good = "ENABLE_FTS5" in options
    return Check(
        "full text",
        good,
        f"SQLite {sqlite3.sqlite_version}{'' if good else ' without FTS5: use another Python, or PostgreSQL'}",
    )


def _model(name: str) -> Check:
    from transcripts.engine import find

    place = find(name)
    detail = (
        f"{name} at {place}" if place else f"{name} is not on this machine yet; the first transcription downloads it"
    )
    return Check("model", good=place is not None, detail=detail, needed=False)


def _runtime() -> Check:
    found = next((name for name in RUNTIMES if shutil.which(name)), None)
    missing = "none of deno, node 20, bun, quickjs: YouTube will hide formats; install deno"
    return Check("JavaScript", good=found is not None, detail=found or missing, needed=False)


def _disk(home: Path) -> Check:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    return Check("disk", good=free > LOW_DISK, detail=f"{free / 1e9:.1f} GB free at {place}", needed=False)
