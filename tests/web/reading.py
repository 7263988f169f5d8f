"""A page as tests look at it: parsed strictly enough to see what a browser would see."""

from __future__ import annotations

from lxml import html


class Page:
    """An HTML page; finds by XPath, and tells text with white space made plain."""

    def __init__(self, text: str) -> None:
        self.root = html.document_fromstring(text)

    def all(self, path: str) -> list[html.HtmlElement]:
        """Elements or attribute values."""
        return list(self.root.xpath(path))

    def one(self, path: str) -> html.HtmlElement:
        (found,) = self.all(path)
        return found

    def texts(self, path: str) -> list[str]:
        return [" ".join(each.text_content().split()) for each in self.all(path)]

    def text(self, path: str) -> str:
        (found,) = self.texts(path)
        return found
