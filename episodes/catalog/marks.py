"""Quality marks: reasons to doubt a transcript, as moments of episodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sqlmodel import Session, col, select

from episodes.catalog import transcripts
from episodes.models import Episode, Transcript
from transcripts.quality.kinds import SEVERITY
from transcripts.words import Mark, Segment

#: Matches every kind.
ANY = ""

#: Severity by kind; imported transcripts may have other kinds.
_SEVERITY = {str(kind): severity for kind, severity in SEVERITY.items()}

Moment = tuple[float, float, str, int, tuple[Mark, ...]]


@dataclass(frozen=True, slots=True)
class MarkedMoment:
    """Neighbouring segments with the same marks: ``start`` and ``end`` in seconds, the text of the first, the number of segments."""

    episode: Episode
    transcript: Transcript
    start: float
    end: float
    text: str
    segments: int
    marks: tuple[Mark, ...]


def listed(
    session: Session, *, episode_id: int | None = None, kind: str = ANY, kept: bool = False
) -> Iterator[MarkedMoment]:
    """The marked moments: the newest episode first, then by time; with ``kept`` also those of transcripts that are not shown.

    A generator: a caller who takes a few does not load all transcripts.
    """
    rows = select(Transcript, Episode).join(Episode, col(Episode.id) == col(Transcript.episode_id))
    if episode_id is not None:
        rows = rows.where(Transcript.episode_id == episode_id)
    if not kept:
        rows = rows.where(col(Transcript.shown))
    order = (col(Episode.published).desc().nulls_last(), col(Episode.id).desc(), col(Transcript.shown).desc())
    for transcript, episode in session.exec(rows.order_by(*order, col(Transcript.id))).all():
        if transcript.marks and (kind == ANY or kind in transcript.marks):
            segments = transcripts.load(session, transcript).segments
            yield from (MarkedMoment(episode, transcript, *moment) for moment in moments(segments, kind))


def worst(segments: tuple[Segment, ...], most: int) -> list[Moment]:
    """The ``most`` moments with the most severe marks, then the longest."""

    def gravity(one: Moment) -> tuple[int, float]:
        return max(_SEVERITY.get(mark.kind, 0) for mark in one[4]), one[1] - one[0]

    return sorted(moments(segments), key=gravity, reverse=True)[:most]


def moments(segments: tuple[Segment, ...], kind: str = ANY) -> Iterator[Moment]:
    """Yield (start, end, text of the first segment, number of segments, marks), neighbours with the same kinds of marks joined."""
    wanted = [at for at, one in enumerate(segments) if any(kind in (ANY, mark.kind) for mark in one.marks)]
    begins = [
        at
        for before, at in pairwise([-2, *wanted])
        if at != before + 1 or _kinds(segments[at]) != _kinds(segments[before])
    ]
    for begin, until in pairwise([*begins, len(segments)]):
        group = [segments[at] for at in wanted if begin <= at < until]
        yield group[0].start, max(one.end for one in group), group[0].text, len(group), group[0].marks


def _kinds(segment: Segment) -> list[str]:
    return [mark.kind for mark in segment.marks]
