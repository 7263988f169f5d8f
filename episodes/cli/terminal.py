"""Text from outside on a terminal: it stays text, whatever bytes a title has. Nothing reaches a person but through here.

A terminal obeys what comes as control characters: ESC and its eight-bit twins (C1) move the cursor, colour, rename the window or type an
answer; a carriage return or a newline writes over or below our own lines; Unicode's direction marks turn a line around. Each becomes a
character that shows it, one for one, so that places in the text stay right; a line end in what is one line becomes a space. rich's own
markup and its names of pictures (``:fire:``) are read in no text: what is styled is put together from parts (``line``).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.segment import Segment
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType

#: C0 but for tab and newline, DEL and C1; directions and isolates; line and paragraph separators; halves of pairs, which no stream takes.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")
_NEWLINES = re.compile("[\n\u2028\u2029\x85]")


def shown(text: str) -> str:
    """The same text, as long, with a picture in place of each character that a terminal would obey; lines stay lines."""
    return _UNSAFE.sub(_picture, text)


def one_line(text: str) -> str:
    """The same for what is one line, whatever it holds."""
    return shown(_NEWLINES.sub(" ", text))


def escaped(json: str) -> str:
    """A JSON document that says the same without such characters."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def _picture(found: re.Match[str]) -> str:
    """U+241B, which looks like ESC, for ESC; for what has no such picture the replacement character."""
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"


def line(*parts: str | tuple[str, str]) -> Text:
    """A line of parts, each alone or with its style."""
    made = [(one_line(part), "") if isinstance(part, str) else (one_line(part[0]), part[1]) for part in parts]
    return Text.assemble(*made)


class People(Console):
    """A console that takes text for text: a string that is printed is one line of it, without markup."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - rich's own
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 - rich's own
        """Print; a string is a line."""
        super().print(*(one_line(each) if isinstance(each, str) else each for each in objects), **options)

    def on_broken_pipe(self) -> None:
        """Nobody reads: that is said in one place (``errors.py``)."""
        raise  # noqa: PLE0704 - what rich has caught

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Everything that is ever written passes here, the cells of a table and the rows of a progress bar, too."""
        for segment in super().render(_cleaned(renderable), options):
            yield segment if segment.control or not _UNSAFE.search(segment.text) else _shown(segment)


def _cleaned(renderable: RenderableType) -> RenderableType:
    """The same; text is cleaned before it is laid out, since what a character takes on the screen is seen then."""
    if isinstance(renderable, Text) and _UNSAFE.search(renderable.plain):
        renderable = renderable.copy()
        renderable.plain = shown(renderable.plain)
    return renderable


def _shown(segment: Segment) -> Segment:
    return Segment(shown(segment.text), segment.style)


def seen(stream: TextIO) -> TextIO:
    """The stream; if it is a terminal, only what is shown reaches it, and a file or a program behind a pipe gets all as it is."""
    return _Seen(stream) if stream.isatty() else stream  # type: ignore[return-value]


class _Seen(io.TextIOBase):
    """A terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        """Write what can be seen of it."""
        return self._stream.write(shown(text))

    def flush(self) -> None:
        """Now."""
        self._stream.flush()
