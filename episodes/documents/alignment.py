"""When the paragraphs of articles were said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from episodes.documents.document import Document
from episodes.pipeline.misquotes import differences, misquotes
from episodes.urls import deep_link

if TYPE_CHECKING:
    from episodes.catalog import alignments


class Change(Document):
    """A difference between quotation and transcript: ``written`` in place of ``said``; one of the two may be empty."""

    written: str
    said: str


class AlignedParagraph(Document):
    """A paragraph of an article, or a part of it, and when it was said."""

    article: str
    paragraph: int = Field(description="Counted from 0.")
    start: float = Field(description="Seconds.")
    end: float
    kind: Literal["quote", "paraphrase"]
    score: float
    begin: int = Field(description="Characters of the paragraph.")
    until: int
    text: str
    said: str = Field(description="Of a quote: the words as they were said.")
    misquote: bool = Field(description="It claims to be what was said, and differs.")
    difference: list[Change]
    url: str

    @classmethod
    def of(cls, one: alignments.AlignedParagraph, url: str, **more: Any) -> Self:  # noqa: ANN401 - fields of a longer document
        """Make it of an aligned paragraph; ``url`` is the episode's, ``more`` the fields of a longer document."""
        return cls(
            article=one.article.url,
            paragraph=one.span.paragraph,
            start=round(one.span.start, 2),
            end=round(one.span.end, 2),
            kind=one.span.kind,  # type: ignore[arg-type]  # a column of text
            score=round(one.span.score, 4),
            begin=one.span.begin,
            until=one.span.until,
            text=one.text,
            said=one.span.said,
            misquote=bool(misquotes(one)),
            difference=[Change(written=change.written, said=change.said) for change in differences(one)],
            url=deep_link(url, one.span.start),
            **more,
        )


class EpisodeAlignedParagraph(AlignedParagraph):
    """An aligned paragraph, with its episode."""

    episode: str
