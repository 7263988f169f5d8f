"""The API's documents as OpenAPI describes them; what makes them is ``catalog.documents`` and ``search.find``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Exactly these keys."""

    model_config = ConfigDict(extra="forbid")


class CounterpartShape(Shape):
    """The other side of a hit: the paragraph about a moment, or the minute in which a paragraph was said."""

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


class HitShape(Shape):
    """A moment of an episode, or a place in an article."""

    episode: str | None
    article: str | None
    source: Literal["said", "written"]
    start: float | None = Field(description="Seconds; null for what was written.")
    end: float | None
    url: str
    title: str
    date: str | None
    snippet: str
    highlights: list[list[int]] = Field(description="From-to offsets in characters of the snippet.")
    score: float
    aligned: CounterpartShape | None


class EvidenceShape(Shape):
    """One reason for or against a link."""

    kind: str
    detail: str
    weight: float


class LinkShape(Shape):
    """Episode and article that belong together, or were thought to."""

    id: int
    episode: str
    article: str
    status: Literal["linked", "proposed", "confirmed", "rejected"]
    confidence: float
    evidence: list[EvidenceShape]
    episode_title: str
    article_title: str
    decided: str | None


class EpisodeShape(Shape):
    """An episode in short."""

    episode: str
    title: str
    number: int | None
    date: str | None
    show: str
    duration: float | None
    url: str


class ListedEpisodeShape(EpisodeShape):
    """An episode in a list: ``transcript`` says where its shown words come from."""

    transcript: str | None


class MarkShape(Shape):
    """A reason to doubt what was heard."""

    kind: str = Field(description="loop, echo, silence, sparse, fast, punctuation, times, unsure or captions.")
    detail: str


class DoubtfulShape(Shape):
    """A moment at which what was heard is doubted."""

    start: float
    end: float
    marks: list[MarkShape]


class CorrectionShape(Shape):
    """What is written in place of what was heard."""

    id: int
    episode: str
    at: float | None = Field(description="Seconds; null where it holds for the whole episode.")
    heard: str
    right: str
    by: Literal["hand", "glossary"]
    made: str
    undone: str | None
    url: str


class TranscriptShape(Shape):
    """A transcript by where it is from; ``marks`` are how many segments are doubted, by kind, ``doubtful`` the worst moments."""

    source: str
    model: str
    language: str
    shown: bool
    segments: int
    marks: dict[str, int] = Field(description="How many of its segments are doubted, by the kind of the reason.")
    created: str | None
    doubtful: list[DoubtfulShape] = Field(description="Its worst moments.")


class WholeEpisodeShape(EpisodeShape):
    """All about an episode."""

    description: str
    channel: str
    media: str
    transcripts: list[TranscriptShape]
    links: list[LinkShape]
    aligned: dict[str, int]
    corrections: list[CorrectionShape]


class ArticleShape(Shape):
    """An article in short."""

    url: str
    title: str
    date: str | None
    site: str
    revisions: int
    addresses: list[str]


class ChangeShape(Shape):
    """Words that were written where others were said; one of the two may be empty."""

    written: str
    said: str


class PassageShape(Shape):
    """Where a paragraph of an article, or a part of it, was said."""

    article: str
    paragraph: int = Field(description="Counted from 0.")
    start: float = Field(description="Seconds.")
    end: float
    kind: Literal["quote", "paraphrase"]
    score: float
    begin: int = Field(description="Characters of the paragraph.")
    until: int
    text: str
    said: str = Field(description="Of a quote the words as they were said.")
    misquote: bool = Field(description="It claims to be what was said, and differs.")
    difference: list[ChangeShape]
    url: str


class EpisodePassageShape(PassageShape):
    """Where a paragraph was said, and in which episode."""

    episode: str


class ParagraphShape(Shape):
    """A paragraph, and when it was said."""

    paragraph: int
    kind: Literal["text", "quote", "heading", "list", "caption"]
    text: str
    said: list[EpisodePassageShape]


class WholeArticleShape(ArticleShape):
    """All about an article."""

    authors: list[str]
    dek: str
    paragraphs: list[ParagraphShape]
    links: list[LinkShape]


class TimedWordsShape(BaseModel):
    """The lossless form of a transcript, see ``transcripts.transcript_json``."""

    format: str
    version: int
    source: str
    model: str
    language: str | None
    duration: float | None
    notes: list[str]
    segments: list[dict[str, Any]]


class ErrorShape(Shape):
    """What went wrong, in a sentence."""

    error: str
    detail: str
