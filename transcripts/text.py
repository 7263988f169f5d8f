"""Pure: text from outside, made fit to be kept and to be read. Whatever comes through several doors is the same text behind each.

``storable`` is for what is kept as it came: names, descriptions, values of others. ``one_line`` is for what is read and compared:
titles, paragraphs, what was said. What a terminal would obey is no matter of keeping; see ``episodes.cli.control_chars``.
"""

from __future__ import annotations

import math
import re
import unicodedata

_HALVES = re.compile("[\ud800-\udfff]")
#: Control characters (those that part lines and words are white space), zero-width marks and non-characters: nobody sees them, and
#: they part a word from itself.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\u200b\u2060\ufeff\ufffe\uffff]")
#: All but the Char of XML 1.0, https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def storable(text: str) -> str:
    """The text as every database and encoder takes it: without NUL, and U+FFFD for half a character (a lone surrogate)."""
    text = text.replace("\x00", "")
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The text in one line: storable, composed (NFC), single spaces, none at the ends, nothing invisible."""
    plain = _INVISIBLE.sub("", storable(text))
    return " ".join((plain if plain.isascii() else unicodedata.normalize("NFC", plain)).split())


def storable_json(value: object) -> object:
    """A JSON value whose texts are storable and whose numbers are finite (null where one was not); others become their text."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [storable_json(item) for item in value]
    if isinstance(value, dict):
        return {storable(str(name)): storable_json(item) for name, item in value.items()}
    return value if isinstance(value, int) or value is None else str(value)


def for_xml(text: str) -> str:
    """The text without the characters that XML and lxml refuse; half a character becomes U+FFFD."""
    return _NO_XML.sub("", storable(text))


def first_words(text: str, most: int) -> str:
    """The first words, and a sign where there are more."""
    words = text.split()
    return " ".join(words[:most]) + (" …" if len(words) > most else "")
