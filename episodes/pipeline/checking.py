"""Check the transcripts of an episode, whatever their source: set quality marks, apply corrections, update the index.

``check`` is idempotent: it starts from the original text and from what people corrected and undid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlmodel import Session, select

from episodes import models
from episodes.catalog import corrections, episodes, glossary, outcomes, transcripts
from episodes.database import in_transaction, reading
from episodes.models import Episode
from episodes.pipeline.run import Run
from episodes.pipeline.vocabulary import KnownWords
from episodes.search import index
from episodes.values import Progress
from transcripts import words
from transcripts.names.corrections import SLACK, Correction, corrected
from transcripts.names.near_misses import near_misses
from transcripts.quality import compare_with_captions, marks_of_transcript

STEP = "check"

#: Sources made by machines; the glossary does not correct what people wrote.
AUTOMATIC_SOURCES = (words.Source.WHISPER, words.Source.AUTO_CAPTIONS)
NO_CAPTIONS = words.Transcript((), words.Source.CAPTIONS)


class Checked(NamedTuple):
    """The number of checked episodes, and of their segments whose marks or text changed."""

    episodes: int
    segments: int


class _Rules(NamedTuple):
    """The rules for one episode: glossary names, corrections by hand, undone corrections, and a test for known words."""

    names: list[str]
    manual: list[Correction]
    undone: list[Correction]
    is_known: KnownWords


def check(session: Session, episode_id: int, *, now: datetime) -> int:
    """Mark, correct and index the transcripts of an episode; returns the number of segments that changed."""
    rows = [(row, transcripts.load(session, row)) for row in transcripts.of_episode(session, episode_id)]
    captions = _captions([transcript for _, transcript in rows])
    rules = _rules(session, session.get_one(Episode, episode_id))
    changed = 0
    for row, transcript in rows:
        segments = _marked(transcript, captions)
        segments = _corrected(session, row, segments, rules, now)
        changed += transcripts.revise(session, row, transcript.segments, segments)
    transcripts.choose_shown(session, episode_id)  # marks count in the choice
    index.index_episode(session, episode_id)
    return changed


def _captions(found: Iterable[words.Transcript]) -> words.Transcript:
    """The published captions to compare with, manual ones before automatic ones."""
    order = list(words.Source)
    published = [one for one in found if one.source is not words.Source.WHISPER and one.segments]
    return min(published, key=lambda one: order.index(one.source), default=NO_CAPTIONS)


def _marked(transcript: words.Transcript, captions: words.Transcript) -> tuple[words.Segment, ...]:
    marked = words.Transcript(marks_of_transcript(transcript), transcript.source, language=transcript.language)
    if transcript.source is not words.Source.WHISPER:
        return marked.segments
    return compare_with_captions(marked, captions).segments


def _rules(session: Session, episode: Episode) -> _Rules:
    manual = corrections.manual(session, episode.id or 0)
    known = KnownWords(session, episode, [one.right for one in manual])
    undone = corrections.undone(session, episode.id or 0)
    return _Rules(glossary.of_episode(session, episode), manual, undone, known)


def _corrected(
    session: Session, row: models.Transcript, segments: tuple[words.Segment, ...], rules: _Rules, now: datetime
) -> tuple[words.Segment, ...]:
    """Apply corrections by hand, then those of the glossary, which are stored."""
    if not row.corrected and not rules.names and not rules.manual:
        return segments
    made: list[Correction] = []
    if row.source in AUTOMATIC_SOURCES and rules.names:
        read = [replace(one, heard=None) for one in corrected(segments, rules.manual)]
        found = near_misses(read, rules.names, rules.is_known)
        made = [one for one in found if not any(_is_same(one, other) for other in rules.undone)]
    corrections.put_automatic(session, row.episode_id, row.id or 0, made, now=now)
    return corrected(segments, [*rules.manual, *made])


def _is_same(one: Correction, undone: Correction) -> bool:
    near = undone.at is None or abs((one.at or 0.0) - undone.at) <= SLACK
    return near and (one.heard, one.right) == (undone.heard, undone.right)


def check_all(run: Run, episode_ids: Iterable[int] | None = None) -> Checked:
    """Check these episodes (None: all), each in a transaction of its own."""
    with reading(run.database) as session:
        wanted = list(session.exec(select(models.Transcript.episode_id).distinct()))
        if episode_ids is not None:
            have = set(wanted)
            wanted = [one for one in episode_ids if one in have]
    changed = 0
    for number, episode_id in enumerate(wanted):
        run.report(Progress("check", "transcripts", number, len(wanted)))
        changed += in_transaction(run.database, partial(_check_again, run, episode_id))
    return Checked(len(wanted), changed)


def _check_again(run: Run, episode_id: int, session: Session) -> int:
    outcomes.forget(session, STEP, session.get_one(Episode, episode_id).identity)
    return check(session, episode_id, now=run.now())


def enqueue(session: Session, episode_ids: Iterable[int], reason: str, *, now: datetime) -> None:
    """Queue those of these episodes that have a transcript for a check, so that a killed run does not lose them."""
    rows = episodes.by_ids(session, transcripts.shown_sources(session, list(episode_ids)))
    outcomes.enqueue(session, STEP, [(row.identity, row.title, {}) for row in rows], now=now, reason=reason)


def check_due(run: Run) -> Checked:
    """Check the queued episodes."""
    with reading(run.database) as session:
        waiting = [row.item for row in outcomes.due(session, STEP, now=run.now())]
        due = [episodes.of_identity(session, item).id or 0 for item in waiting]
    return check_all(run, due) if due else Checked(0, 0)
