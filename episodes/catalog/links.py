"""Links between episodes and articles: evidence, verdicts, and people's decisions, which are final."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert
from sqlmodel import Session, col, func, select

from episodes.batches import batched
from episodes.errors import NotFound
from episodes.models import Article, Episode, Evidence, Link
from episodes.values import CERTAIN_STATUSES, DECIDED_STATUSES, LinkStatus, State, Verdict


@dataclass(frozen=True, slots=True)
class Linked:
    """A link with its episode, its article and its evidence."""

    link: Link
    episode: Episode
    article: Article
    evidence: tuple[Evidence, ...]

    @property
    def holds(self) -> bool:
        """True if it is linked or confirmed."""
        return self.link.status in CERTAIN_STATUSES


def decided(session: Session) -> dict[tuple[int, int], bool]:
    """People's decisions: (episode id, article id) -> True if confirmed, False if rejected."""
    rows = session.exec(
        select(Link.episode_id, Link.article_id, Link.status).where(col(Link.status).in_(DECIDED_STATUSES))
    )
    return {(episode, article): status == LinkStatus.CONFIRMED for episode, article, status in rows}


def of_many(
    session: Session, *, episodes: Collection[int] = (), articles: Collection[int] = ()
) -> set[tuple[int, int]]:
    """The links of these episodes and of these articles, in any status, as (episode id, article id)."""
    found: set[tuple[int, int]] = set()
    for column, ids in ((Link.episode_id, episodes), (Link.article_id, articles)):
        for some in batched(ids):
            found.update(session.exec(select(Link.episode_id, Link.article_id).where(col(column).in_(some))).all())
    return found


def counts(session: Session) -> dict[str, int]:
    """The number of links by status."""
    found = dict(session.exec(select(Link.status, func.count()).group_by(col(Link.status))).all())
    return {str(status): found.get(status, 0) for status in LinkStatus}


def count_unlinked(session: Session) -> int:
    """The number of episodes without a link, or only with rejected ones."""
    having = select(Link.episode_id).where(col(Link.status) != LinkStatus.REJECTED)
    return session.exec(select(func.count()).select_from(Episode).where(col(Episode.id).not_in(having))).one()


def put_all(
    session: Session, verdicts: Iterable[Verdict], *, due: Collection[int] | None = None
) -> tuple[int, int, int]:
    """Replace the machine's links by these verdicts; people's decisions stay. Returns the numbers of (new, changed, removed) links.

    ``due`` are the episodes that the verdicts are about; None: all.
    """
    have = {(row.episode_id, row.article_id): row for row in _of_episodes(session, due)}
    evidence = _evidence(session, [row.id or 0 for row in have.values()])
    machines = {pair: row for pair, row in have.items() if row.status not in DECIDED_STATUSES}
    wanted = {pair: one for one in verdicts if (pair := _pair(one)) in machines or pair not in have}
    changed = {
        pair: one
        for pair, one in wanted.items()
        if pair in machines and not _same(machines[pair], evidence.get(machines[pair].id or 0, ()), one)
    }
    new = {pair: one for pair, one in wanted.items() if pair not in machines}
    _put(session, [(machines.get(pair), one) for pair, one in {**new, **changed}.items()])
    removed = [row for pair, row in machines.items() if pair not in wanted]
    for row in removed:
        session.delete(row)
    session.flush()
    return len(new), len(changed), len(removed)


def _of_episodes(session: Session, episodes: Collection[int] | None) -> Iterator[Link]:
    """The links of these episodes; None: all links."""
    for some in [None] if episodes is None else batched(episodes):
        yield from session.exec(select(Link).where(*([] if some is None else [col(Link.episode_id).in_(some)])))


def _pair(verdict: Verdict) -> tuple[int, int]:
    return verdict.episode_id, verdict.article_id


def _same(row: Link, evidence: tuple[Evidence, ...], verdict: Verdict) -> bool:
    before = [(one.kind, one.detail, one.weight) for one in evidence]
    after = [(one.kind, one.detail, one.weight) for one in verdict.evidence]
    return (row.status, row.confidence, before) == (verdict.status, verdict.confidence, after)


