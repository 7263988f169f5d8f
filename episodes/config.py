"""Settings from the environment, read once at the edge and passed down.

``NIR_HOME``          data folder; default: the platform's user data folder
``NIR_DATABASE_URL``  default ``sqlite:///$NIR_HOME/catalog.db``; ``postgresql+psycopg://user@host/name`` for the big catalog
``NIR_MODEL``         Whisper model by name or checkpoint by path; default ``base.en``
``NIR_COOKIES``       cookies file (Netscape form) of a login, for videos that only members see; default: none
``NIR_PROXY``         proxy for pages, as ``http://host:port``; default: what HTTP_PROXY and HTTPS_PROXY name, else none
``NIR_USER_AGENT``    what we call ourselves when we ask for pages; default: ``news-in-review/VERSION``
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_MODEL = "base.en"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data lives and which model hears."""

    home: Path
    database_url: str
    model: str = DEFAULT_MODEL
    cookies: Path | None = None
    proxy: str = ""
    user_agent: str = ""

    @property
    def media(self) -> Path:
        """Folder of the sound that was fetched."""
        return self.home / "media"

    @classmethod
    def of_home(cls, home: Path, model: str = DEFAULT_MODEL) -> Settings:
        """Settings of a data folder of its own, as ``nir demo`` uses."""
        return cls(home, f"sqlite:///{home / 'catalog.db'}", model)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the variables; an empty one counts as unset."""
        home = Path(environment.get("NIR_HOME") or _default_home()).expanduser().absolute()
        url = environment.get("NIR_DATABASE_URL") or f"sqlite:///{home / 'catalog.db'}"
        cookies = environment.get("NIR_COOKIES")
        return cls(
            home,
            url,
            environment.get("NIR_MODEL") or DEFAULT_MODEL,
            Path(cookies) if cookies else None,
            environment.get("NIR_PROXY") or "",
            environment.get("NIR_USER_AGENT") or "",
        )


def _default_home() -> str:
    from platformdirs import user_data_dir

    return user_data_dir("news-in-review", appauthor=False)
