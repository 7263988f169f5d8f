"""Open a catalog with the command line's defaults."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from episodes.api import arguments
from episodes.api.catalog import Catalog
from episodes.config import Settings
from episodes.database import connect
from episodes.database.sqlite_file import file_of
from episodes.errors import NoSuchFile
from episodes.migrations import migrate
from episodes.pipeline.run import Run
from episodes.values import Progress, Transcribe
from transcripts.engine_options import EngineOptions

if TYPE_CHECKING:
    from episodes.pipeline.run import Source
    from transcripts.engine import Engine

Choice = TypeVar("Choice", bound=StrEnum)


def open_catalog(
    home: str | os.PathLike[str] | None = None,
    database_url: str | None = None,
    *,
    read_only: bool = False,
    model: str = "",
    engine: str | Engine = "",
    precision: str = "",
    batch: int | None = None,
    transcribe: str = "missing",
    language: str = "",
    words: bool = True,
    allow_private: bool = False,
    source: Source | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Catalog:
    """Open a catalog; make it if it does not exist.

    Without arguments this is the command line's catalog: ``NIR_HOME``, ``NIR_DATABASE_URL`` and the other variables apply. ``home`` is
    another data folder; the catalog is then its ``catalog.db``, unless ``database_url`` names a database.

    With ``read_only`` the catalog must exist, may lie where nothing can be written, and methods that change it raise ``NotAllowed``;
    one of an older version is migrated first.

    The other arguments are the options of ``nir update``. ``engine`` takes a loaded engine as well as a name, and ``source`` replaces
    yt-dlp; ``episodes.testing`` has one of each. ``on_progress`` is called during long work.

        >>> from episodes import open_catalog
        >>> from episodes.testing import FakeEngine, FakeSource, episode
        >>> with open_catalog(folder, engine=FakeEngine(), source=FakeSource({1: episode(1)})) as catalog:
        ...     _ = catalog.follow("https://video.example/channel")
        ...     states = [outcome.state.value for outcome in catalog.update()]
        ...     titles = [episode.title for episode in catalog.episodes()]
        >>> states, titles
        (['done', 'done', 'done'], ['News in Review – Episode 1'])

    Raises:
        Usage: an argument or a variable has an invalid value.
        NoSuchFile: there is no catalog, and ``read_only`` was asked for.
        DatabaseUnreachable: the database cannot be opened.
        NotAllowed: it cannot be written, and ``read_only`` was not asked for, or an older catalog needs a migration.
        TooNew: a newer version of the program made it.
    """
    settings = _settings(home, database_url)
    name = engine if isinstance(engine, str) else ""
    settings = replace(settings, engine_options=_options(settings.engine_options, model, name, precision, batch))
    wanted = _choice("transcribe", transcribe, Transcribe.MISSING)
    if read_only:
        _check_exists(settings.database_url)
    database = connect(settings.database_url, reads=read_only)
    migrate(database)
    run = Run(
        database,
        settings,
        load_engine=_loader(settings.engine_options) if isinstance(engine, str) else lambda _: engine,
        custom_source=source,
        allow_private=allow_private,
        transcribe=wanted,
        language=language,
        words=words,
    )
    run.report = on_progress or run.report
    return Catalog(run, read_only=read_only)


def _check_exists(database_url: str | URL) -> None:
    """Raise NoSuchFile for a SQLite file that is not there. What is wrong with a URL, ``connect`` reports."""
    with suppress(ArgumentError):
        url = make_url(database_url)
        path = file_of(url) if url.get_backend_name() == "sqlite" else None
        if path and not path.exists():
            raise NoSuchFile(path, "there is no catalog here; open it without read_only to make one")


def _settings(home: str | os.PathLike[str] | None, database_url: str | None) -> Settings:
    environment = dict(os.environ)
    if home is not None:
        environment |= {"NIR_HOME": os.fspath(home), "NIR_DATABASE_URL": ""}
    if database_url is not None:
        environment["NIR_DATABASE_URL"] = database_url
    return Settings.from_environment(environment)


def _options(had: EngineOptions, model: str, engine: str, precision: str, batch: int | None) -> EngineOptions:
    return replace(
        had,
        model=model or had.model,
        engine=_choice("engine", engine, had.engine),
        precision=_choice("precision", precision, had.precision),
        batch=batch or had.batch,
    )


def _choice(argument: str, value: str, default: Choice) -> Choice:
    kind = type(default)
    return kind(arguments.one_of(argument, value or default, [one.value for one in kind]))


def _loader(options: EngineOptions) -> Callable[[str], Engine]:
    """Load the engine as the commands do, in a process of its own, but without a progress bar for its download."""

    def load(_model: str) -> Engine:
        from transcripts.engine.factory import open_engine

        engine = open_engine(options)
        engine.start()
        return engine

    return load
