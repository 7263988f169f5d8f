"""The one door to trafilatura: a document in, the paragraphs of its article out, and what it guesses where the page says nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from episodes.articles.text_comparison import count_words
from episodes.articles.tree import Element, copied, words_of
from episodes.dates import find_date
from episodes.errors import ArticleError
from episodes.values import ParagraphKind, ParagraphText
from transcripts.text import one_line

_KINDS = {
    "head": ParagraphKind.HEADING,
    "quote": ParagraphKind.QUOTE,
    "item": ParagraphKind.LIST,
    "row": ParagraphKind.LIST,
}
#: Stands where an empty line was: a mark that no text has and extraction keeps.
_PART = "⁋"
#: Elements of a page; most have some hundred, the longest that people read a few thousand.
_LARGE = 4000
_SPACED = {"p", "item", "cell", "lb"}
_HOLDERS = {"main", "body", "doc", "list", "quote", "table", "div"}


@dataclass(frozen=True, slots=True)
class Guess:
    """What trafilatura reads from patterns of many sites: used only where the page does not say it itself."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: date | None = None


def paragraphs_of(root: Element, url: str, *, all_of_it: bool = False) -> list[ParagraphText]:
    """The paragraphs of the article in a document, in order, boilerplate of its own kind still among them.

    ``all_of_it`` is for a document that holds nothing but the article.

    Raises:
        ArticleError: the document cannot be taken apart at all.
    """
    from trafilatura import extract

    _quiet()
    document = _with_marked_breaks(root)
    try:
        text = extract(
            document,
            url=url,
            output_format="xml",
            include_comments=False,
            include_tables=True,
            favor_recall=all_of_it,
            fast=_is_large(root),
        )
    except Exception as error:  # a stranger's page in a stranger's parser: whatever fails is this page's failure
        raise ArticleError(url, f"the page cannot be taken apart: {type(error).__name__}") from error
    found = list(_paragraphs(text)) if text else []
    return _blocks(root) if _is_glued(found, root) else found


def guess(root: Element, url: str) -> Guess:
    """Title, authors and date where nothing marks them."""
    from trafilatura.metadata import extract_metadata

    _quiet()
    try:
        found = extract_metadata(copied(root), default_url=url, extensive=False)
    except Exception:  # noqa: BLE001 - a stranger's page in a stranger's parser; a guess is not needed
        return Guess()
    authors = tuple(name for part in (found.author or "").split(";") if (name := one_line(part)))
    return Guess(one_line(found.title or ""), authors, find_date(found.date or ""))


def _with_marked_breaks(root: Element) -> Element:
    """A copy in which two breaks in a row carry a mark: extraction makes one of them, and old pages part their paragraphs so."""
    document = copied(root)
    for second in document.iter("br"):
        first = second.getprevious()
        if first is not None and first.tag == "br" and not (first.tail or "").strip():
            second.tail = _PART + (second.tail or "")
    return document


def _is_large(root: Element) -> bool:
    """Whether the second opinions that extraction asks of others would take too long: their time grows by the square."""
    return next(islice(root.iter(), _LARGE, None), None) is not None


def _is_glued(found: list[ParagraphText], root: Element) -> bool:
    """Whether the whole document came back as one paragraph, which is what is done with a page in which no article is found."""
    return (
        len(found) == 1 and count_words(found[0].text) >= 0.95 * count_words(words_of(root)) and len(_blocks(root)) > 1
    )


def _blocks(root: Element) -> list[ParagraphText]:
    return [ParagraphText(text) for block in root.iter("p") if (text := words_of(block))]


def _paragraphs(xml: str) -> Iterator[ParagraphText]:
    from lxml import etree

    document = etree.fromstring(xml.encode("utf-8"), etree.XMLParser(recover=True, resolve_entities=False))
    main = document.find("main") if document is not None else None
    if main is not None:
        yield from _below(main, ParagraphKind.TEXT)


def _below(element: Element, kind: ParagraphKind) -> Iterator[ParagraphText]:
    """Paragraphs of an element: of holders those inside and the loose text between, of others their own text."""
    if element.tag not in _HOLDERS:
        yield from _own(element, kind)
        return
    yield from _lines(element.text or "", kind)
    for child in element:
        yield from _below(child, _KINDS.get(child.tag, kind))
        yield from _lines(child.tail or "", kind)


def _own(element: Element, kind: ParagraphKind) -> Iterator[ParagraphText]:
    """An element's text, parted where an empty line was."""
    from lxml import etree

    pieces = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        pieces.append(" " if node.tag in _SPACED else "")
        pieces.append((node.text if event == "start" else node.tail if node is not element else "") or "")
    yield from _lines("".join(pieces), kind)


def _lines(text: str, kind: ParagraphKind) -> Iterator[ParagraphText]:
    for part in text.split(_PART):
        if plain := one_line(part):
            yield ParagraphText(plain, kind)


def _quiet() -> None:
    """Its warnings are about single pages, which end in an outcome of ours."""
    for name in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
