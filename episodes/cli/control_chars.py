"""Pure: text from outside -> text that a terminal shows and does not obey. ``terminal.py`` sees to it that all passes here.

A terminal obeys what comes as control characters: ESC and its eight-bit twins (C1) move the cursor, colour, rename the window or type an
answer; a carriage return or a newline writes over or below our own lines; Unicode's direction marks turn a line around. Each becomes a
character that shows it, one for one, so that places in the text stay right; a line end in what is one line becomes a space.
"""

from __future__ import annotations

import re

#: C0 but for tab and newline, DEL and C1; directions and isolates; line and paragraph separators; halves of pairs, which no stream takes.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")
_NEWLINES = re.compile("[\n\u2028\u2029\x85]")


def visible(text: str) -> str:
    """The same text, as long, with a picture in place of each character that a terminal would obey; lines stay lines."""
    return UNSAFE.sub(_picture, text)


def one_line(text: str) -> str:
    """The same for what is one line, whatever it holds."""
    return visible(_NEWLINES.sub(" ", text))


def json_escaped(json: str) -> str:
    """A JSON document that says the same without such characters."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def _picture(found: re.Match[str]) -> str:
    """U+241B, which looks like ESC, for ESC; for what has no such picture the replacement character."""
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"
