"""Detect the charset of a page or file and decode it. Pure.

In this order: byte order mark; the charset declared by the server or the page; UTF-8; finally Windows-1252, which
accepts almost every byte. Valid UTF-8 with characters beyond ASCII is UTF-8 even if a one-byte charset was declared: it
never occurs by chance, and wrong declarations are common.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*+=\s*+["']?\s*+([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*+=\s*+["']([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
#: Codecs of Python that no page means: escapes and host name encodings.
_NO_CHARSETS = {"utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined", "mbcs", "oem"}
#: What browsers use for a declared label (WHATWG Encoding): the old name stands for its superset.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}


def decode(data: bytes, declared: str | None = None) -> str:
    """Decode a page or file; ``declared`` is the charset from the HTTP header, if any. Never raises."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    names = [name for name in (_known(declared or ""), _in_page(data)) if name and (b"\0" in data or "16" not in name)]
    if _is_utf8(data):
        names.insert(0, "utf-8")
    for name in [*names, "utf-8"]:
        try:
            return data.decode(name)
        except ValueError:
            continue
    return _tolerant(data)


def _tolerant(data: bytes) -> str:
    """Decode after all strict attempts failed: as damaged UTF-8 with replacement characters, or as Windows-1252."""
    text = data.decode("utf-8", errors="replace")
    unread = text.count("\ufffd")
    beyond_ascii = sum(1 for char in text if ord(char) > 127) - unread
    return text if beyond_ascii >= unread else data.decode("cp1252", errors="replace")


def _in_page(data: bytes) -> str:
    head = data[:4096]
    match = _META.search(head) or _XML.search(head)
    return _known(match[1].decode("ascii")) if match else ""


def _known(label: str) -> str:
    """Return Python's codec name for a charset label; "" if it does not exist or is no text encoding."""
    try:
        codec = codecs.lookup(label.strip().strip("\"'"))
        b"a".decode(codec.name)  # "rot13" and "hex" are codecs, too, but not of text
    except (LookupError, ValueError):
        return ""
    return "" if codec.name in _NO_CHARSETS else _MEANT.get(codec.name, codec.name)


def _is_utf8(data: bytes) -> bool:
    """True if the bytes are valid UTF-8 with characters beyond ASCII."""
    try:
        return not data.isascii() and bool(data.decode("utf-8"))
    except ValueError:
        return False
