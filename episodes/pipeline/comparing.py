"""The most similar spans of an episode and an article, side by side, for a person who decides on the link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from episodes.alignment.align import align
from episodes.catalog import articles, transcripts
from episodes.values import AlignedSpan, AlignmentKind, ParagraphText
from transcripts.text import first_words
from transcripts.words import Segment

#: Spans shown, and words of each side.
SHOWN, WORDS = 3, 45
#: Characters beyond which a longer span does not rank higher.
LONG = 300


@dataclass(frozen=True, slots=True)
class Compared:
    """What was said from ``start`` (seconds) on, and what was written; ``kind``: quote or paraphrase."""

    start: float
    said: str
    written: str
    kind: AlignmentKind
    score: float


def compared(session: Session, episode_id: int, article_id: int) -> list[Compared]:
    """The most similar spans, at most one per paragraph, in the order of the article; none if either has no text."""
    shown = transcripts.shown(session, episode_id)
    if shown is None:
        return []
    segments, written = transcripts.load(session, shown).segments, articles.paragraphs(session, article_id)
    return [_compared(place, written[place.paragraph], segments) for place in _best(align(written, segments))]


def _best(places: Iterable[AlignedSpan]) -> list[AlignedSpan]:
    """The spans with the highest score and length; a quote counts three times its length."""
    best: dict[int, AlignedSpan] = {}
    for place in sorted(places, key=_worth, reverse=True):
        best.setdefault(place.paragraph, place)
    return sorted(list(best.values())[:SHOWN], key=lambda place: place.paragraph)


def _worth(place: AlignedSpan) -> float:
    length = min(place.until - place.begin, LONG)
    return place.score * length * (3 if place.kind is AlignmentKind.QUOTE else 1)


def _compared(place: AlignedSpan, paragraph: ParagraphText, segments: Sequence[Segment]) -> Compared:
    said = place.said or " ".join(one.text for one in segments if one.end > place.start and one.start < place.end)
    return Compared(
        place.start,
        first_words(said, WORDS),
        first_words(paragraph.text[place.begin : place.until], WORDS),
        place.kind,
        place.score,
    )
