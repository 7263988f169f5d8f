"""Pure: clean untrusted text for storage and for reading. The same text comes out, whichever way it came in.

``storable`` is for text kept as it came: names, descriptions, values of others. ``one_line`` is for text to read and compare: titles,
paragraphs, speech. Terminal control sequences are not handled here; see ``episodes.cli.plain``.
"""

from __future__ import annotations

import math
import re
import unicodedata

_SURROGATES = re.compile("[\ud800-\udfff]")
#: Control characters (except those that are white space), zero-width characters and non-characters: invisible, and they split words.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\u200b\u2060\ufeff\ufffe\uffff]")
#: Everything but the Char of XML 1.0, https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def storable(text: str) -> str:
    """Return text that every database and encoder accepts: without NUL, and with U+FFFD for lone surrogates."""
    text = text.replace("\x00", "")
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Return the text in one line: storable, NFC, single spaces, stripped, without invisible characters."""
    plain = _INVISIBLE.sub("", storable(text))
    return " ".join((plain if plain.isascii() else unicodedata.normalize("NFC", plain)).split())


def storable_json(value: object) -> object:
    """Return a JSON value with storable text and finite numbers (null for others); other types become their text."""
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
    """Return the text without the characters that XML and lxml refuse; lone surrogates become U+FFFD."""
    return _NO_XML.sub("", storable(text))


def first_words(text: str, most: int) -> str:
    """Return the first words, with an ellipsis if there are more."""
    words = text.split()
    return " ".join(words[:most]) + (" …" if len(words) > most else "")
