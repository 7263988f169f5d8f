"""Text from outside on a terminal: it stays text, whatever bytes a title has. Nothing reaches a person but through here.

What a terminal obeys is shown instead (``plain.py``). rich's own markup and its names of pictures (``:fire:``) are read in no text: what is
styled is put together from parts (``line``).
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.segment import Segment
from rich.text import Text

from episodes.cli.control_chars import UNSAFE, one_line, visible

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType


def styled_line(*parts: str | tuple[str, str]) -> Text:
    """A line of parts, each alone or with its style."""
    made = [(one_line(part), "") if isinstance(part, str) else (one_line(part[0]), part[1]) for part in parts]
    return Text.assemble(*made)


class SafeConsole(Console):
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
        for segment in super().render(_clean_renderable(renderable), options):
            yield segment if segment.control or not UNSAFE.search(segment.text) else _clean_segment(segment)


def _clean_renderable(renderable: RenderableType) -> RenderableType:
    """The same; text is cleaned before it is laid out, since what a character takes on the screen is seen then."""
    if isinstance(renderable, Text) and UNSAFE.search(renderable.plain):
        renderable = renderable.copy()
        renderable.plain = visible(renderable.plain)
    return renderable


def _clean_segment(segment: Segment) -> Segment:
    return Segment(visible(segment.text), segment.style)


def safe_stream(stream: TextIO) -> TextIO:
    """The stream; if it is a terminal, only what is shown reaches it, and a file or a program behind a pipe gets all as it is."""
    return _SafeStream(stream) if stream.isatty() else stream  # type: ignore[return-value]


class _SafeStream(io.TextIOBase):
    """A terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        """Write what can be seen of it."""
        return self._stream.write(visible(text))

    def flush(self) -> None:
        """Now."""
        self._stream.flush()
