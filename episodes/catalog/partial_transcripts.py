"""Partial transcripts: the windows of an episode, stored batch by batch, so that a killed transcription resumes where it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from episodes.catalog.resuming import STALE_AFTER
from episodes.catalog.upserts import insert_new
from episodes.models import Episode, TranscribedWindow
from transcripts.engine.interface import Window
from transcripts.engine.window_json import read_window, write_window


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """An episode transcribed in part: seconds done, and its duration in seconds if known."""

    identity: str
    title: str
    seconds: float
    duration: float | None

    def __str__(self) -> str:
        """In words: "transcribed 12 of 60 min"."""
        whole = f" of {self.duration / 60:.0f}" if self.duration else ""
        return f"transcribed {self.seconds / 60:.0f}{whole} min"


def put(session: Session, episode_id: int, options: str, windows: Iterable[Window], *, now: datetime) -> None:
    """Store windows; one that exists already stays."""
    rows = [
        {"episode_id": episode_id, "options": options, "start": window.start, "end": window.end,
         "window": write_window(window), "at": now}
        for window in windows
    ]  # fmt: skip
    insert_new(session, TranscribedWindow, rows)


def of_episode(session: Session, episode_id: int, options: str) -> tuple[Window, ...]:
    """The windows transcribed with these options, in order of time."""
    rows = session.exec(
        select(TranscribedWindow.window)
        .where(TranscribedWindow.episode_id == episode_id, TranscribedWindow.options == options)
        .order_by(col(TranscribedWindow.start), col(TranscribedWindow.end))
    )
    return tuple(read_window(text) for text in rows)


def forget(session: Session, episode_id: int) -> None:
    """Remove the windows of an episode, whatever the options: its transcript is complete."""
    session.execute(delete(TranscribedWindow).where(col(TranscribedWindow.episode_id) == episode_id))


def forget_stale(session: Session, *, now: datetime) -> None:
    """Remove windows that no run has continued for ``STALE_AFTER``."""
    session.execute(delete(TranscribedWindow).where(col(TranscribedWindow.at) < now - STALE_AFTER))


def listed(session: Session) -> list[PartialTranscript]:
    """The episodes transcribed in part; if begun with several options, the latest counts."""
    latest = func.max(col(TranscribedWindow.id))
    done = func.sum(col(TranscribedWindow.end) - col(TranscribedWindow.start))
    rows = session.exec(
        select(TranscribedWindow.episode_id, done, latest)
        .group_by(col(TranscribedWindow.episode_id), col(TranscribedWindow.options))
        .order_by(latest)
    )
    found = {episode_id: (seconds, last) for episode_id, seconds, last in rows}
    return [_partial(session, episode_id, seconds, last) for episode_id, (seconds, last) in found.items()]


def _partial(session: Session, episode_id: int, seconds: float, last: int | None) -> PartialTranscript:
    episode = session.get_one(Episode, episode_id)
    duration = read_window(session.get_one(TranscribedWindow, last).window).duration
    return PartialTranscript(episode.identity, episode.title, seconds, duration or episode.duration)
