"""Markdown -> HTML for the pages ``/help``. The input is escaped: raw HTML is disabled, and markdown-it rejects script addresses."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from episodes.help.topics import topics
from episodes.slugs import ascii_slug

_TOPIC = re.compile(r"nir help ([a-z]+)")


def html(text: str) -> str:
    """The text as HTML: headings have ids, and `nir help TOPIC` links to that topic."""
    parser = _parser()
    tokens = parser.parse(text)
    for token, content in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", ascii_slug(content.content))
    return str(parser.renderer.render(tokens, parser.options, {}))


@cache
def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.add_render_rule("code_inline", _code)
    return made


def _code(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: object, _env: MutableMapping[str, Any]
) -> str:
    content = tokens[index].content
    code = f"<code>{escapeHtml(content)}</code>"
    topic = _TOPIC.fullmatch(content)
    return f'<a href="/help/{topic[1]}">{code}</a>' if topic and topic[1] in topics() else code
