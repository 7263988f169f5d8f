"""Read a document that holds one article -> ``ArticleText``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from episodes.articles.boilerplate import without_boilerplate
from episodes.articles.extract import guess, paragraphs_of
from episodes.articles.image_captions import with_captions
from episodes.articles.main_content import links_in, main_element, remove_surroundings
from episodes.articles.metadata import Metadata, headings, metadata_of, without_site_name
from episodes.articles.structured_data import Object, article_object
from episodes.articles.text_comparison import count_words, same_words
from episodes.articles.text_header import is_byline, names_episode
from episodes.articles.tree import Element, words_of
from episodes.articles.videos import Placement, Video, deduplicated, videos_in, videos_in_metadata
from episodes.dates import date_line
from episodes.errors import ArticleError
from episodes.values import ArticleText, ParagraphKind, ParagraphText

#: Fewer words are a caption, a login form or an error page.
LEAST_WORDS = 25
_TOO_LITTLE = "no article on this page: too little text"

_HEAD_LINES = 6


def own_article(root: Element, url: str, objects: list[Object], meta: Mapping[str, str]) -> ArticleText:
    """Read the page's own article. ``root`` is modified: surroundings are removed.

    Raises:
        ArticleError: too little text, or no title.
    """
    item = article_object(objects, url)
    whole = [text for text in map(words_of, root.iter("title")) if text]
    remove_surroundings(root)
    found = _found(root, url)
    scope = main_element(root, [part.text for part in found])
    metadata = metadata_of(scope, url, item=item, meta=meta)
    guessed = guess(root, url) if not (metadata.title and metadata.authors and metadata.published) else None
    title = metadata.title or next((words_of(one) for one in headings(root, "h1")), "")
    title = (
        title
        or next((without_site_name(text, metadata.site) for text in whole), "")
        or (guessed.title if guessed else "")
    )
    stated = Metadata(
        title,
        metadata.published or (guessed.published if guessed else None),
        metadata.authors or (guessed.authors if guessed else ()),
        metadata.site or urlsplit(url).hostname or "",
        metadata.dek or next((text for text in [meta.get("description", "")] if names_episode(text)), ""),
    )
    seen = videos_in(scope)
    if not any(video.placement is Placement.EMBEDDED for video in seen):
        seen = deduplicated([*seen, *videos_in_metadata(objects, meta)]) or _only_one(videos_in(root))
    extra = {"description": meta["description"]} if meta.get("description") else {}
    article = _article(url, stated, found, seen, links_in(scope, url), extra)
    return replace(article, paragraphs=with_captions(article.paragraphs, scope))


def embedded_article(root: Element, url: str, title: str, objects: list[Object], site: str) -> ArticleText:
    """Read an article that was embedded in another page. ``root`` holds nothing else; ``title`` is its heading.

    Raises:
        ArticleError: too little text, or no title.
    """
    remove_surroundings(root)
    found = _found(root, url, all_of_it=True)
    metadata = metadata_of(root, url, item=_named(objects, url), meta={})
    stated = Metadata(
        title or metadata.title,
        metadata.published,
        metadata.authors,
        metadata.site or site or urlsplit(url).hostname or "",
        metadata.dek,
    )
    article = _article(url, stated, found, videos_in(root), links_in(root, url), {})
    return replace(article, paragraphs=with_captions(article.paragraphs, root))


def _named(objects: list[Object], url: str) -> Object:
    """Return the JSON-LD object with this URL; one without a URL describes the whole page, so it does not count."""
    item = article_object(objects, url)
    return item if item.get("url") or item.get("mainEntityOfPage") else {}


def _found(root: Element, url: str, *, all_of_it: bool = False) -> list[ParagraphText]:
    """Extract paragraphs: strictly first, with high recall if that finds too little.

    Raises:
        ArticleError: the whole page has too few words.
    """
    if count_words(words_of(root)) < LEAST_WORDS:
        raise ArticleError(url, _TOO_LITTLE)
    found = paragraphs_of(root, url, all_of_it=all_of_it)
    return found if all_of_it or _words(found) >= LEAST_WORDS else paragraphs_of(root, url, all_of_it=True)


def _article(
    url: str,
    metadata: Metadata,
    found: list[ParagraphText],
    videos: tuple[Video, ...],
    links: tuple[str, ...],
    extra: dict[str, Any],
) -> ArticleText:
    dek, text = _without_head(found, metadata)
    paragraphs = _without_loose_headings(without_boilerplate(text))
    if _words(paragraphs) < LEAST_WORDS:
        raise ArticleError(url, _TOO_LITTLE)
    if not metadata.title:
        raise ArticleError(url, "the page has no title")
    if videos:
        extra = {**extra, "videos": [{"id": video.id, "where": str(video.placement)} for video in videos]}
    ids = tuple(video.id for video in videos)
    return ArticleText(
        url, metadata.title, paragraphs, metadata.published, metadata.authors, metadata.site, dek, ids, links, extra
    )


def _without_head(found: list[ParagraphText], metadata: Metadata) -> tuple[str, list[ParagraphText]]:
    """Return the dek, and the paragraphs without the title, dek, byline and date that extraction leaves at the top."""
    head = found[:_HEAD_LINES]
    title = next((place for place, part in enumerate(head) if same_words(part.text, metadata.title)), -1)
    text = found[title + 1 :] if all(count_words(part.text) <= 15 for part in head[: title + 1]) else list(found)
    dek = metadata.dek
    while text and count_words(text[0].text) <= 60:
        line = text[0].text
        if not dek and names_episode(line):
            dek = line
        elif not (same_words(line, dek) or same_words(line, metadata.title) or date_line(line) or is_byline(line)):
            break
        text = text[1:]
    return dek, text


def _without_loose_headings(paragraphs: tuple[ParagraphText, ...]) -> tuple[ParagraphText, ...]:
    """Drop headings at the end; the text below them is gone."""
    last = len(paragraphs)
    while last and paragraphs[last - 1].kind is ParagraphKind.HEADING:
        last -= 1
    return paragraphs[:last]


def _only_one(videos: tuple[Video, ...]) -> tuple[Video, ...]:
    """Take a video outside the article's element only if it is the only one on the page."""
    return videos if len(videos) == 1 else ()


def _words(paragraphs: list[ParagraphText] | tuple[ParagraphText, ...]) -> int:
    return sum(count_words(part.text) for part in paragraphs if part.kind is not ParagraphKind.HEADING)
