"""Markdown in the terminal: in colour and through a pager on a terminal, as plain text elsewhere."""

from __future__ import annotations

import os
import sys
from io import StringIO
from typing import ClassVar

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, TableElement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from episodes.cli.terminal import SafeConsole

#: Longer lines are hard to read, however wide the window is.
WIDEST = 88
#: Commands up to this length are not broken between lines.
_SHORT = 40
#: Stands for their spaces until the lines are made (rich breaks at no-break spaces, too). Of private use: no text has it.
_UNBROKEN = "\ue000"
#: Width of the names in a list.
_NAMES = 10
STYLES = {
    "markdown.h1": "bold",
    "markdown.h2": "bold",
    "markdown.h3": "italic",
    "markdown.code": "cyan",
    "markdown.code_block": "cyan",
    "markdown.item.bullet": "none",
    "markdown.item.number": "none",
    "markdown.table.header": "bold",
    "markdown.table.border": "dim",
    "markdown.link_url": "underline",
}


def show(text: str) -> None:
    """Print Markdown."""
    on_terminal = sys.stdout.isatty()
    rendered = _rendered(text, coloured=on_terminal)
    if on_terminal and sys.stdin.isatty():
        _page(rendered)
    else:
        sys.stdout.write(rendered)


def _rendered(text: str, *, coloured: bool) -> str:
    buffer = StringIO()
    console = SafeConsole(file=buffer, force_terminal=coloured, theme=Theme(STYLES))
    console.width = min(console.width, WIDEST)
    console.print(Manual(text, coloured=coloured))
    lines = buffer.getvalue().replace(_UNBROKEN, " ").strip("\n").split("\n")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _page(text: str) -> None:
    """Through the person's pager. ``less`` prints what fits on the screen and stops, keeps colours, leaves the text standing."""
    import pydoc

    os.environ.setdefault("LESS", "FRX")
    pydoc.pager(text)


class _Heading(Heading):
    """Bold at the left margin; underlined where there is no colour."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.text
        if not console.is_terminal and (mark := {"h1": "=", "h2": "-"}.get(self.tag)):
            yield Text(mark * self.text.cell_len)


class _Code(CodeBlock):
    """Indented by four, without a background. Long lines wrap."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Padding(Text(str(self.text).rstrip(), style=self.style), (0, 0, 0, 4))


class _Table(TableElement):
    """Columns without a frame. A table with an empty header is a list of names: all such lists have the same first column."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        heads = [cell.content for cell in self.header.row.cells] if self.header and self.header.row else []
        named = any(head.plain for head in heads)
        table = Table(box=box.SIMPLE_HEAD if named else None, pad_edge=False, show_edge=False, show_header=named)
        for head in heads:
            table.add_column(head, header_style="bold", min_width=None if named or table.columns else _NAMES)
        for row in self.body.rows if self.body else ():
            table.add_row(*(cell.content for cell in row.cells))
        yield Padding(table, (0, 0, 0, 2))


class Manual(Markdown):
    """A page of the manual. Without colour the backticks around commands stay, since nothing else sets them apart."""

    elements: ClassVar = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _Code,
        "code_block": _Code,
        "table_open": _Table,
    }

    def __init__(self, text: str, *, coloured: bool) -> None:
        super().__init__(text, hyperlinks=False)
        for token in (token for block in self.parsed for token in block.children or ()):
            if token.type == "code_inline":
                code = token.content if coloured else f"`{token.content}`"
                token.content = code.replace(" ", _UNBROKEN) if len(code) <= _SHORT else code
