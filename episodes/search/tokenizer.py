"""The tokenizer: text to tokens, the same for the index of either database, for queries and for highlights.

A token is a run of letters and digits. It is normalized (case folding, accents, width) and stemmed here, in Python; the databases' own
parsers and dictionaries are not used. The rules:

- An apostrophe inside a word is dropped: don't = dont, mayor's = mayors (and stems to mayor).
- A French elision splits the word instead: l'école = l + école, and d'Angelo is found as Angelo.
- Commas that group digits are dropped: 10,000 = 10000.
- Any other character between letters separates words: covid-19 = covid + 19, searched as a phrase.
- Han and kana are one token for each character, since nothing separates their words; a word is then a phrase.
- Vowel signs of Indic scripts belong to the word; accents of Latin, Greek, Cyrillic, Hebrew and Arabic are dropped.
- British spellings get the stem of the American ones (``spelling.py``): neighbour = neighbor.

The stemmer is Snowball's for English. It leaves words of other scripts unchanged, and treats words of other languages the same in text and
query.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import dropwhile, groupby, islice
from typing import NamedTuple

from episodes.search.spelling import american

#: Longer tokens are truncated, in text and query alike.
MAX_TOKEN = 64

_APOSTROPHES = "'’＇"
_ELIDED = ("l", "d", "j", "c", "n", "s", "m", "t", "qu")
#: The lookbehind stands after the apostrophe itself: most words end without one, so it seldom runs.
_ELISION = "".join(rf"(?<!\b{word}.)" for each in _ELIDED for word in (each, each.capitalize()))
#: For plain ASCII: characters that join words, and a table that turns all separators into blanks.
_JOINERS = re.compile(rf"'(?<=[^\W_].){_ELISION}(?=[^\W_])|,(?<=\d,)(?=\d{{3}}(?![^\W_]))")
_SEPARATORS_TO_BLANKS = {code: " " for code in range(128) if not chr(code).isalnum()}
#: Kana, Han with its signs and numerals, half-width kana, and the planes of rare Han.
_IDEOGRAPHS = (
    "\u3038-\u303a\u3040-\u30ff\u3192-\u3195\u3220-\u3229\u3280-\u3289"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
#: Voicing marks of half-width kana, which Unicode classifies as letters.
_VOICING = "\uff9e\uff9f"
#: Soft hyphen, joiners and variation selectors: invisible inside a word.
_INVISIBLE = "\u00ad\u200c\u200d\u2060\ufe00-\ufe0f"
#: Characters that need the slow pattern: combining marks, ideographs, invisible characters.
_UNCOMMON = re.compile("[\u00ad\u0300-\u1fff\u200c\u200d\u2060-\U0010ffff]")
#: Code ranges that contain combining marks.
_MARKED = (
    range(0x300, 0x2000),
    range(0x20D0, 0x2100),
    range(0x2C00, 0x3100),
    range(0xA600, 0xAC00),
    range(0xFB00, 0xFE30),
)
#: Combining classes that are kept: 0 (vowel signs), nukta, kana voicing, virama.
_KEPT_CLASSES = frozenset({0, 7, 8, 9})
#: Letters that Unicode does not decompose, although readers type them plain.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


class Token(NamedTuple):
    """A word of a text: ``text[start:end]`` as written, its normalized ``form``, and the ``stem`` that is indexed."""

    start: int
    end: int
    form: str
    stem: str


class FoldedToken(NamedTuple):
    """A token without offsets: the normalized ``form`` of a word, and the ``stem`` that is indexed."""

    form: str
    stem: str


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text in order; offsets count characters of ``text``."""
    words = [(*match.span(), *_CACHE[match[0]]) for match in _words(text).finditer(text)]
    return [Token._make(word) for word in words if word[2]]


