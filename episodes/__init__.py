"""A catalog of a news show: transcribed episodes, articles, and the links between them.

Layers, top down: a part imports only from layers below it, never from its own layer (tests/test_layers.py).

    cli/            the command line ``nir``
    testing.py      stand-ins for network and Whisper, to test programs that use this package

    web/            the web pages and the JSON API
    api/            the Python API: ``open_catalog``, ``Catalog``
    assistants/     the Model Context Protocol server

    documents/      the JSON contract: what ``--json``, the API and ``nir mcp`` return

    pipeline/       what the commands do: read -> decide -> write, one outcome for each item

    catalog/        reads and writes the tables
    search/         full-text search: tokenizer, index, query parser, ranking
    sources/        reads episodes: from sites by yt-dlp, from files
    articles/       reads articles: from pages, feeds, sitemaps, files
    linking/        links episodes and articles: evidence -> verdict (pure)
    alignment/      aligns paragraphs with transcripts (pure)
    sample/         the bundled sample show

    migrations/     the schema, by Alembic revisions
    database/       engines, transactions, retries
    models/         the tables

    guard/          HTTP with limits: SSRF protection, redirects, size, time
    files/          which local files may be read; atomic writes
    feeds.py        feeds; the only module that imports feedparser

    help/           the manual: its topics as Markdown files
    values.py       value objects that the packages exchange
    config.py       settings from the environment
    errors.py       exceptions and their exit codes
    logs.py         loggers, redacted
    redaction.py    removes passwords from messages and URLs
    deadline.py     the deadline of a request
    urls.py         canonical URLs, deep links
    youtube.py      parses YouTube URLs
    tracking_parameters.py  parameters that are removed from canonical URLs
    slugs.py        words joined by dashes, for URLs, keys and file names
    names.py        names shortened to what an index can hold
    episode_numbers.py  episode numbers in titles and texts
    dates.py        parses and formats dates
    batches.py      splits values into batches

The package ``transcripts`` transcribes audio; it imports nothing from this one.

From Python, open a catalog with ``open_catalog``. Nothing is imported before it is used:

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
