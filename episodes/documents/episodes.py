"""An episode: its summary, as an item of a list, and in full."""

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
    """The summary of an episode."""

    episode: str
    title: str
    number: int | None
    date: Day | None
    show: str
    duration: float | None
    url: str

    @classmethod
    def of(cls, row: models.Episode, **more: Any) -> Self:  # noqa: ANN401 - fields of a longer document
        """Make it of a row; ``more`` are the fields of a longer document."""
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
    """An episode in a list: ``transcript`` is the source of the transcript that is shown."""

    transcript: str | None

    @classmethod
    def all_of(cls, session: Session, rows: Sequence[models.Episode]) -> list[ListedEpisode]:
        """Make one of each row, with one query for all transcripts."""
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
        """Read an episode's transcripts, links, numbers of aligned paragraphs by article, and corrections."""
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
    """A segment without its words' times, for assistants."""

    start: float
    speaker: str | None
    text: str


class _IsEpisode(Document):
    kind: Literal["episode"] = "episode"


class ShownEpisode(WholeEpisode, _IsEpisode):
    """What the MCP tool `show` returns for an episode: with an excerpt of its transcript. ``goes_on_at`` is where the next one starts."""

    said: list[Said]
    passages: list[AlignedParagraph]
    goes_on_at: float | None

    @classmethod
    def between(cls, session: Session, row: models.Episode, start: float, end: float) -> ShownEpisode:
        """Read an episode with the segments and aligned paragraphs between two seconds."""
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
