"""Words of a text as texts are compared with each other: by linking and alignment, by reasons for doubt, by names.

One of two splitters. The other, ``episodes.search.tokenizer``, is the search index's own: there a stem is Snowball's, "covid-19" is a
phrase and "10,000" one number, accents do not count, and what is stored has to be met by what is typed years later. Here two
texts are read alike, and what is kept of that (``linking.memory``) can be made anew at any time.

The stem is the first six letters. That is crude, but it needs no language: "reopened", "reopening" and "reopens" meet in English as
"reapertura" and "reaperturas" do in Spanish, a show may mix both, and on real episodes it ranks as well as a Snowball stemmer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

#: A number with its inner marks, a word with its inner apostrophes, or one sign of a script that writes without spaces.
_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*"
    r"|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
    r"|[^\W\d_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+(?:['’][^\W\d_]+)*"
)
_APOSTROPHES = re.compile("['’]")
_STEM_LETTERS = 6


def surface(text: str) -> list[str]:
    """The words of a text in order, as they are written; ``stem`` of each is what ``stems`` gives."""
    return _TOKEN.findall(text)


def letters(text: str) -> list[str]:
    """The words of a text as names are looked for in them: as they are written, parted at apostrophes, without numbers."""
    return [part for word in surface(text) if not word[0].isdecimal() for part in _APOSTROPHES.split(word)]


def matches(text: str) -> Iterator[re.Match[str]]:
    """The words of a text in order, with where they stand."""
    return _TOKEN.finditer(text)


@lru_cache(maxsize=1 << 18)
def fold(word: str) -> str:
    """A word without case, apostrophes and commas between digits, but whole: "Mayor's" gives "mayors"."""
    folded = word.casefold().replace("’", "").replace("'", "")
    return folded.replace(",", "").rstrip(".:") if folded[0].isdigit() else folded


@lru_cache(maxsize=1 << 18)  # a word is met thousands of times
def stem(word: str) -> str:
    """What of a word is compared: "Reopening" and "reopened" give "reopen", "it's" gives "it", "4,500" gives "4500"."""
    folded = word.casefold()
    if folded[0].isdigit():
        return folded.replace(",", "").rstrip(".:")
    return folded.replace("’", "'").partition("'")[0][:_STEM_LETTERS]


def stems(text: str) -> list[str]:
    """The stems of a text in order."""
    return list(map(stem, surface(text)))


def prior_rarity(stemmed: str) -> float:
    """How rare a word is thought to be before anything is counted, in nats: short words are common in every alphabet.

    A catalog of four episodes cannot tell "about" from "harbour" by counting; length can, well enough.
    """
    if stemmed[0].isdigit():
        return 1.0 if len(stemmed) < 2 else 2.5
    return (0.3, 0.3, 0.4, 0.7, 1.4, 2.2, 3.2)[len(stemmed)]
