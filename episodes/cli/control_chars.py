"""Replace control characters in text from outside, so that a terminal shows them instead of obeying them. Pure.

A terminal obeys control characters: ESC and the C1 codes move the cursor, change colours, rename the window or inject
input; a carriage return or newline overwrites other lines; Unicode direction marks reverse a line. Each becomes one
visible character, so offsets in the text stay valid; a line break in a single line becomes a space. ``terminal.py``
passes all output through here.
"""

from __future__ import annotations

import re

#: C0 except tab and newline, DEL, C1; direction marks and isolates; line and paragraph separators; lone surrogates,
#: which no stream accepts.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")
_NEWLINES = re.compile("[\n\u2028\u2029\x85]")


def visible(text: str) -> str:
    """Replace each control character by a visible one; line breaks stay."""
    return UNSAFE.sub(_picture, text)


def one_line(text: str) -> str:
    """The same for a single line: line breaks become spaces."""
    return visible(_NEWLINES.sub(" ", text))


def json_escaped(json: str) -> str:
    """Escape control characters in a JSON document; its value stays the same."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def _picture(found: re.Match[str]) -> str:
    """Return the control picture (U+241B for ESC, and so on), or the replacement character if there is none."""
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"