def _put(session: Session, verdicts: Iterable[tuple[Link | None, Verdict]]) -> None:
    """Write verdicts with their evidence, into the row of the link if there is one."""
    rows: list[tuple[Link, Verdict]] = []
    for row, one in verdicts:
        link = row or Link(episode_id=one.episode_id, article_id=one.article_id, status="", confidence=0)
        link.status, link.confidence = one.status, one.confidence
        session.add(link)
        rows.append((link, one))
    session.flush()
    for some in batched([link.id or 0 for link, _ in rows]):
        session.execute(delete(Evidence).where(col(Evidence.link_id).in_(some)))
    reasons = [
        {"link_id": link.id, "position": at, "kind": why.kind, "detail": why.detail, "weight": why.weight}
        for link, one in rows
        for at, why in enumerate(one.evidence)
    ]
    if reasons:
        session.execute(insert(Evidence), reasons)


def _evidence(session: Session, ids: Iterable[int]) -> dict[int, tuple[Evidence, ...]]:
    """Map link ids to their evidence."""
    table: dict[int, tuple[Evidence, ...]] = {}
    statement = select(Evidence).order_by(col(Evidence.link_id), col(Evidence.position))
    for some in batched(ids):
        for one in session.exec(statement.where(col(Evidence.link_id).in_(some))):
            table[one.link_id] = (*table.get(one.link_id, ()), one)
    return table


def listed(
    session: Session,
    *,
    status: str = "",
    episode_id: int | None = None,
    article_id: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Linked]:
    """Links with both ends: the newest episode first, within an episode the highest confidence first."""
    conditions: list[ColumnElement[bool]] = [col(Link.status) == status] if status else []
    conditions += [col(Link.episode_id) == episode_id] if episode_id is not None else []
    conditions += [col(Link.article_id) == article_id] if article_id is not None else []
    statement = (
        select(Link, Episode, Article)
        .join(Episode, col(Episode.id) == col(Link.episode_id))
        .join(Article, col(Article.id) == col(Link.article_id))
        .order_by(
            col(Episode.published).desc().nulls_last(), col(Episode.id), col(Link.confidence).desc(), col(Link.id)
        )
    )
    rows = session.exec(statement.where(*conditions).limit(limit).offset(offset)).all()
    evidence = _evidence(session, [link.id or 0 for link, _, _ in rows])
    return [Linked(link, episode, article, evidence.get(link.id or 0, ())) for link, episode, article in rows]


def decide(session: Session, link_id: int, status: LinkStatus, *, now: datetime) -> State:
    """Store a person's decision on a link.

    Raises:
        NotFound: No link has this id.
    """
    row = _get(session, link_id)
    if row.status == status:
        return State.UNCHANGED
    row.status, row.decided_at = status, now
    return State.DONE


def take_back(session: Session, link_id: int) -> State:
    """Undo a person's decision: the link is proposed until the next run of linking decides on it.

    Raises:
        NotFound: No link has this id.
    """
    row = _get(session, link_id)
    if row.status not in DECIDED_STATUSES:
        return State.UNCHANGED
    row.status, row.decided_at = LinkStatus.PROPOSED, None
    return State.DONE


def _get(session: Session, link_id: int) -> Link:
    if row := session.get(Link, link_id):
        return row
    raise NotFound.of_kind("link", link_id)


def put_decision(session: Session, episode_id: int, article_id: int, status: LinkStatus, *, at: datetime) -> State:
    """Store a person's decision on a pair, with or without a link; the latest decision wins."""
    where = (Link.episode_id == episode_id, Link.article_id == article_id)
    row = session.exec(select(Link).where(*where)).first()
    if row and row.decided_at and row.decided_at >= at:
        return State.UNCHANGED
    confidence = row.confidence if row else float(status == LinkStatus.CONFIRMED)
    row = row or Link(episode_id=episode_id, article_id=article_id, status=status, confidence=confidence)
    row.status, row.decided_at = status, at
    session.add(row)
    session.flush()
    return State.DONE