def folded_tokens(text: str) -> list[FoldedToken]:
    """Return the same tokens without offsets, in a tenth of the time: most texts that are scored are never shown."""
    if not text.isascii():
        return [known for word in _words(text).findall(text) if (known := _CACHE[word])[0]]
    joined = _JOINERS.sub("", text) if "'" in text or "," in text else text
    return list(map(_CACHE.__getitem__, joined.translate(_SEPARATORS_TO_BLANKS).split()))


def token_spans(text: str) -> list[tuple[int, int]]:
    """Return only the [from, to] offsets of the same tokens."""
    found = [match.span() for match in _words(text).finditer(text)]
    return found if text.isascii() else [(a, b) for a, b in found if _CACHE[text[a:b]][0]]


def token_offsets(text: str, first: int, last: int) -> tuple[int, int]:
    """Return the start offsets of two tokens by their numbers, ``first`` <= ``last``, without reading further than the second."""
    if not text.isascii():
        found = token_spans(text)
        return found[first][0], found[last][0]
    words = _words(text).finditer(text)
    begin = next(islice(words, first, None)).start()
    return begin, next(islice(words, last - first - 1, None)).start() if last > first else begin


def _words(text: str) -> re.Pattern[str]:
    return _pattern(not text.isascii() and _UNCOMMON.search(text) is not None)


@cache
def _pattern(uncommon: bool) -> re.Pattern[str]:
    """Return the pattern of a word. Marks are no word characters to ``re``; one with all of them compiles slowly and is seldom needed."""
    part = r"[^\W_]+"
    if uncommon:
        marks = _INVISIBLE + _VOICING + _marks()
        part = rf"[^\W_{_IDEOGRAPHS}](?:[^\W_{_IDEOGRAPHS}]|[{marks}])*"
    word = rf"{part}(?:[{_APOSTROPHES}]{_ELISION}{part}|,(?<=\d,)\d{{3}}(?![^\W_]))*"
    return re.compile(rf"[{_IDEOGRAPHS}][{marks}]*|{word}" if uncommon else word)


def _marks() -> str:
    """Return all combining marks of the basic plane, as the inside of a character class."""
    marks = [code for area in _MARKED for code in area if unicodedata.category(chr(code)) in ("Mn", "Mc")]
    runs = [[code for _, code in run] for _, run in groupby(enumerate(marks), lambda pair: pair[1] - pair[0])]
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)


class _Cache(dict[str, FoldedToken]):
    """Map words as written to normalized tokens. A dict, looked up from C, is three times as fast as ``lru_cache``."""

    def __missing__(self, word: str) -> FoldedToken:
        if len(self) >= 1 << 18:
            self.clear()
        self[word] = found = _normalized(word)
        return found


_CACHE = _Cache()


def _normalized(word: str) -> FoldedToken:
    """Normalize and stem a word; both strings are empty if nothing is left of it."""
    if word.isascii():
        form = word.lower().replace("'", "").replace(",", "")
    else:
        apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold()).translate(_PLAIN)
        letters = dropwhile(_is_mark, filter(_kept, apart))  # a letter can decompose into a mark and a letter
        form = unicodedata.normalize("NFC", "".join(letters))
    form = form[:MAX_TOKEN]
    return FoldedToken(form, _stemmer().stemWord(american(form)))


def _is_mark(character: str) -> bool:
    return not character.isalnum()


def _kept(character: str) -> bool:
    if character.isalnum():
        return character != "ʼ"  # an apostrophe that Unicode classifies as a letter
    selector = "\ufe00" <= character <= "\ufe0f"
    kind = unicodedata.category(character)
    return kind in ("Mn", "Mc") and unicodedata.combining(character) in _KEPT_CLASSES and not selector


@cache
def _stemmer():  # type: ignore[no-untyped-def]  # noqa: ANN202 - PyStemmer publishes no types
    """Return Snowball's English stemmer, created on first use."""
    import Stemmer

    return Stemmer.Stemmer("english", 0)  # without its own cache: ours holds the whole result
