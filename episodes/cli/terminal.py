"""Print text from outside safely: whatever bytes a title contains, it stays text.

All output for people passes through here. Control characters become visible ones (``control_chars.py``). rich's markup
and emoji codes (``:fire:``) are off; styled lines are built from parts (``styled_line``).
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
    """Build a line from parts, each plain or with a style."""
    made = [(one_line(part), "") if isinstance(part, str) else (one_line(part[0]), part[1]) for part in parts]
    return Text.assemble(*made)


class SafeConsole(Console):
    """A console without markup; a printed string is one line."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - rich's own
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 - rich's own
        """Print; strings are reduced to one line."""
        super().print(*(one_line(each) if isinstance(each, str) else each for each in objects), **options)

    def on_broken_pipe(self) -> None:
        """Re-raise; ``entry.py`` handles it."""
        raise  # noqa: PLE0704 - the exception that rich has caught

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Clean all output, including table cells and progress rows."""
        for segment in super().render(_clean_renderable(renderable), options):
            yield segment if segment.control or not UNSAFE.search(segment.text) else _clean_segment(segment)


def _clean_renderable(renderable: RenderableType) -> RenderableType:
    """Clean text before layout, since replacing a character can change its width."""
    if isinstance(renderable, Text) and UNSAFE.search(renderable.plain):
        renderable = renderable.copy()
        renderable.plain = visible(renderable.plain)
    return renderable


def _clean_segment(segment: Segment) -> Segment:
    return Segment(visible(segment.text), segment.style)


def safe_stream(stream: TextIO) -> TextIO:
    """Return the stream, wrapped if it is a terminal to make control characters visible.

    Files and pipes get text unchanged.
    """
    return _SafeStream(stream) if stream.isatty() else stream  # type: ignore[return-value]


class _SafeStream(io.TextIOBase):
    """A terminal that receives visible characters only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        """Write with control characters made visible."""
        return self._stream.write(visible(text))

    def flush(self) -> None:
        """Flush the terminal."""
        self._stream.flush()
