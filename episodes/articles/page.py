"""Read all articles on an HTML page: its own, and others embedded in it, each under its own URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from episodes.articles.article import embedded_article, own_article
from episodes.articles.metadata import without_site_name
from episodes.articles.split import Part, Split, is_full, split_page, teaser_texts
from episodes.articles.structured_data import (
    Object,
    article_object,
    canonical,
    json_ld_objects,
    meta_properties,
    text_of,
)
from episodes.articles.text_comparison import count_words
from episodes.articles.tree import Element, make_absolute, parse, words_of
from episodes.errors import ArticleError
from episodes.values import ArticleText, Outcome, Read, State


def read_page(html: str, url: str, item: str = "") -> Iterator[Read]:
    """Yield the articles of a page fetched from ``url``. ``item`` names it in outcomes if not by its URL (a path).

    Raises:
        ArticleError: there is no article on it.
    """
    root = parse(html)
    meta, objects = meta_properties(root), json_ld_objects(root)
    own_url = canonical(root, url, meta)
    make_absolute(root, own_url)
    split = split_page(root, own_url, _head_title(root, own_url, objects, meta), objects)
    own = _own(root, own_url, objects, meta, split)
    if isinstance(own, ArticleText):
        yield Read(own.url, own, own=True)
    elif not split.parts:
        raise ArticleError(item or url, own)
    for part in split.parts:
        yield _other(part, objects, meta.get("og:site_name", ""))


def _own(root: Element, url: str, objects: list[Object], meta: Mapping[str, str], split: Split) -> ArticleText | str:
    """Return the page's own article, or the reason why there is none."""
    if split.parts and not split.own_known and not (root.find(".//h1") is not None and is_full([root])):
        return "the page has no article of its own"
    teasers = [] if article_object(objects, url) or meta.get("og:type") == "article" else teaser_texts(root, url)
    try:
        article = own_article(root, url, objects, meta)
    except ArticleError as error:
        announced = 2 * sum(map(count_words, teasers)) > count_words(words_of(root))
        return _LIST if split.teasers > 1 or announced else error.detail
    return _LIST if _mostly(article, teasers) else article


#: Paragraphs that are compared with the teasers.
_LOOKED_AT = 300
_LIST = "the page only lists articles; give the address of one of them"


def _mostly(article: ArticleText, teasers: list[str]) -> bool:
    """True if most of the extracted text belongs to teasers."""
    whole, some = "\n".join(teasers), article.paragraphs[:_LOOKED_AT]
    among = sum(len(part.text) for part in some if part.text in whole)
    return 2 * among > sum(len(part.text) + 2 for part in some)


def _other(part: Part, objects: list[Object], site: str) -> Read:
    try:
        return Read(part.url, embedded_article(part.root, part.url, part.title, objects, site))
    except ArticleError as error:
        return Read(part.url, outcome=Outcome(part.url, State.SKIPPED, error.detail, title=part.title))


def _head_title(root: Element, url: str, objects: list[Object], meta: Mapping[str, str]) -> str:
    """Return the title that the page's head gives its article."""
    site = meta.get("og:site_name", "")
    whole = next((words_of(title) for title in root.iter("title")), "")
    return text_of(article_object(objects, url), "headline") or without_site_name(meta.get("og:title") or whole, site)
