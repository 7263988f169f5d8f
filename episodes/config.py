"""Settings from the environment, read once at the edge and passed down.

``NIR_HOME``          data folder; default: the platform's user data folder
``NIR_DATABASE_URL``  default ``sqlite:///$NIR_HOME/catalog.db``; ``postgresql+psycopg://user@host/name`` for the big catalog
``NIR_MODEL``         Whisper model by name or checkpoint by path; default ``base.en``
``NIR_ENGINE``        what runs it: ``openai-whisper`` (default) or ``faster-whisper``
``NIR_PRECISION``     ``auto`` (default), ``int8``, ``float32`` or ``float16``
``NIR_BATCH``         windows of sound heard at once; default: as many as fit the machine
``NIR_PATIENCE``      seconds without a sign of life after which the speech engine counts as hung; default 1800
``NIR_WORK``          folder for what is needed only while sound is heard, 115 MB an hour of it; default: ``$NIR_HOME/work``
``NIR_NAMES``         ``no``: Whisper is not told which names to expect; for models that learned without prompts (the distilled ones)
``NIR_COOKIES``       cookies file (Netscape form) of a login, for videos that only members see; default: none
``NIR_PROXY``         proxy for all that is fetched, as ``http://host:port``; default: what HTTP_PROXY and HTTPS_PROXY name, else none
``NIR_LOG``           ``debug``, ``info``, ``warning`` or ``error``: what stderr tells of the outside world; default: nothing
``NIR_USER_AGENT``    what we call ourselves when we ask for pages; default: ``news-in-review/VERSION``
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from episodes.errors import Usage
from episodes.redaction import register_secrets
from transcripts.engine_options import EngineOptions

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

Named = TypeVar("Named", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data lives and what hears."""

    home: Path
    database_url: str | URL
    engine_options: EngineOptions = field(default_factory=EngineOptions)
    cookies: Path | None = None
    proxy: str = ""
    user_agent: str = ""
    #: Whether the engine is told which names to expect.
    names: bool = True

    @property
    def model(self) -> str:
        """The model's name or path."""
        return self.engine_options.model

    @property
    def media(self) -> Path:
        """Folder of the sound that was fetched."""
        return self.home / "media"

    @property
    def work(self) -> Path:
        """Folder of what is needed only while sound is heard. The system's own is often memory, and hours of sound are gigabytes."""
        return self.engine_options.folder or self.home / "work"

    @classmethod
    def of_home(cls, home: Path, model: str = EngineOptions().model) -> Settings:
        """Settings of a data folder of its own, as ``nir demo`` uses."""
        return cls(home, _own_database(home), EngineOptions(model, folder=home / "work"))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the variables; an empty one counts as unset.

        Raises:
            Usage: one has a value that it cannot have.
        """
        home = _home(environment)
        url = environment.get("NIR_DATABASE_URL") or _own_database(home)
        cookies = environment.get("NIR_COOKIES")
        return cls(
            home,
            url,
            engine_options(environment),
            Path(cookies) if cookies else None,
            _proxy(environment.get("NIR_PROXY") or ""),
            environment.get("NIR_USER_AGENT") or "",
            (environment.get("NIR_NAMES") or "yes").casefold() not in ("no", "off", "false", "0"),
        )


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("NIR_HOME") or _default_home()).expanduser().absolute()


def _own_database(home: Path) -> URL:
    """An address by its parts, since a folder's name may have any character that means something in an address."""
    from sqlalchemy.engine import URL

    return URL.create("sqlite", database=str(home / "catalog.db"))


def _proxy(address: str) -> str:
    """The proxy, if it can be one. The error does not repeat it: what is wrong may be a part of its password."""
    register_secrets(address)
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https", "socks5", "socks5h") and parts.hostname and parts.port != 0
    except ValueError:  # its port is no number
        good = False
    if address and not good:
        raise Usage(
            "NIR_PROXY", "no address such as http://host:port; in a password, / ? # @ are written as %2F %3F %23 %40"
        )
    return address


def engine_options(environment: Mapping[str, str] = os.environ) -> EngineOptions:
    """What hears, and in which folder; whoever needs no catalog need not know more.

    Raises:
        Usage: a variable has a value that it cannot have.
    """
    plain = EngineOptions()
    work = environment.get("NIR_WORK")
    return EngineOptions(
        environment.get("NIR_MODEL") or plain.model,
        _named(environment, "NIR_ENGINE", plain.engine),
        _named(environment, "NIR_PRECISION", plain.precision),
        _number(environment, "NIR_BATCH") or plain.batch,
        _number(environment, "NIR_PATIENCE") or plain.step_timeout,
        Path(work).expanduser().absolute() if work else _home(environment) / "work",
    )


class LogLevel(StrEnum):
    """How much is told."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def log_level(environment: Mapping[str, str] = os.environ) -> LogLevel | None:
    """What ``NIR_LOG`` says; None where nothing is to be told.

    Raises:
        Usage: it is no level.
    """
    said = (environment.get("NIR_LOG") or "").casefold()
    return _named({"NIR_LOG": said}, "NIR_LOG", LogLevel.INFO) if said else None


def _named(environment: Mapping[str, str], name: str, default: Named) -> Named:
    value = environment.get(name) or default
    kind = type(default)
    if value not in set(kind):
        raise Usage(name, f"{value!r} is none of {', '.join(kind)}")
    return kind(value)


def _number(environment: Mapping[str, str], name: str) -> int | None:
    value = environment.get(name)
    if not value:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise Usage(name, f"{value!r} is no whole number above 0")
    return int(value)


def _default_home() -> str:
    from platformdirs import user_data_dir

    return user_data_dir("news-in-review", appauthor=False)
