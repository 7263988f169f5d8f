"""Extract an article's paragraphs with trafilatura, and its guesses at metadata; the only module that imports it."""

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
#: Placeholder for an empty line: a character that extraction keeps and texts do not use.
_PART = "⁋"
#: Elements. Most pages have some hundreds, the longest readable ones a few thousand.
_LARGE = 4000
_SPACED = {"p", "item", "cell", "lb"}
_HOLDERS = {"main", "body", "doc", "list", "quote", "table", "div"}


@dataclass(frozen=True, slots=True)
class Guess:
    """Metadata that trafilatura guesses by patterns of many sites; used only if the page does not state it."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: date | None = None


def paragraphs_of(root: Element, url: str, *, all_of_it: bool = False) -> list[ParagraphText]:
    """Return the paragraphs of the article in a document, in order; some boilerplate is still among them.

    ``all_of_it`` favours recall: for a document that holds nothing but the article.

    Raises:
        ArticleError: extraction fails.
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
    except Exception as error:  # untrusted HTML in a third-party parser: any exception is this page's failure
        raise ArticleError(url, f"the page cannot be parsed: {type(error).__name__}") from error
    found = list(_paragraphs(text)) if text else []
    return _blocks(root) if _is_glued(found, root) else found


def guess(root: Element, url: str) -> Guess:
    """Guess title, authors and date that nothing on the page marks."""
    from trafilatura.metadata import extract_metadata

    _quiet()
    try:
        found = extract_metadata(copied(root), default_url=url, extensive=False)
    except Exception:  # noqa: BLE001 - untrusted HTML in a third-party parser; a guess is optional
        return Guess()
    authors = tuple(name for part in (found.author or "").split(";") if (name := one_line(part)))
    return Guess(one_line(found.title or ""), authors, find_date(found.date or ""))


def _with_marked_breaks(root: Element) -> Element:
    """Copy the document, with a placeholder at every double ``br``.

    Old pages separate paragraphs so, and extraction merges the two.
    """
    document = copied(root)
    for second in document.iter("br"):
        first = second.getprevious()
        if first is not None and first.tag == "br" and not (first.tail or "").strip():
            second.tail = _PART + (second.tail or "")
    return document


def _is_large(root: Element) -> bool:
    """True if trafilatura's fallback extractors would take too long: their time is quadratic."""
    return next(islice(root.iter(), _LARGE, None), None) is not None


def _is_glued(found: list[ParagraphText], root: Element) -> bool:
    """True if the whole document came back as one paragraph: trafilatura's last resort if it finds no article."""
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
    """Yield paragraphs: of a container its children and the loose text between them, of other elements their text."""
    if element.tag not in _HOLDERS:
        yield from _own(element, kind)
        return
    yield from _lines(element.text or "", kind)
    for child in element:
        yield from _below(child, _KINDS.get(child.tag, kind))
        yield from _lines(child.tail or "", kind)


def _own(element: Element, kind: ParagraphKind) -> Iterator[ParagraphText]:
    """Yield an element's text, split at placeholders of empty lines."""
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
    """Silence the libraries: their warnings are about single pages, and each page has an outcome."""
    for name in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
