"""An episode: in short, in a list, and all about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

from sqlmodel import Session

from episodes import models
from episodes.catalog import alignments, links, transcripts
from episodes.documents.alignment import AlignedParagraph
from episodes.documents.document import Day, Document
from episodes.documents.links import Link
from episodes.documents.transcripts import Correction, Transcript
from episodes.redaction import redact_url


class Episode(Document):
    """An episode in short."""

    episode: str
    title: str
    number: int | None
    date: Day | None
    show: str
    duration: float | None
    url: str

    @classmethod
    def of(cls, row: models.Episode, **more: Any) -> Self:  # noqa: ANN401 - fields of a longer document
        """From its row."""
        return cls(
            episode=row.key,
            title=row.title,
            number=row.number,
            date=row.published,
            show=row.show_title,
            duration=row.duration,
            url=redact_url(row.url),
            **more,
        )


class ListedEpisode(Episode):
    """An episode in a list: ``transcript`` says where its shown words come from."""

    transcript: str | None

    @classmethod
    def all_of(cls, session: Session, rows: Sequence[models.Episode]) -> list[ListedEpisode]:
        """Episodes as lists show them."""
        sources = transcripts.shown_sources(session, [row.id or 0 for row in rows])
        return [cls.of(row, transcript=sources.get(row.id or 0)) for row in rows]


class WholeEpisode(Episode):
    """All about an episode."""

    description: str
    channel: str
    media: str
    transcripts: list[Transcript]
    links: list[Link]
    aligned: dict[str, int]
    corrections: list[Correction]

    @classmethod
    def read(cls, session: Session, row: models.Episode, **more: Any) -> Self:  # noqa: ANN401 - fields of a longer document
        """An episode with its transcripts, its articles and how many of their paragraphs were said, and its corrections."""
        linked = links.listed(session, episode_id=row.id)
        counts = alignments.counts(session, row.id or 0)
        return cls.of(
            row,
            description=row.description,
            channel=row.channel,
            media=redact_url(row.media),
            transcripts=Transcript.all_of(session, row),
            links=[Link.of(one) for one in linked],
            aligned={one.article.url: counts[one.article.id or 0][0] for one in linked if one.article.id in counts},
            corrections=Correction.all_of(session, row.id),
            **more,
        )


class Said(Document):
    """A segment as assistants read it."""

    start: float
    speaker: str | None
    text: str


class _IsEpisode(Document):
    kind: Literal["episode"] = "episode"


class ShownEpisode(WholeEpisode, _IsEpisode):
    """What `show` of `nir mcp` gives for an episode: some minutes of what was said, too; ``goes_on_at`` is the next second with words."""

    said: list[Said]
    passages: list[AlignedParagraph]
    goes_on_at: float | None

    @classmethod
    def between(cls, session: Session, row: models.Episode, start: float, end: float) -> ShownEpisode:
        """With what was said in these seconds, and which paragraphs are about it."""
        chosen = transcripts.shown(session, row.id or 0)
        segments = transcripts.load(session, chosen).segments if chosen else ()
        return cls.read(
            session,
            row,
            said=[
                Said(start=segment.start, speaker=segment.speaker, text=segment.text)
                for segment in segments
                if segment.end > start and segment.start < end
            ],
            passages=[
                AlignedParagraph.of(one, row.url)
                for one in alignments.of_episode(session, row.id or 0)
                if one.span.end > start and one.span.start < end
            ],
            goes_on_at=min((segment.start for segment in segments if segment.start >= end), default=None),
        )
