"""Read plain text and Markdown: one article, or several separated by a line such as "Continue Reading".

The first line of each part is the title; below it there may be a dek that names an episode, a byline, a date, a URL.
Paragraphs are separated by blank lines, or are one per line. A part without a URL gets one from its title, so it stays
the same article if its neighbours change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from episodes.articles.boilerplate import without_boilerplate
from episodes.articles.part_urls import part_url, unique_url
from episodes.articles.text_comparison import count_words
from episodes.articles.text_header import Header, read_front_matter, read_header, url_line
from episodes.urls import absolute, addresses_in, is_web, youtube_ids_in
from episodes.values import ArticleText, Outcome, ParagraphKind, ParagraphText, Read, State
from transcripts.text import first_words, one_line

_SEPARATOR = re.compile(
    r"[\W_]*(?:(?:continue|keep)\s+reading|read\s+(?:more|on|the\s+full\s+(?:article|story)))[\W_]*", re.IGNORECASE
)
_RULE = re.compile(r"[-=_*~•\s]{3,}")
_BULLET = re.compile(r"(?:[-*•‣▪]|\d{1,3}[.)])\s+")
_HEADING = re.compile(r"#{1,6}\s+")
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
#: The text of a link has no brackets, so matching takes linear time. An image inside a link is removed first.
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]\n]{0,500}+)\]\(\s*+<?([^\[)\s>]{0,2000}+)>?[^\[)]{0,500}+\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|__?)(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*])")
#: A longer first line is a paragraph: the part continues the article above.
_TITLE_WORDS = 30
_CUT_TITLE_WORDS = 12


def read_plain_text(text: str, base: str, *, markdown: bool = False) -> Iterator[Read]:
    """Yield the articles of a text. ``base`` is the URL that it was read from (``file:`` for a path)."""
    taken: set[str] = set()
    header, lines = read_front_matter(text.splitlines()) if markdown else (Header(), text.splitlines())
    parts = _parts(lines, titled=bool(header.title))
    if not parts:
        yield _failed(base, "it has no text")
    for position, part in enumerate(parts):
        yield _read_part(part, base, taken, header if position == 0 else Header(), markdown=markdown)


def split_paragraphs(text: str) -> list[str]:
    """Split a text at blank lines, or at every line if there are none."""
    return [" ".join(block) for block in _blocks(text.splitlines())]


def _parts(lines: list[str], *, titled: bool) -> list[list[str]]:
    """Split lines at separators; join a part that begins with a paragraph (no title) to the one above."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if _SEPARATOR.fullmatch(line):
            parts.append([])
        else:
            parts[-1].append(line)
    joined: list[list[str]] = []
    for part in parts:
        first = next((one_line(line) for line in part if one_line(line)), "")
        if joined and count_words(first) > _TITLE_WORDS:
            joined[-1] += ["", *part]
        elif first or (titled and not joined):
            joined.append(part)
    return joined


def _read_part(part: list[str], base: str, taken: set[str], known: Header, *, markdown: bool) -> Read:
    header, body = _headed(part, known)
    addresses = [line for line in body if one_line(line)][-1:]
    address = header.address or next((found for line in addresses if (found := url_line(one_line(line)))), "")
    url = unique_url(address or part_url(base, header.title), taken)
    paragraphs = without_boilerplate(_paragraphs(body, markdown=markdown))
    if not paragraphs:
        return _failed(url, f"there is no text below the title {header.title!r}", header.title)
    whole = "\n".join(part)
    article = ArticleText(
        url,
        header.title,
        paragraphs,
        header.published,
        header.authors,
        dek=header.dek,
        video_ids=youtube_ids_in(whole),
        links=_links(whole, url),
    )
    return Read(url, article)


def _headed(part: list[str], known: Header) -> tuple[Header, list[str]]:
    """Return header and body. If the text begins without a title, use its first words."""
    header, body = read_header(part, known)
    if count_words(header.title) <= _TITLE_WORDS:
        return header, body
    title = first_words(header.title, _CUT_TITLE_WORDS)
    return Header(title, header.dek, header.authors, header.published, header.address), [header.title, "", *body]


def _paragraphs(lines: list[str], *, markdown: bool) -> list[ParagraphText]:
    found: list[ParagraphText] = []
    for block in _blocks(lines):
        plain = [_unmarked(line) for line in block] if markdown else block
        found += _of_block([line for line in plain if not (_is_address(line) or url_line(line))])
    return [part for part in found if part.text]


def _of_block(lines: list[str]) -> Iterator[ParagraphText]:
    if lines and _HEADING.match(lines[0]):
        yield ParagraphText(one_line(_HEADING.sub("", lines[0]).rstrip("# ")), ParagraphKind.HEADING)
        lines = lines[1:]
    if lines and all(line.startswith(">") for line in lines):
        yield ParagraphText(one_line(" ".join(line.lstrip("> ") for line in lines)), ParagraphKind.QUOTE)
    elif len(lines) > 1 and all(map(_BULLET.match, lines)):
        yield from (ParagraphText(one_line(_BULLET.sub("", line, count=1)), ParagraphKind.LIST) for line in lines)
    elif lines:
        yield ParagraphText(one_line(" ".join(lines)))


def _blocks(lines: list[str]) -> list[list[str]]:
    """Group lines between blank lines and rules.

    Without any blank line, each line is a block if most end like a sentence.
    """
    plain = ["" if _RULE.fullmatch(line) else one_line(line) for line in lines]
    blocks: list[list[str]] = [[]]
    for line in plain:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    blocks = [block for block in blocks if block]
    return [[line] for line in blocks[0]] if len(blocks) == 1 and _one_a_line(blocks[0]) else blocks


def _one_a_line(lines: list[str]) -> bool:
    """True if lines are separate paragraphs and not one wrapped paragraph: most end like a sentence."""
    ending = sum(1 for line in lines if _SENTENCE_END.search(line) or _HEADING.match(line))
    return (
        not all(map(_BULLET.match, lines))
        and not all(line.startswith(">") for line in lines)
        and 2 * ending > len(lines)
    )


def _unmarked(line: str) -> str:
    """Strip links and emphasis from a line of Markdown."""
    for _ in range(2):
        line = _MARKDOWN_LINK.sub(lambda match: "" if match[0].startswith("!") else match[1], line)
    return _EMPHASIS.sub(r"\2", line)


def _is_address(line: str) -> bool:
    return is_web(line) and len(line.split()) == 1


def _links(text: str, own: str) -> tuple[str, ...]:
    found = (absolute(address, address) for address in addresses_in(text))
    return tuple(link for link in dict.fromkeys(found) if link not in ("", own))


def _failed(item: str, reason: str, title: str = "") -> Read:
    return Read(item, outcome=Outcome(item, State.FAILED, reason, title=title))
