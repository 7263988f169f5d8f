"""What an episode and an article have most alike, side by side, for a person who decides whether they belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from episodes.alignment.align import align
from episodes.catalog import articles, transcripts
from episodes.values import AlignedSpan, AlignmentKind, ParagraphText
from transcripts.text import first_words
from transcripts.words import Segment

#: Places that are shown, and words of each side.
SHOWN, WORDS = 3, 45
#: Characters of a paragraph beyond which being longer is worth nothing.
LONG = 300


@dataclass(frozen=True, slots=True)
class Compared:
    """What was said from ``start`` (seconds) on, and what was written; ``kind`` tells whether in the same words."""

    start: float
    said: str
    written: str
    kind: AlignmentKind
    score: float


def compared(session: Session, episode_id: int, article_id: int) -> list[Compared]:
    """The places that are most alike, at most one of each paragraph, in the article's order; none where one of the two has no text."""
    shown = transcripts.shown(session, episode_id)
    if shown is None:
        return []
    segments, written = transcripts.load(session, shown).segments, articles.paragraphs(session, article_id)
    return [_compared(place, written[place.paragraph], segments) for place in _best(align(written, segments))]


def _best(places: Iterable[AlignedSpan]) -> list[AlignedSpan]:
    """The surest and longest places; what was said in the same words counts for three times its length."""
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
