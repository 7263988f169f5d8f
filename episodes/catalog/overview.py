"""What the catalog holds, in numbers, and what is open."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, func, select

from episodes.catalog import outcomes, partial_transcripts
from episodes.models import Article, Episode, Link, Passage, Show, Transcript
from episodes.values import Outcome, State


def overview(session: Session) -> tuple[dict[str, Any], list[Outcome]]:
    """Counts by kind, and the outcomes that are waiting or failed, the newest first."""
    held = {
        "shows": _count(session, Show),
        "episodes": _count(session, Episode),
        "episodes with words": _heard(session),
        "transcripts": _grouped(session, Transcript.source),
        "articles": _count(session, Article),
        "links": _grouped(session, Link.status),
        "passages": _count(session, Passage),
    }
    return held, _open(session)


def _open(session: Session) -> list[Outcome]:
    """What waits or failed, the newest first; of episodes that are heard in part it says how far, whatever they wait for."""
    partial = {one.identity: one for one in partial_transcripts.listed(session)}
    found = []
    for row in outcomes.listed(session, (State.FAILED, State.WAITING)):
        far = partial.pop(row.item, None) if row.step == "hear" else None
        reason = f"{far}; {row.reason}" if far else row.reason
        found.append(Outcome(row.item, State(row.state), reason, row.until, row.title, row.step))
    begun = [Outcome(one.identity, State.WAITING, str(one), title=one.title, step="hear") for one in partial.values()]
    return begun + found


def _count(session: Session, table: type[Show | Episode | Article | Passage]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def _grouped(session: Session, column: Any) -> dict[str, int]:  # noqa: ANN401 - SQLModel types columns as their values
    rows = session.exec(select(column, func.count()).group_by(column).order_by(column))
    return dict(rows.all())


def _heard(session: Session) -> int:
    return session.exec(select(func.count(func.distinct(Transcript.episode_id))).where(col(Transcript.shown))).one()
