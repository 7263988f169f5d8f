"""The catalog of a news show: what was said, what was written, and which belongs to which.

Layers, from the top down; a part sees only what stands below it, and neighbours do not see each other (tests/test_layers.py):

    cli/            the command ``nir``: thin
    testing.py      stand-ins for network and Whisper, to test programs that use this package

    web/            the reader's page and the JSON API
    api/            the Python API: ``open_catalog``, ``Catalog``
    assistants/     the same catalog over the Model Context Protocol

    documents/      the JSON contract: what ``--json``, the API and ``nir mcp`` return

    pipeline/       what the commands do: read -> decide -> write, one outcome an item

    catalog/        every read and write of the tables
    search/         passages, their index, queries
    sources/        episodes: yt-dlp and files
    articles/       pages and files with articles
    linking/        pure: evidence -> verdict
    alignment/      pure: paragraphs and segments -> which was said when
    sample/         the bundled sample show

    migrations/     the catalog's shape, step by step
    database/       engine and transactions
    models/         the tables

    guard/          the network, guarded: addresses, redirects, size, time
    files/          which files of this machine may be read, and how one is written
    feeds.py        the one door to feedparser

    help/           the manual: its topics as Markdown files
    values.py       what crosses the borders
    config.py       settings from the environment
    errors.py       what can go wrong, and its exit code
    logs.py         the loggers of all that deals with the outside world
    redaction.py    passwords out of what is shown
    deadline.py     how long an answer may take
    urls.py         web addresses: one canonical form, one key
    youtube.py      what an address of YouTube names
    slugs.py        words joined by dashes, for URLs, keys and file names
    names.py        text that every database takes
    episode_numbers.py  episode numbers in titles and texts
    dates.py        dates read and written
    batches.py      values some at a time

Beside this package ``transcripts`` makes timed words of sound; it knows nothing of this one.

From Python it is opened with ``open_catalog``. Nothing is imported before that is asked for:

    >>> from episodes import open_catalog
    >>> with open_catalog(home) as catalog:
    ...     [hit.title for hit in catalog.search("harbour bridge", where="said").hits]
    ['News in Review – Episode 12: The harbour bridge']
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from episodes.api.catalog import Catalog
    from episodes.api.opening import open_catalog
    from episodes.errors import CatalogError
    from episodes.values import Outcome

__all__ = ["Catalog", "CatalogError", "Outcome", "open_catalog"]

_HOMES = {
    "Catalog": "episodes.api.catalog",
    "CatalogError": "episodes.errors",
    "Outcome": "episodes.values",
    "open_catalog": "episodes.api.opening",
}


def __getattr__(name: str) -> object:
    """Import a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found
