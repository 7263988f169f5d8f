"""HTML text to lxml elements and back to words; the one file that parses.

Elements are lxml's own and typed as ``Element`` (lxml publishes no types). Documents are copied before anything is
taken out of them, so no function that is handed an element alters it, unless its name says so.
"""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import urljoin

from episodes.articles.charset import decode
from episodes.articles.markup import MOST_TAGS_OF_LISTS, check
from episodes.errors import ArticleError
from transcripts.text import for_xml, one_line

#: An ``lxml.html.HtmlElement``.
Element = Any

_DEEPEST = 200
#: Text that nobody sees.
_UNSEEN = {"script", "style", "noscript", "template", "head"}
_PREFIXES = (
    ("sitemap-image", "image_"),
    ("sitemap-video", "video_"),
)
_BLOCKS = {
    "p",
    "div",
    "br",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "td",
    "th",
    "tr",
    "blockquote",
    "section",
    "article",
}


def parse(html: str) -> Element:
    """The document's root element.

    Raises:
        ArticleError: there is nothing in it, or more than anybody writes.
    """
    from lxml import etree
    from lxml import html as lxml_html

    html = for_xml(html)
    check(html)
    # As bytes: lxml refuses text that declares an encoding. The declared one is overruled, since the text is decoded
    # already.
    data = html.encode("utf-8")
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise ArticleError(detail="the page is empty") from error
    _clean_text(root)
    _flatten_deep(root)
    return root


def parse_xml(data: bytes) -> Element:
    """The root of an XML document (a sitemap), mended where it is broken.

    Names come without their namespace, but for those that would be mistaken for another ("image_loc").

    Entities are not resolved, and nothing is fetched: neither bombs nor other people's files come in.

    Raises:
        ArticleError: there is nothing in it, or more than any list has.
    """
    from lxml import etree

    text = decode_xml(data)
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ArticleError(detail="the list is damaged") from error
    if root is None:
        raise ArticleError(detail="the list is empty")
    for node in root.iter():
        if is_element(node) and "}" in node.tag:
            space, _, name = node.tag.partition("}")
            prefix = next((prefix for sign, prefix in _PREFIXES if sign in space), "")
            node.tag = f"{prefix}{name}"
    return root


def decode_xml(data: bytes) -> str:
    """The text of an XML document (a feed, a sitemap), without what no XML may hold.

    Raises:
        ArticleError: there is more in it than any list has.
    """
    text = for_xml(decode(data)).strip()
    check(text, most=MOST_TAGS_OF_LISTS)
    return text


def document_of(elements: list[Element]) -> Element:
    """A new document whose one article holds copies of the elements."""
    root = parse("<html><head></head><body><article></article></body></html>")
    article = root.find(".//article")
    for element in elements:
        twin = copy.deepcopy(element)
        if twin.tag in ("article", "body", "main"):
            twin.tag = "div"
        article.append(twin)
    return root


def copied(root: Element) -> Element:
    """A copy of a whole document."""
    return copy.deepcopy(root)


def make_absolute(root: Element, base: str) -> None:
    """Make the links of a document absolute: against its ``base`` element where it has one, else against the address given."""
    named = next((node.get("href") for node in root.iter("base") if node.get("href")), "")
    base = _joined(base, named) if named else base
    for node in root.iter("a", "link"):
        if href := (node.get("href") or "").strip():
            node.set("href", _joined(base, one_line(href)))


def _joined(base: str, href: str) -> str:
    """A link against its base; itself where that cannot be (``http://[``)."""
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def remove(element: Element) -> None:
    """Take an element out of its document; the text behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def words_of(element: Element) -> str:
    """The seen text of an element in one line, blocks parted by a space."""
    return one_line("".join(_pieces(element)))


def classes(element: Element) -> str:
    """Class and id of an element in lower case, as one text."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()


def is_element(node: Element) -> bool:
    """Whether a node is an element (comments and processing instructions have no tag's name)."""
    return isinstance(node.tag, str)


def _pieces(element: Element) -> list[str]:
    """Text nodes in order; a list of what is still to do instead of recursion, since pages nest without end."""
    pieces: list[str] = []
    waiting: list[Element | str] = [element]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
        elif is_element(node) and node.tag not in _UNSEEN:
            pieces.append(" " if node.tag in _BLOCKS else "")
            pieces.append(node.text or "")
            waiting.append(" " if node.tag in _BLOCKS else "")
            for child in reversed(node):
                waiting.append(child.tail or "")
                waiting.append(child)
    return pieces


def _clean_text(root: Element) -> None:
    """Take out what character references bring in and lxml itself would not let us write: ``&#1;``, ``&#xFFFE;``."""
    for node in root.iter():
        for name in ("text", "tail"):
            text = getattr(node, name)
            if text and (plain := for_xml(text)) != text:
                setattr(node, name, plain)


def _flatten_deep(root: Element) -> None:
    """Take the tags away below a depth that no page means: extraction recurses, and Python's stack is not endless."""
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
    for element in level:
        text = words_of(element)
        for child in list(element):
            element.remove(child)
        element.text = text
