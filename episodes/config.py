"""Settings from the environment, read once at the edge and passed down.

``NIR_HOME``          data folder; default: the platform's user data folder
``NIR_DATABASE_URL``  default ``sqlite:///$NIR_HOME/catalog.db``; ``postgresql+psycopg://user@host/name`` for a large catalog
``NIR_MODEL``         Whisper model: a name, or the path of a checkpoint; default ``base.en``
``NIR_ENGINE``        ``openai-whisper`` (default) or ``faster-whisper``
``NIR_PRECISION``     ``auto`` (default), ``int8``, ``float32`` or ``float16``
``NIR_BATCH``         batch size, in windows of audio; default: as many as fit the machine
``NIR_PATIENCE``      timeout in seconds after which a silent speech engine counts as hung; default 1800
``NIR_WORK``          folder for temporary files of transcription, 115 MB for each hour of audio; default: ``$NIR_HOME/work``
``NIR_NAMES``         ``no``: Whisper gets no prompt with names to expect; for models trained without prompts (the distilled ones)
``NIR_COOKIES``       cookies file (Netscape format) of a login, for videos that only members see; default: none
``NIR_PROXY``         proxy for all requests, as ``http://host:port``; default: HTTP_PROXY and HTTPS_PROXY, else none
``NIR_LOG``           ``debug``, ``info``, ``warning`` or ``error``: what is logged to stderr; default: nothing
``NIR_USER_AGENT``    the User-Agent header of requests; default: ``news-in-review/VERSION``
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
    """Where the data is, how to transcribe, and how to fetch."""

    home: Path
    database_url: str | URL
    engine_options: EngineOptions = field(default_factory=EngineOptions)
    cookies: Path | None = None
    proxy: str = ""
    user_agent: str = ""
    #: Whether the engine gets a prompt with names to expect.
    names: bool = True

    @property
    def model(self) -> str:
        """Return the Whisper model's name or path."""
        return self.engine_options.model

    @property
    def media(self) -> Path:
        """Return the folder of downloaded media."""
        return self.home / "media"

    @property
    def work(self) -> Path:
        """Return the folder of temporary files. The system's /tmp is often in memory, and hours of audio take gigabytes."""
        return self.engine_options.folder or self.home / "work"

    @classmethod
    def of_home(cls, home: Path, model: str = EngineOptions().model) -> Settings:
        """Return the settings of a separate data folder, as ``nir demo`` uses."""
        return cls(home, _default_database(home), EngineOptions(model, folder=home / "work"))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment variables; an empty one counts as unset.

        Raises:
            Usage: a variable has an invalid value.
        """
        home = _home(environment)
        url = environment.get("NIR_DATABASE_URL") or _default_database(home)
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


def _default_database(home: Path) -> URL:
    """Build the URL from parts, since a folder's name may contain characters that have a meaning in a URL."""
    from sqlalchemy.engine import URL

    return URL.create("sqlite", database=str(home / "catalog.db"))


def _proxy(address: str) -> str:
    """Check the proxy URL. The error does not repeat it: the invalid part may belong to a password."""
    register_secrets(address)
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https", "socks5", "socks5h") and parts.hostname and parts.port != 0
    except ValueError:  # invalid port
        good = False
    if address and not good:
        raise Usage("NIR_PROXY", "not a URL such as http://host:port; in a password, write / ? # @ as %2F %3F %23 %40")
    return address


def engine_options(environment: Mapping[str, str] = os.environ) -> EngineOptions:
    """Read how to transcribe from the environment, for commands without a catalog.

    Raises:
        Usage: a variable has an invalid value.
    """
    plain = EngineOptions()
    work = environment.get("NIR_WORK")
    return EngineOptions(
        environment.get("NIR_MODEL") or plain.model,
        _choice(environment, "NIR_ENGINE", plain.engine),
        _choice(environment, "NIR_PRECISION", plain.precision),
        _number(environment, "NIR_BATCH") or plain.batch,
        _number(environment, "NIR_PATIENCE") or plain.step_timeout,
        Path(work).expanduser().absolute() if work else _home(environment) / "work",
    )


class LogLevel(StrEnum):
    """The least severe level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def log_level(environment: Mapping[str, str] = os.environ) -> LogLevel | None:
    """Read ``NIR_LOG``; None if nothing is to be logged.

    Raises:
        Usage: the level is unknown.
    """
    level = (environment.get("NIR_LOG") or "").casefold()
    return _choice({"NIR_LOG": level}, "NIR_LOG", LogLevel.INFO) if level else None


def _choice(environment: Mapping[str, str], name: str, default: Named) -> Named:
    value = environment.get(name) or default
    kind = type(default)
    if value not in set(kind):
        raise Usage(name, f"{value!r} is not one of {', '.join(kind)}")
    return kind(value)


def _number(environment: Mapping[str, str], name: str) -> int | None:
    value = environment.get(name)
    if not value:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise Usage(name, f"{value!r} is not a whole number above 0")
    return int(value)


def _default_home() -> str:
    from platformdirs import user_data_dir

    return user_data_dir("news-in-review", appauthor=False)
