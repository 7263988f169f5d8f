"""Pure: addresses of our own pages, and which foreign ones may be clicked."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from urllib.parse import quote, urlencode

from episodes.urls import host_of, split, web_address
from transcripts.clock import parse_clock

#: A longer question is not carried along from page to page.
MAX_CARRIED_QUERY = 300


#: A paragraph beside a transcript: the number of its article, and its position in it.
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
    """An episode's page, at a second, with words to be marked and a paragraph paragraph; ``written``: it opens at the paragraph."""
    time = f"t={second(at)}" if at is not None else ""
    ref = f"p={ref_name(paragraph)}" if paragraph else ""
    anchor = f"#p-{ref_name(paragraph)}" if paragraph and to_paragraph else f"#t-{second(at)}" if at is not None else ""
    return f"/e/{_quoted(key)}{_query(time, ref, _query_words(words))}{anchor}"


def ref_name(ref: ParagraphRef) -> str:
    """How a paragraph beside a transcript is called in addresses and anchors: "7-3"."""
    return f"{ref[0]}-{ref[1]}"


def parse_ref(text: str) -> ParagraphRef | None:
    """The paragraph that ``p=7-3`` names; None where it is none."""
    found = _PARAGRAPH_REF.fullmatch(text.strip())
    return (int(found[1]), int(found[2])) if found else None


def of_article(number: int, *, paragraph: int | None = None, words: str = "") -> str:
    """An article's page, at a paragraph, with words to be marked."""
    return f"/a/{number}{_query(_query_words(words))}" + (f"#p-{paragraph}" if paragraph is not None else "")


def of_transcript(key: str, form: str) -> str:
    """An episode's transcript in a format."""
    return f"/api/episodes/{quote(key, safe='')}/transcript.{form}"


def of_media(key: str) -> str:
    """An episode's own sound."""
    return f"/media/{quote(key, safe='')}"


@lru_cache(maxsize=64)  # an episode's page has a thousand addresses with the same key and the same words
def _quoted(key: str) -> str:
    return quote(key, safe="")


@lru_cache(maxsize=64)
def _query_words(words: str) -> str:
    return urlencode({"q": words}) if words.strip() and len(words) <= MAX_CARRIED_QUERY else ""


def _query(*said: str) -> str:
    asked = "&".join(filter(None, said))
    return f"?{asked}" if asked else ""


def second(seconds: float | None) -> int:
    """A whole second, rounded down; what is no time is 0."""
    return max(0, math.floor(seconds)) if seconds is not None and math.isfinite(seconds) else 0


def parse_time(text: str) -> int | None:
    """The second that ``t=754``, ``t=754s`` or ``t=12:34`` names; None where it is none."""
    text = text.strip()[:20]
    if ":" in text:
        found = parse_clock(text)
        return None if found is None else second(found)
    digits = text.removesuffix("s").partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 8 else None


def clickable(address: str) -> str:
    """A foreign address if it is one of the web, else nothing: ``javascript:`` and the like are never links, nor is one with a password."""
    found = web_address(address)
    return "" if "@" in split(found).netloc else found


def host(address: str) -> str:
    """The host of a clickable address, for people."""
    return host_of(clickable(address))
