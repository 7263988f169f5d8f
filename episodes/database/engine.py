"""Connect to the catalog's database, SQLite or PostgreSQL, by its URL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlmodel import create_engine

from episodes import redaction
from episodes.database import sqlite, writer_lock
from episodes.errors import DatabaseUnreachable
from episodes.logs import logger
from episodes.redaction import register_secrets

log = logger(__name__)

SUPPORTED = "only sqlite:///FILE and postgresql+psycopg://USER@HOST/NAME are supported"


def connect(url: str | URL, *, reads: bool = False) -> Engine:
    """Return an engine for the catalog at ``url``. A SQLite file and its folder are created, private to their owner.

    With ``reads``, a SQLite file without write permission is opened as well, read-only.

    Raises:
        DatabaseUnreachable: the URL is invalid, it names another database, its driver is missing, or the folder cannot be created.
        NotAllowed: the SQLite file cannot be written, and ``reads`` is false.
    """
    register_secrets(url if isinstance(url, str) else url.render_as_string(hide_password=False))
    try:
        parsed = make_url(url)
        log.debug("catalog: %s%s", redaction.redact_database_url(parsed), ", read-only" if reads else "")
        if parsed.get_backend_name() == "sqlite":
            return sqlite.engine(parsed, reads=reads)
        if parsed.get_backend_name() != "postgresql":
            raise DatabaseUnreachable(redaction.redact_database_url(parsed), SUPPORTED)
        return _postgres(parsed, parsed.get_driver_name())
    except ModuleNotFoundError as error:
        install = f"{error}; `pip install 'news-in-review[postgres]'` installs PostgreSQL's driver"
        hint = install if parsed.get_driver_name() == "psycopg" else SUPPORTED
        raise DatabaseUnreachable(redaction.redact_database_url(url), hint) from error
    except (
        ArgumentError,
        NoSuchModuleError,
        ValueError,
        TypeError,
    ) as error:  # their messages repeat the URL: not shown
        raise DatabaseUnreachable(
            redaction.redact_database_url(url), f"this is not a database URL; {SUPPORTED}"
        ) from error
    except OSError as error:
        raise DatabaseUnreachable(redaction.redact_database_url(url), error) from error


def _postgres(url: URL, driver: str) -> Engine:
    # A prepared statement is planned once for all values, as if every word were rare: a search would read the whole index.
    unprepared = {"prepare_threshold": None} if driver == "psycopg" else {}
    engine = create_engine(url, pool_pre_ping=True, connect_args=unprepared)
    event.listen(engine, "connect", _set_timeouts)
    return engine


def _set_timeouts(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is an extra
    """Limit waiting for a lock, and let the server detect a dead client that holds one (TCP keepalive)."""
    cursor = connection.cursor()
    cursor.execute(
        f"SELECT set_config('lock_timeout', '{writer_lock.LOCK_TIMEOUT}s', false), set_config('tcp_keepalives_idle', '60', false), "
        "set_config('tcp_keepalives_interval', '15', false), set_config('tcp_keepalives_count', '4', false)"
    )
    cursor.close()
    connection.commit()
