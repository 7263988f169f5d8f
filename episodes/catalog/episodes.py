"""Episodes: store what a source reports, and find one by what a person typed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from episodes.batches import batched
from episodes.catalog.checksums import checksum
from episodes.errors import Ambiguous, NotFound
from episodes.models import Episode, Show, Transcript
from episodes.urls import youtube_id
from episodes.values import EpisodeInfo, State
from transcripts.words import Source

#: Columns copied from the source. An empty value leaves the stored one.
COPIED_COLUMNS = (
    "title",
    "number",
    "published",
    "duration",
    "description",
    "url",
    "media",
    "channel",
    "thumbnail",
    "language",
    "live_status",
    "availability",
)


def put(session: Session, info: EpisodeInfo, *, now: datetime, show: Show | None = None) -> tuple[Episode, State]:
    """Store what a source reports; the episode is recognised by its identity."""
    digest = checksum(
        {name: getattr(info, name) for name in COPIED_COLUMNS},
        info.show,
        [asdict(track) for track in info.captions],
        dict(info.extra),
        show.id if show else None,
    )
    episode = session.exec(select(Episode).where(Episode.identity == info.identity)).first()
    if episode is None:
        key = _free_key(session, info)
        episode = Episode(identity=info.identity, key=key, title=info.title, checksum="", updated_at=now)
    elif episode.checksum == digest:
        return episode, State.UNCHANGED
    _fill(episode, info, show)
    episode.checksum, episode.updated_at = digest, now
    session.add(episode)
    session.flush()
    return episode, State.DONE


def _fill(episode: Episode, info: EpisodeInfo, show: Show | None) -> None:
    for name in COPIED_COLUMNS:
        if (value := getattr(info, name)) not in (None, ""):
            setattr(episode, name, value)
    if info.captions:
        episode.captions = [asdict(track) for track in info.captions]
    episode.extra = {**episode.extra, **info.extra}
    episode.show_title = (show.title if show else "") or info.show or episode.show_title
    if show:
        episode.show_id = show.id


def _free_key(session: Session, info: EpisodeInfo) -> str:
    taken = session.exec(select(Episode.id).where(Episode.key == info.key)).first()
    if taken is None:
        return info.key
    return f"{info.key}-{hashlib.sha256(info.identity.encode()).hexdigest()[:6]}"


def known(session: Session, identities: Iterable[str]) -> set[str]:
    """The identities, of these, that the catalog has."""
    rows: set[str] = set()
    for some in batched(identities):
        rows.update(session.exec(select(Episode.identity).where(col(Episode.identity).in_(some))))
    return rows


def find(session: Session, name: str) -> Episode:
    """The episode with this key, identity or URL; else the only one with this number, or whose title contains these words.

    A YouTube video is found by any of its URLs.

    Raises:
        NotFound: there is none, or more than one (the detail lists them).
    """
    if not name.replace("\x00", "").strip():  # an empty name would match all episodes without a URL
        raise NotFound.of_kind("episode", name)
    identities = [name, f"youtube:{video}"] if (video := youtube_id(name)) else [name]
    exact = or_(Episode.key == name, col(Episode.identity).in_(identities), Episode.url == name)
    if found := session.exec(select(Episode).where(exact)).first():
        return found
    candidates = _by_number(session, name) if _is_number(name) else _by_title(session, name)
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise NotFound.of_kind("episode", name)
    raise Ambiguous(name, "; ".join(f"{one.key} {one.title}" for one in candidates[:5]))


def _is_number(name: str) -> bool:
    """True if ``name`` is an episode number, which never matches the digits of a title."""
    digits = name.lstrip("#")
    return digits.isascii() and digits.isdigit() and len(digits) <= 6


def _by_number(session: Session, name: str) -> list[Episode]:
    return list(session.exec(select(Episode).where(Episode.number == int(name.lstrip("#"))).limit(6)))


def _by_title(session: Session, name: str) -> list[Episode]:
    holds = func.lower(Episode.title).contains(name.lower(), autoescape=True)
    return list(session.exec(select(Episode).where(holds).order_by(col(Episode.published).desc()).limit(6)))


def newest_first(session: Session) -> list[Episode]:
    """All episodes, the newest first, those without a date last."""
    order = (col(Episode.published).desc().nulls_last(), col(Episode.id).desc())
    return list(session.exec(select(Episode).order_by(*order)))


def of_identity(session: Session, identity: str) -> Episode:
    """The episode with this identity, which must exist."""
    return session.exec(select(Episode).where(Episode.identity == identity)).one()


def not_transcribed(session: Session) -> list[Episode]:
    """Episodes with audio that Whisper has not transcribed, the newest first; they may have captions."""
    heard = select(Transcript.episode_id).where(Transcript.source == Source.WHISPER)
    missing = select(Episode).where(Episode.media != "", col(Episode.id).not_in(heard))
    return list(session.exec(missing.order_by(col(Episode.published).desc().nulls_last(), col(Episode.id))))


def by_ids(session: Session, ids: Collection[int]) -> list[Episode]:
    """The episodes with these ids; missing ones are left out."""
    return [row for some in batched(ids) for row in session.exec(select(Episode).where(col(Episode.id).in_(some)))]
