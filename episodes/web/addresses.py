"""Build the URLs of this site's pages, and check which external addresses may be links. Pure."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from urllib.parse import quote, urlencode

from episodes.urls import host_of, split, web_address
from transcripts.clock import parse_clock

#: Maximum length of a query passed on from page to page.
MAX_CARRIED_QUERY = 300


#: A paragraph beside a transcript: article id and position in the article.
ParagraphRef = tuple[int, int]
_PARAGRAPH_REF = re.compile(r"(\d{1,9})-(\d{1,6})", re.ASCII)


def of_episode(
    key: str,
    *,
    at: float | None = None,
    words: str = "",
    paragraph: ParagraphRef | None = None,
    to_paragraph: bool = False,
) -> str:
    """Return the URL of an episode's page.

    ``at``: opened at this second. ``words``: highlighted. ``paragraph``: selected beside the transcript; with
    ``to_paragraph`` the page opens there instead of at the second.
    """
    time = f"t={second(at)}" if at is not None else ""
    ref = f"p={ref_name(paragraph)}" if paragraph else ""
    anchor = f"#p-{ref_name(paragraph)}" if paragraph and to_paragraph else f"#t-{second(at)}" if at is not None else ""
    return f"/e/{_quoted(key)}{_query(time, ref, _query_words(words))}{anchor}"


def ref_name(ref: ParagraphRef) -> str:
    """Return the name of a paragraph in URLs and anchors: "7-3"."""
    return f"{ref[0]}-{ref[1]}"


def parse_ref(text: str) -> ParagraphRef | None:
    """Parse ``p=7-3``; return None if invalid."""
    found = _PARAGRAPH_REF.fullmatch(text.strip())
    return (int(found[1]), int(found[2])) if found else None


def of_article(number: int, *, paragraph: int | None = None, words: str = "") -> str:
    """Return the URL of an article's page, optionally at a paragraph, with a query to highlight."""
    return f"/a/{number}{_query(_query_words(words))}" + (f"#p-{paragraph}" if paragraph is not None else "")


def of_transcript(key: str, form: str) -> str:
    """Return the URL of an episode's transcript in a format."""
    return f"/api/episodes/{quote(key, safe='')}/transcript.{form}"


def of_media(key: str) -> str:
    """Return the URL of an episode's media file on this site."""
    return f"/media/{quote(key, safe='')}"


@lru_cache(maxsize=64)  # an episode's page has a thousand URLs with the same key and query
def _quoted(key: str) -> str:
    return quote(key, safe="")


@lru_cache(maxsize=64)
def _query_words(words: str) -> str:
    return urlencode({"q": words}) if words.strip() and len(words) <= MAX_CARRIED_QUERY else ""


def _query(*said: str) -> str:
    asked = "&".join(filter(None, said))
    return f"?{asked}" if asked else ""


def second(seconds: float | None) -> int:
    """Round down to a whole second; return 0 for None, NaN and infinity."""
    return max(0, math.floor(seconds)) if seconds is not None and math.isfinite(seconds) else 0


def parse_time(text: str) -> int | None:
    """Parse ``t=754``, ``t=754s`` or ``t=12:34`` to seconds; return None if invalid."""
    text = text.strip()[:20]
    if ":" in text:
        found = parse_clock(text)
        return None if found is None else second(found)
    digits = text.removesuffix("s").partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 8 else None


def clickable(address: str) -> str:
    """Return an external address if it is safe to link to, else "".

    ``javascript:`` and the like are never links, nor is an address with a password.
    """
    found = web_address(address)
    return "" if "@" in split(found).netloc else found


def host(address: str) -> str:
    """Return the host of a clickable address, for display."""
    return host_of(clickable(address))
