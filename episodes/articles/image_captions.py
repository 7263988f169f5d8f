"""Put image captions back where their images were: extraction drops figures together with their captions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from episodes.articles.text_comparison import count_words
from episodes.articles.tree import Element, words_of
from episodes.values import ParagraphKind, ParagraphText

_BLOCKS = ("p", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "div", "dd")
#: Words. Fewer are only the photographer's name; more are a text of their own.
_FEWEST, _MOST = 4, 120


def with_captions(paragraphs: tuple[ParagraphText, ...], scope: Element) -> tuple[ParagraphText, ...]:
    """Insert the captions of images in the article's element, each after the paragraph that it followed."""
    places = {part.text: place for place, part in reversed(list(enumerate(paragraphs)))}
    inserted: dict[int, list[str]] = defaultdict(list)
    captions: set[str] = set()
    behind = 0
    for node in scope.iter(*_BLOCKS, "figcaption"):
        text = "" if _has_blocks(node) and not _is_caption(node) else words_of(node)
        if _is_caption(node):
            if text not in captions and _FEWEST <= count_words(text) <= _MOST:
                captions.add(text)
                inserted[behind] += [] if text in places else [text]
        elif (place := places.get(text)) is not None and not any(map(_is_caption, node.iterancestors())):
            behind = max(behind, place + 1)
    return tuple(_merged(paragraphs, inserted, captions)) if captions else paragraphs


def _merged(
    paragraphs: tuple[ParagraphText, ...], inserted: dict[int, list[str]], captions: set[str]
) -> list[ParagraphText]:
    merged = []
    for place in range(len(paragraphs) + 1):
        merged += [ParagraphText(text, ParagraphKind.CAPTION) for text in inserted.get(place, [])]
        for part in paragraphs[place : place + 1]:
            merged.append(replace(part, kind=ParagraphKind.CAPTION) if part.text in captions else part)
    return merged


def _is_caption(node: Element) -> bool:
    return node.tag == "figcaption" or "wp-caption-text" in (node.get("class") or "").split()


def _has_blocks(node: Element) -> bool:
    """True if an element only contains other blocks: its words are theirs, so it is not read itself."""
    inner = ("p", "div", "li", "blockquote") if node.tag in ("div", "li", "dd") else ("blockquote",)
    return next(node.iterdescendants(*inner), None) is not None
