"""Parse HTML and XML to lxml trees, and read their text; the only module that parses.

lxml has no types, so elements are typed as ``Element`` (Any). No function modifies a tree unless its name says so; copy
a document before removing anything from it.
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
#: Elements with invisible text.
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
    """Parse HTML and return the root element.

    Raises:
        ArticleError: it is empty, or exceeds the limits of ``markup``.
    """
    from lxml import etree
    from lxml import html as lxml_html

    html = for_xml(html)
    check(html)
    # As bytes: lxml refuses a str that declares an encoding. The parser's encoding overrides the declared one.
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
    """Parse XML (a sitemap), repaired if broken, and return its root.

    Namespaces are removed from names, except for elements that would be confused with others ("image_loc"). Entities
    are not resolved and nothing is fetched, so neither entity bombs nor external files (XXE) are possible.

    Raises:
        ArticleError: it is empty, or exceeds the limits of ``markup``.
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
    """Decode an XML document (a feed, a sitemap), without characters that XML forbids.

    Raises:
        ArticleError: it exceeds the limits of ``markup``.
    """
    text = for_xml(decode(data)).strip()
    check(text, most=MOST_TAGS_OF_LISTS)
    return text


def document_of(elements: list[Element]) -> Element:
    """Make a new document whose one article holds copies of these elements."""
    root = parse("<html><head></head><body><article></article></body></html>")
    article = root.find(".//article")
    for element in elements:
        twin = copy.deepcopy(element)
        if twin.tag in ("article", "body", "main"):
            twin.tag = "div"
        article.append(twin)
    return root


def copied(root: Element) -> Element:
    """Copy a whole document."""
    return copy.deepcopy(root)


def make_absolute(root: Element, base: str) -> None:
    """Make all links of a document absolute, in place: against its ``base`` element, else against ``base``."""
    named = next((node.get("href") for node in root.iter("base") if node.get("href")), "")
    base = _joined(base, named) if named else base
    for node in root.iter("a", "link"):
        if href := (node.get("href") or "").strip():
            node.set("href", _joined(base, one_line(href)))


def _joined(base: str, href: str) -> str:
    """Join a link with its base; return it unchanged if that is impossible (``http://[``)."""
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def remove(element: Element) -> None:
    """Remove an element from its document; the text after it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def words_of(element: Element) -> str:
    """Return the visible text of an element in one line, blocks separated by a space."""
    return one_line("".join(_pieces(element)))


def classes(element: Element) -> str:
    """Return class and id of an element as one text in lower case."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()


def is_element(node: Element) -> bool:
    """True if a node is an element; comments and processing instructions have no tag name."""
    return isinstance(node.tag, str)


def _pieces(element: Element) -> list[str]:
    """Collect text nodes in order; iteratively, because pages can nest without limit."""
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
    """Remove characters from references such as ``&#1;`` and ``&#xFFFE;``, which lxml refuses to write."""
    for node in root.iter():
        for name in ("text", "tail"):
            text = getattr(node, name)
            if text and (plain := for_xml(text)) != text:
                setattr(node, name, plain)


def _flatten_deep(root: Element) -> None:
    """Replace elements below a depth limit by their text: extraction recurses, and would overflow the stack."""
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
    for element in level:
        text = words_of(element)
        for child in list(element):
            element.remove(child)
        element.text = text
