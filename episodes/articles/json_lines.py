"""Read JSON lines: one article per line, ``{"url", "title", "date"?, "authors"?, "paragraphs": […]}``.

``"text"`` may replace paragraphs. The other fields of an article (site, dek, video_ids, links) are read too; unknown
keys are kept in ``extra``. A paragraph is a text or ``{"text", "kind"}``. A bad line is reported by file and line
number and stops nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from episodes.articles.plain_text import split_paragraphs
from episodes.dates import implausible_date, parse_date_field
from episodes.errors import ArticleError
from episodes.urls import canonical, youtube_ids_in
from episodes.values import ArticleText, Outcome, ParagraphKind, ParagraphText, Read, State
from transcripts.bounded_json import LARGEST, loads
from transcripts.text import one_line, storable, storable_json

_KNOWN = ("url", "title", "date", "authors", "paragraphs", "text", "site", "dek", "video_ids", "links")

#: A JSON object as it was read.
Object = dict[str, Any]


def read_json_lines(lines: Iterable[bytes | None], name: str) -> Iterator[Read]:
    """Yield the articles of JSON lines. ``name`` is the file or URL that they come from. Blank lines are skipped."""
    for number, line in enumerate(lines, 1):
        if line is None or line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield _read_line(line, f"{name}:{number}")


def _read_line(line: bytes | None, item: str) -> Read:
    try:
        return Read(item, _article(_object(line)))
    except (ArticleError, ValueError, RecursionError, MemoryError) as error:
        detail = f"{error.item}: {error.detail}" if isinstance(error, ArticleError) else str(error)
        return Read(item, outcome=Outcome(item, State.FAILED, detail))


def _object(line: bytes | None) -> Object:
    """Parse the object in a line. None stands for a line that was too long to read.

    Raises:
        ValueError: too long, not UTF-8, not JSON, not an object, nested too deeply, or with NaN or Infinity.
    """
    if line is None:
        message = f"the line is longer than {LARGEST // 2**20} MB"
        raise ValueError(message)
    try:
        value = loads(line.decode("utf-8-sig"), constant=_no_number)
    except UnicodeDecodeError as error:
        message = f"it is not UTF-8: {error.reason} at byte {error.start + 1}"
        raise ValueError(message) from error
    except json.JSONDecodeError as error:
        message = f"it is not valid JSON: {error.msg} at column {error.colno}"
        raise ValueError(message) from error
    if not isinstance(value, dict):
        message = 'each line must be a JSON object: {"url": …, "title": …, "paragraphs": […]}'
        raise ValueError(message)
    return value


def _article(item: Object) -> ArticleText:
    paragraphs = _paragraphs(item)
    text = "\n".join(part.text for part in paragraphs if part.text)
    ids = _texts(item, "video_ids") if item.get("video_ids") else youtube_ids_in(text)
    extra = {storable(key): storable_json(value) for key, value in item.items() if key not in _KNOWN}
    day, doubted = _date(item)
    if doubted:
        extra["date"] = doubted
    return ArticleText(
        canonical(_text(item, "url", wanted=True)),
        _text(item, "title", wanted=True),
        paragraphs,
        day,
        _texts(item, "authors"),
        _text(item, "site"),
        _text(item, "dek"),
        ids,
        tuple(canonical(link) for link in _texts(item, "links")),
        extra,
        (implausible_date(doubted),) if doubted else (),
    )


def _paragraphs(item: Object) -> tuple[ParagraphText, ...]:
    given = item.get("paragraphs")
    if given is None and isinstance(item.get("text"), str):
        given = split_paragraphs(item["text"])
    if not isinstance(given, list):
        raise ValueError('"paragraphs" (a list) or "text" is missing')
    found = tuple(_paragraph(one) for one in given)  # keep empty ones: paragraph numbers count them
    if not any(part.text for part in found):
        raise ValueError("its paragraphs have no text")
    return found


def _paragraph(given: object) -> ParagraphText:
    text, kind = (given.get("text"), given.get("kind") or "text") if isinstance(given, dict) else (given, "text")
    if not isinstance(text, str):
        raise ValueError('a paragraph is a text, or {"text": …, "kind": …}')
    if kind not in list(ParagraphKind):
        message = f"unknown kind of paragraph: {kind!r} (there are {', '.join(ParagraphKind)})"
        raise ValueError(message)
    return ParagraphText(one_line(text), ParagraphKind(kind))


def _text(item: Object, key: str, *, wanted: bool = False) -> str:
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        message = f'"{key}" is not a text'
        raise ValueError(message)
    text = one_line(value or "")
    if wanted and not text:
        message = f'"{key}" is missing'
        raise ValueError(message)
    return text


def _texts(item: Object, key: str) -> tuple[str, ...]:
    value = item.get(key)
    values = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        message = f'"{key}" is not a list of texts'
        raise ValueError(message)
    return tuple(text for one in values if (text := one_line(one)))


def _date(item: Object) -> tuple[date | None, str]:
    """Return the day, and the text of an implausible date."""
    text = _text(item, "date")
    try:
        return parse_date_field(text)
    except ValueError as error:
        message = f'"date" is not a date: {text!r}; write it as 2026-05-04'
        raise ValueError(message) from error


def _no_number(name: str) -> float:
    message = f"{name} is not a JSON number"
    raise ValueError(message)
