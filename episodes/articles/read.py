"""Entry point: read the articles of a page or a path.

A failure is the outcome of one item (a page, a file, a line, a part of a page) and stops nothing else. Sitemaps, feeds
and whole sites are lists of pages: ``recognise`` handles them, and here they get an error that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from episodes.articles.charset import decode
from episodes.articles.http import LIMITS, Limits, Page, fetch
from episodes.articles.json_lines import read_json_lines
from episodes.articles.markup import is_html, without_comments
from episodes.articles.page import read_page
from episodes.articles.plain_text import read_plain_text
from episodes.errors import ArticleError, FileRefused, RateLimited
from episodes.files.reading import open_regular, really_below
from episodes.urls import has_scheme
from episodes.values import Outcome, Read, State
from transcripts.bounded_json import lines

_PAGES = {".html", ".htm", ".xhtml"}
_TEXTS = {".txt", ".text"}
_MARKDOWN = {".md", ".markdown"}
_LINES = {".jsonl", ".ndjson"}
#: Bytes of a plain text file, which may hold many articles.
_LARGEST = 64_000_000
_LISTS = {
    "feed": (re.compile(r"<(?:\w+:)?(?:rss|feed|RDF)\b"), "this is a feed; give its address, and it is followed"),
    "sitemap": (
        re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)\b"),
        "this is a sitemap; give its address, and it is followed",
    ),
}


def read(target: str, *, allow_private: bool = False, limits: Limits = LIMITS) -> Iterator[Read]:
    """Yield the articles at a URL (a page, plain text, JSON lines), in a file, or in all files of a folder.

    ``allow_private`` permits URLs of this machine and the local network.
    """
    if has_scheme(target) and not target.lower().startswith("file:"):
        yield from _guarded(target, _address(target, allow_private=allow_private, limits=limits))
        return
    path = _path(target)
    if path is None:
        yield _failed(
            target, "this names a file of another machine; give its http:// or https:// address, or a path of this one"
        )
    elif path.is_dir():
        yield from _folder(path)
    elif path.exists():
        yield from _guarded(str(path), _file(path), path)
    else:
        yield _failed(target, "there is no such file; an address begins with http:// or https://")


def _path(target: str) -> Path | None:
    """Return the path that the user named, also as a ``file:`` URL; None if it names another machine."""
    if not target.lower().startswith("file:"):
        return Path(target).expanduser()
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return Path(url2pathname(parts.path)) if parts.netloc.lower() in ("", "localhost") else None


def _address(url: str, *, allow_private: bool, limits: Limits) -> Iterator[Read]:
    yield from read_response(fetch(url, allow_private=allow_private, limits=limits))


def read_response(page: Page) -> Iterator[Read]:
    """Yield the articles in a response: an HTML page, plain text, JSON lines.

    Raises:
        ArticleError: there is none in it, or it is a list of pages.
    """
    suffix = Path(urlsplit(page.url).path).suffix.lower()
    if suffix in _LINES or re.search(r"json-?lines|jsonl|ndjson", page.content_type):
        yield from read_json_lines(page.body.splitlines(), page.url)
        return
    text = decode(page.body, page.charset)
    if page.content_type == "application/json" or page.content_type.endswith("+json"):
        raise ArticleError(page.url, "this is JSON, not a page; a file of JSON lines must be named .jsonl")
    if _is_plain(page, text):
        yield from read_plain_text(
            text, page.url, markdown=suffix in _MARKDOWN or page.content_type.endswith("markdown")
        )
    else:
        yield from _html(text, page.url)


def _is_plain(page: Page, text: str) -> bool:
    """True if a response is plain text: declared as such (and no HTML), or undeclared and without tags."""
    if page.content_type in ("text/plain", "text/markdown", "text/x-markdown", "application/markdown"):
        return not is_html(text)
    return not page.content_type and "<" not in text[:1000]


def _folder(folder: Path) -> Iterator[Read]:
    """Read all files in a folder and below, in order of name, without hidden ones.

    Files without articles, special files and links that lead out of the folder are skipped, each with an outcome.
    """
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or (path.is_dir() and not path.is_symlink()):
            continue
        if reason := _why_not(path, folder):
            yield Read(str(path), outcome=Outcome(str(path), State.SKIPPED, reason), path=path)
        else:
            yield from _guarded(str(path), _file(path), path)


def _why_not(path: Path, folder: Path) -> str:
    """Return why a file in a folder is not read, or ""."""
    try:
        really_below(path, folder)
    except FileRefused as error:
        return error.detail
    return "" if _reads(path) else _other_kind(path)


def _reads(path: Path) -> bool:
    return path.suffix.lower() in _PAGES | _TEXTS | _MARKDOWN | _LINES


def _other_kind(path: Path) -> str:
    return (
        f"no kind of file that articles come in ({path.suffix or 'no ending'}); there are .html, .txt, .md and .jsonl"
    )


def _file(path: Path) -> Iterator[Read]:
    suffix = path.suffix.lower()
    if suffix in _LINES:
        with open_regular(path) as file:
            yield from read_json_lines(lines(file), str(path))
        return
    if not _reads(path) and suffix not in (".xml", ".rss", ".atom"):
        raise ArticleError(path, _other_kind(path))
    with open_regular(path) as file:
        content = file.read(_LARGEST + 1)
    largest = LIMITS.size if suffix in _PAGES else _LARGEST
    if len(content) > largest:
        raise ArticleError(path, f"the page is larger than {largest / 1_000_000:g} MB")
    text = decode(content)
    if suffix in _TEXTS | _MARKDOWN and not is_html(text):
        yield from read_plain_text(text, path.resolve().as_uri(), markdown=suffix in _MARKDOWN)
    else:
        yield from _html(text, path.resolve().as_uri(), str(path))


def _html(text: str, url: str, item: str = "") -> Iterator[Read]:
    if kind := list_kind(text):
        raise ArticleError(item or url, _LISTS[kind][1])
    yield from read_page(text, url, item)


def list_kind(text: str) -> str:
    """Return "feed" or "sitemap" if a text is one, else ""."""
    head = without_comments(text[:4000])
    return next((kind for kind, (sign, _) in _LISTS.items() if sign.search(head) and not is_html(text)), "")


def _guarded(item: str, reads: Iterator[Read], path: Path | None = None) -> Iterator[Read]:
    """Pass reads on with their file; turn an error into a failed outcome of the whole item."""
    try:
        for one in reads:
            yield replace(one, path=path)
    except (ArticleError, FileRefused, RateLimited) as error:
        place = f" ({error.item})" if error.item not in (item, "") else ""
        yield _failed(item, f"{error.detail}{place}", path)
    except OSError as error:
        yield _failed(item, error.strerror or str(error), path)


def _failed(item: str, reason: str, path: Path | None = None) -> Read:
    return Read(item, outcome=Outcome(item, State.FAILED, reason), path=path)
