"""The linking state between two runs: an opaque snapshot of the corpus (see ``linking``), and checksums of the texts it was made from."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import delete, insert
from sqlmodel import Session, and_, col, select

from episodes.models import Article, Episode, LinkingState, Transcript

SNAPSHOT = "seen"
#: Ids of texts to checksums.
Checksums: TypeAlias = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The input of a run of linking: checksums of the texts, people's decisions, and the ``version`` of the method."""

    version: int
    episodes: Checksums
    articles: Checksums
    decided: Mapping[tuple[int, int], bool]


def snapshot(session: Session, version: int, decided: Mapping[tuple[int, int], bool]) -> Snapshot:
    """The input of a run of linking now."""
    shown = and_(col(Transcript.episode_id) == col(Episode.id), col(Transcript.shown))
    words = col(Transcript.checksum) + col(Transcript.corrected)
    said = session.exec(select(Episode.id, Episode.checksum, Transcript.id, words).outerjoin(Transcript, shown))
    written = session.exec(select(Article.id, Article.checksum))
    return Snapshot(
        version,
        {one or 0: f"{digest} {transcript or ''} {words or ''}" for one, digest, transcript, words in said},
        {one or 0: digest for one, digest in written},
        decided,
    )


def stored(session: Session) -> bytes | None:
    """The stored snapshot of the last run, which changes with each run that writes; None if there was no run."""
    return load(session, [SNAPSHOT]).get(SNAPSHOT)


def read(data: bytes | None) -> Snapshot | None:
    """Parse the ``stored`` snapshot."""
    if data is None:
        return None
    value = json.loads(data)
    decided = {(episode, article): yes for episode, article, yes in value["decided"]}
    said, written = ({int(key): digest for key, digest in value[side].items()} for side in ("episodes", "articles"))
    return Snapshot(value["version"], said, written, decided)


def put_snapshot(session: Session, one: Snapshot) -> None:
    """Store the input of a run."""
    decided = [[*pair, yes] for pair, yes in one.decided.items()]
    value = {"version": one.version, "episodes": one.episodes, "articles": one.articles, "decided": decided}
    put(session, {SNAPSHOT: json.dumps(value).encode()})


def load(session: Session, parts: Collection[str]) -> dict[str, bytes]:
    """Load these parts of the state; missing ones are left out."""
    rows = session.exec(select(LinkingState.part, LinkingState.data).where(col(LinkingState.part).in_(parts)))
    return dict(rows.all())


def put(session: Session, parts: Mapping[str, bytes]) -> None:
    """Store these parts; the others stay."""
    session.execute(delete(LinkingState).where(col(LinkingState.part).in_(parts)))
    if parts:
        session.execute(insert(LinkingState), [{"part": part, "data": data} for part, data in parts.items()])


def forget(session: Session) -> None:
    """Remove all parts."""
    session.execute(delete(LinkingState))
