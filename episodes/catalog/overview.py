"""The catalog in numbers, and its open items."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, func, select

from episodes.catalog import outcomes, partial_transcripts
from episodes.models import Article, Episode, Link, Passage, Show, Transcript
from episodes.values import Outcome, State


def overview(session: Session) -> tuple[dict[str, Any], list[Outcome]]:
    """Counts by kind, and the waiting and failed outcomes, the newest first."""
    held = {
        "shows": _count(session, Show),
        "episodes": _count(session, Episode),
        "episodes with words": _with_transcript(session),
        "transcripts": _grouped(session, Transcript.source),
        "articles": _count(session, Article),
        "links": _grouped(session, Link.status),
        "passages": _count(session, Passage),
    }
    return held, _open(session)


def _open(session: Session) -> list[Outcome]:
    """Waiting and failed outcomes, the newest first; with the progress of partial transcripts, whatever the episode waits for."""
    partial = {one.identity: one for one in partial_transcripts.listed(session)}
    found = []
    for row in outcomes.listed(session, (State.FAILED, State.WAITING)):
        far = partial.pop(row.item, None) if row.step == "hear" else None
        reason = f"{far}; {row.reason}" if far else row.reason
        found.append(Outcome(row.item, State(row.state), reason, row.until, row.title, row.step))
    begun = [Outcome(one.identity, State.WAITING, str(one), title=one.title, step="hear") for one in partial.values()]
    return begun + found


def is_empty(session: Session) -> bool:
    """True if there is nothing to search: no transcript and no article."""
    return session.exec(select(Passage.id).limit(1)).first() is None


def _count(session: Session, table: type[Show | Episode | Article | Passage]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def _grouped(session: Session, column: Any) -> dict[str, int]:  # noqa: ANN401 - SQLModel types columns as their values
    rows = session.exec(select(column, func.count()).group_by(column).order_by(column))
    return dict(rows.all())


def _with_transcript(session: Session) -> int:
    return session.exec(select(func.count(func.distinct(Transcript.episode_id))).where(col(Transcript.shown))).one()
