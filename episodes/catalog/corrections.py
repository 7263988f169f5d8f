"""Corrections of transcripts: what is written in place of what was transcribed. Store, list, undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from episodes.errors import NotFound
from episodes.models import Correction, Episode
from episodes.values import State
from transcripts.names import corrections as spoken

#: What identifies a correction: seconds (None: the whole episode), text before, text after.
Key = tuple[float | None, str, str]


class EpisodeCorrection(NamedTuple):
    """A correction with its episode."""

    correction: Correction
    episode: Episode


def value(row: Correction) -> spoken.Correction:
    """The correction to apply to segments: one from the glossary is for one segment, one by hand for those within ``SLACK`` seconds."""
    slack = spoken.SLACK if row.transcript_id is None else 0.0
    return spoken.Correction(row.heard, row.right, row.at, slack)


def manual(session: Session, episode_id: int) -> list[spoken.Correction]:
    """The corrections by hand of an episode, the oldest first, without those undone."""
    rows = _of(session, episode_id)
    return [value(row) for row in rows if row.transcript_id is None and row.undone_at is None]


def undone(session: Session, episode_id: int) -> list[spoken.Correction]:
    """The corrections that people undid in an episode; they must not be made again near there."""
    rows = _of(session, episode_id)
    return [spoken.Correction(row.heard, row.right, row.at) for row in rows if row.undone_at is not None]


def _of(session: Session, episode_id: int) -> Sequence[Correction]:
    return session.exec(
        select(Correction).where(Correction.episode_id == episode_id).order_by(col(Correction.id))
    ).all()


def put_manual(session: Session, episode_id: int, one: spoken.Correction, *, now: datetime) -> tuple[Correction, State]:
    """Store a correction by hand; the same again changes nothing, or restores one that was undone."""
    for row in _of(session, episode_id):
        if row.transcript_id is None and _key(row) == (one.at, one.heard, one.right):
            state = State.DONE if row.undone_at else State.UNCHANGED
            row.undone_at = None
            return row, state
    row = Correction(episode_id=episode_id, at=one.at, heard=one.heard, right=one.right, made_at=now)
    session.add(row)
    session.flush()
    return row, State.DONE


def put_automatic(
    session: Session, episode_id: int, transcript_id: int, made: Iterable[spoken.Correction], *, now: datetime
) -> None:
    """Replace the glossary's corrections of a transcript; those that stay keep their id and date."""
    wanted: dict[Key, spoken.Correction] = {(one.at, one.heard, one.right): one for one in made}
    for row in _of(session, episode_id):
        if row.transcript_id == transcript_id and row.undone_at is None and wanted.pop(_key(row), None) is None:
            session.delete(row)
    for one in wanted.values():
        row = Correction(episode_id=episode_id, at=one.at, heard=one.heard, right=one.right, made_at=now)
        row.transcript_id = transcript_id
        session.add(row)
    session.flush()


def _key(row: Correction) -> Key:
    return row.at, row.heard, row.right


def listed(session: Session, *, episode_id: int | None = None) -> list[EpisodeCorrection]:
    """All corrections, including those undone: the newest episode first, then by time in the episode."""
    rows = select(Correction, Episode).join(Episode, col(Episode.id) == col(Correction.episode_id))
    if episode_id is not None:
        rows = rows.where(Correction.episode_id == episode_id)
    order = (col(Episode.published).desc().nulls_last(), col(Episode.id).desc())
    place = (col(Correction.at).nulls_first(), col(Correction.id))
    return [EpisodeCorrection(*row) for row in session.exec(rows.order_by(*order, *place))]


def undo(session: Session, correction_id: int, *, now: datetime) -> tuple[Correction, State]:
    """Undo a correction; it is never made again by itself.

    Raises:
        NotFound: No correction has this id.
    """
    row = session.get(Correction, correction_id)
    if row is None:
        raise NotFound.of_kind("correction", correction_id)
    state = State.UNCHANGED if row.undone_at else State.DONE
    row.undone_at = row.undone_at or now
    session.add(row)
    session.flush()
    return row, state
