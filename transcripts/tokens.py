"""The tokenizer and stemmer for comparing texts: in linking and alignment, quality checks, and names.

One of two tokenizers. ``episodes.search.tokenizer`` is that of the search index: it uses Snowball stems, treats "covid-19" as a phrase and
"10,000" as one number, ignores accents, and must match stored text with queries typed years later. Here two texts are read alike, and
what is stored of that (``linking.linking_state``) can be rebuilt at any time.

The stem is the first six letters. That is crude, but needs no language: "reopened", "reopening" and "reopens" share a stem in English, as
"reapertura" and "reaperturas" do in Spanish; a show may mix both; and on real episodes it ranks as well as a Snowball stemmer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

#: A number with inner punctuation, a word with inner apostrophes, or one character of a script without spaces.
_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*"
    r"|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
    r"|[^\W\d_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+(?:['’][^\W\d_]+)*"
)
_APOSTROPHES = re.compile("['’]")
_STEM_LETTERS = 6


def surface(text: str) -> list[str]:
    """Return the words of a text in order, as written."""
    return _TOKEN.findall(text)


def letters(text: str) -> list[str]:
    """Return the words of a text for finding names: as written, split at apostrophes, without numbers."""
    return [part for word in surface(text) if not word[0].isdecimal() for part in _APOSTROPHES.split(word)]


def matches(text: str) -> Iterator[re.Match[str]]:
    """Yield the words of a text in order, as matches with their positions."""
    return _TOKEN.finditer(text)


@lru_cache(maxsize=1 << 18)
def fold(word: str) -> str:
    """Return a whole word without case, apostrophes and digit separators: "Mayor's" gives "mayors"."""
    folded = word.casefold().replace("’", "").replace("'", "")
    return folded.replace(",", "").rstrip(".:") if folded[0].isdigit() else folded


@lru_cache(maxsize=1 << 18)  # a word occurs thousands of times
def stem(word: str) -> str:
    """Return the stem: "Reopening" and "reopened" give "reopen", "it's" gives "it", "4,500" gives "4500"."""
    folded = word.casefold()
    if folded[0].isdigit():
        return folded.replace(",", "").rstrip(".:")
    return folded.replace("’", "'").partition("'")[0][:_STEM_LETTERS]


def stems(text: str) -> list[str]:
    """Return the stems of a text in order."""
    return list(map(stem, surface(text)))


def prior_rarity(stemmed: str) -> float:
    """Return the prior rarity of a stem by its length, in nats: short words are common in every alphabet.

    A catalog of four episodes cannot tell "about" from "harbour" by counting (IDF); length can, well enough.
    """
    if stemmed[0].isdigit():
        return 1.0 if len(stemmed) < 2 else 2.5
    return (0.3, 0.3, 0.4, 0.7, 1.4, 2.2, 3.2)[len(stemmed)]
