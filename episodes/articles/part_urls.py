"""Addresses made for parts of a page or a file that have none of their own: its address, and a fragment of the part's title. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from transcripts.text import one_line

_SLUG_LENGTH = 80


def slug(title: str) -> str:
    """A title as it stands in an address: lower case, words joined by dashes; letters of other scripts are kept."""
    folded = unicodedata.normalize("NFKD", one_line(title).casefold())
    words = re.findall(r"\w+", "".join(char for char in folded if not unicodedata.combining(char)))
    text = ""
    for word in words:
        if text and len(text) + len(word) >= _SLUG_LENGTH:
            break
        text = f"{text}-{word}" if text else word[:_SLUG_LENGTH]
    return text or "untitled"


def part_url(base: str, title: str) -> str:
    """The address of a part that has none of its own: stable when its neighbours change, since only its title is in it."""
    return f"{base.partition('#')[0]}#{quote(slug(title), safe='-')}"


def unique_url(url: str, taken: set[str]) -> str:
    """The address itself, or with a number behind it where another part has it already; it is taken from now on."""
    chosen, number = url, 2
    while chosen in taken:
        chosen, number = f"{url}{'-' if '#' in url else '#'}{number}", number + 1
    taken.add(chosen)
    return chosen
