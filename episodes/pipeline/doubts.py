"""What is doubted and what was corrected, as JSON: for the command line's ``--json`` and whole episodes."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from episodes.catalog import corrections, documents, marks, transcripts
from episodes.catalog.corrections import EpisodeCorrection
from episodes.catalog.marks import MarkedMoment
from episodes.dates import iso
from episodes.models import Episode, Transcript
from episodes.urls import deep_link
from transcripts.words import Mark

#: Moments of a transcript that an episode's document names.
WORST = 3


def of_transcripts(session: Session, episode: Episode) -> list[dict[str, Any]]:
    """An episode's transcripts, the shown one first; ``doubtful`` are the worst moments: [{"start", "end", "marks"}]."""
    rows = transcripts.of_episode(session, episode.id or 0)
    return [
        {**documents.of_transcript(row, transcripts.length(session, row)), "doubtful": _worst(session, row)}
        for row in rows
    ]


def _worst(session: Session, row: Transcript) -> list[dict[str, Any]]:
    if not row.marks:
        return []
    worst = marks.worst(transcripts.load(session, row).segments, WORST)
    return [{"start": start, "end": end, "marks": _reasons(reasons)} for start, end, _, _, reasons in worst]


def of_corrections(session: Session, episode: Episode) -> list[dict[str, Any]]:
    """What was corrected in an episode, also what was undone."""
    return [of_correction(one) for one in corrections.listed(session, episode_id=episode.id)]


def of_correction(one: EpisodeCorrection) -> dict[str, Any]:
    """What is written in place of what was heard; ``at`` is null where that holds for the whole episode."""
    row = one.correction
    return {
        "id": row.id,
        "episode": one.episode.key,
        "at": row.at,
        "heard": row.heard,
        "right": row.right,
        "by": "hand" if row.transcript_id is None else "glossary",
        "made": iso(row.made_at),
        "undone": iso(row.undone_at),
        "url": deep_link(one.episode.url, row.at or 0.0),
    }


def of_marked(one: MarkedMoment) -> dict[str, Any]:
    """A moment at which what was heard is doubted; ``marks`` say why."""
    return {
        "episode": one.episode.key,
        "title": one.episode.title,
        "date": iso(one.episode.published),
        "source": one.transcript.source,
        "model": one.transcript.model,
        "shown": one.transcript.shown,
        "start": round(one.start, 2),
        "end": round(one.end, 2),
        "segments": one.segments,
        "text": one.text,
        "marks": _reasons(one.marks),
        "url": deep_link(one.episode.url, one.start),
    }


def _reasons(found: tuple[Mark, ...]) -> list[dict[str, str]]:
    return [{"kind": str(mark.kind), "detail": mark.detail} for mark in found]
