"""Parse the lines between title and text in plain text: dek, byline, date, URL. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from episodes.articles.boilerplate import is_boilerplate
from episodes.articles.text_comparison import same_words
from episodes.dates import date_line, find_date, split_date
from episodes.episode_numbers import episode_number
from episodes.errors import ArticleError
from episodes.urls import canonical, host_of, youtube
from transcripts.text import one_line

_EPISODE = re.compile(r"(?<![A-Za-z])ep(?:isode)?s?(?![A-Za-z])|#\s?\d", re.IGNORECASE)
_DEK_WORDS = 16
#: Blank lines allowed between "By" and a name.
_EMPTY_LINES = 20
#: A line longer than this (characters) is not checked for labels; at most this many labels are removed, since one can hide another.
_LABELLED, _ROUNDS = 500, 10
#: Words around a date and a name: "Published 2 days ago on".
_LABEL = re.compile(
    r"\b(?:published|posted|updated|on|at|\d+ (?:second|minute|min|hour|day|week|month|year)s? (?:ago|read))\b"
    r"|^[\s:|,·–—-]+|(?<![\s:|,·–—-])[\s:|,·–—-]+$",
    re.IGNORECASE,
)
_BY_ALONE = re.compile(r"(?:(?:written|posted|published)\s+)?by:?", re.IGNORECASE)
_BY = re.compile(r"^(?:(?:written|posted|published|reported)\s+)?by:?\s+(?=\S)|^(?:author|writer)s?:\s*", re.IGNORECASE)
_PARTED = re.compile(r"\s*(?:,|;|\||&|\band\b|\s[–—·•-]\s)\s*")
_NAME = re.compile(r"[^\W\d_][\w.'’-]*")
_PARTICLES = {
    "de",
    "del",
    "della",
    "der",
    "den",
    "di",
    "da",
    "dos",
    "du",
    "la",
    "le",
    "van",
    "von",
    "zu",
    "bin",
    "ibn",
    "al",
    "el",
    "y",
    "of",
    "the",
}
_ADDRESS = re.compile(
    r"(?:(?:url|link|source|permalink|address|read at|original)\s*:\s*)?<?(https?://[^\s<>]+)>?", re.IGNORECASE
)
_VIDEO_HOSTS = ("vimeo.com", "rumble.com", "odysee.com", "dailymotion.com")
_FIELD = re.compile(r"^([A-Za-z_]+)\s*:\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Header:
    """What the lines around a title state; empty fields are unknown."""

    title: str = ""
    dek: str = ""
    authors: tuple[str, ...] = ()
    published: date | None = None
    address: str = ""


def names_episode(line: str) -> bool:
    """True if a short line names an episode: "Harbour Channel – News in Review – Episode 55."."""
    return len(line.split()) <= _DEK_WORDS and bool(_EPISODE.search(line)) and episode_number(line) is not None


def is_byline(line: str) -> bool:
    """True if a line says who wrote the text, and nothing else but when."""
    return bool(_byline(line))


def url_line(line: str) -> str:
    """Return the canonical URL of a line with nothing else in it (but "URL:"), or "". Videos do not count."""
    match = _ADDRESS.fullmatch(line.strip())
    if not match or youtube(match[1]) or f".{host_of(match[1])}".endswith(tuple(f".{host}" for host in _VIDEO_HOSTS)):
        return ""
    try:
        return canonical(match[1])
    except ArticleError:
        return ""


def read_header(lines: list[str], known: Header = Header()) -> tuple[Header, list[str]]:
    """Read the header lines of a part; return the header and the remaining lines.

    The title is the first line that is no URL and no date. Dek, byline, date and URL follow in any order.
    """
    header, at = known, 0
    while at < len(lines):
        line, below = _next_line(lines, at)
        extended = _with_line(line, header) if line else header
        if extended is None:
            break
        header, at = extended, below
    return header, lines[at:]


def read_front_matter(lines: list[str]) -> tuple[Header, list[str]]:
    """Read the YAML-like front matter of a Markdown file, ``name: value`` lines between two ``---``.

    Return the header and the remaining lines.
    """
    if not lines or lines[0].strip() != "---":
        return Header(), lines
    end = next((place for place, line in enumerate(lines[1:], 1) if line.strip() in ("---", "...")), None)
    if end is None:
        return Header(), lines
    matches = [match for line in lines[1:end] if (match := _FIELD.match(line))]
    fields = {match[1].lower(): one_line(match[2]).strip("\"'") for match in matches}
    return _of_fields(fields), lines[end + 1 :]


def _next_line(lines: list[str], at: int) -> tuple[str, int]:
    """Return a line and the index after it. A line "By" is joined with the next one, as in copied pages."""
    line, below = one_line(lines[at]), at + 1
    if not _BY_ALONE.fullmatch(line):
        return line, below
    place = next(
        (place for place in range(below, min(below + _EMPTY_LINES, len(lines))) if one_line(lines[place])), None
    )
    return (line, below) if place is None else (f"{line} {one_line(lines[place])}", place + 1)


def _with_line(line: str, header: Header) -> Header | None:
    """Return the header with what this line adds; None if the line belongs to the text."""
    if not header.address and (address := url_line(line)):
        return replace(header, address=address)
    if published := date_line(line):
        return replace(header, published=header.published or published)
    if is_boilerplate(line) or not _without_labels(line):
        return header
    if not header.title:
        return replace(header, title=_title(line))
    if same_words(line, header.title):
        return header
    if not header.dek and names_episode(line):
        return replace(header, dek=line)
    if authors := _byline(line):
        return replace(header, authors=header.authors or authors, published=header.published or find_date(line))
    return None


def _title(line: str) -> str:
    return one_line(re.sub(r"^(?:#{1,6}\s+|title:\s*)|\s+#+$", "", line, flags=re.IGNORECASE)).strip("*_ ") or line


def _byline(line: str) -> tuple[str, ...]:
    """Return the names in a byline; none if a sentence just begins with "By" ("By Monday the ferry was back")."""
    rest = _without_labels(split_date(line)[1])
    match = _BY.match(rest)
    if not match or len(line.split()) > _DEK_WORDS:
        return ()
    names = [name for part in _PARTED.split(rest[match.end() :]) if (name := _without_labels(part))]
    return tuple(names) if all(map(_is_name, names)) else ()


def _without_labels(line: str) -> str:
    for _ in range(_ROUNDS if len(line) <= _LABELLED else 0):
        previous, line = line, one_line(_LABEL.sub(" ", line))
        if line == previous:
            break
    return line


def _is_name(part: str) -> bool:
    words = part.split()
    capital = [word for word in words if not word[0].islower()]
    return (
        len(words) <= 5
        and bool(capital)
        and all(word in capital or word in _PARTICLES for word in words)
        and all(map(_NAME.fullmatch, words))
    )


def _of_fields(fields: dict[str, str]) -> Header:
    def first(names: Iterable[str]) -> str:
        return next((fields[name] for name in names if fields.get(name)), "")

    authors = [
        one_line(name).strip("\"' ") for name in _PARTED.split(first(("author", "authors", "byline")).strip("[]"))
    ]
    return Header(
        first(("title",)),
        first(("subtitle", "dek", "standfirst")),
        tuple(name for name in authors if name),
        find_date(first(("date", "published", "pubdate"))),
        url_line(first(("canonical", "canonical_url", "url", "link", "permalink"))),
    )
