"""Search results: hits, each with its counterpart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from episodes.documents.document import Day, Document

if TYPE_CHECKING:
    from episodes.pipeline.searching import SearchResult
    from episodes.search.results import SearchResults


class Counterpart(Document):
    """The counterpart of a hit: the paragraph about a moment, or the moment at which a paragraph was said."""

    source: Literal["said", "written"]
    episode: str
    article: str
    title: str
    url: str
    paragraph: int
    start: float
    end: float
    kind: Literal["quote", "paraphrase"]
    score: float
    text: str


class Hit(Document):
    """A moment of an episode, or a place in an article."""

    episode: str | None
    article: str | None
    source: Literal["said", "written"]
    start: float | None = Field(description="Seconds; null for what was written.")
    end: float | None
    url: str
    title: str
    date: Day | None
    snippet: str
    highlights: list[list[int]] = Field(description="From-to offsets in characters of the snippet.")
    score: float
    aligned: Counterpart | None

    @classmethod
    def of(cls, one: SearchResult) -> Hit:
        """Make it of a hit and its counterpart."""
        hit = one.hit
        return cls(
            episode=hit.episode,
            article=hit.article,
            source=hit.source,
            start=hit.start,
            end=hit.end,
            url=hit.url,
            title=hit.title,
            date=hit.date,
            snippet=hit.snippet,
            highlights=[list(span) for span in hit.highlights],
            score=hit.score,
            aligned=Counterpart.model_validate(one.counterpart) if one.counterpart else None,
        )


class Answer(Document):
    """Hits, best first; the query as it was parsed, a note for the reader, and a corrected query to try."""

    read_as: str
    hits: list[Hit]
    note: str
    did_you_mean: str

    @classmethod
    def of(cls, found: SearchResults, hits: list[SearchResult]) -> Answer:
        """Make it of the results of a search and their counterparts."""
        return cls(
            read_as=found.query,
            hits=[Hit.of(one) for one in hits],
            note=found.note,
            did_you_mean=found.suggestion,
        )
