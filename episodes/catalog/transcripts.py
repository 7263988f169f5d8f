"""Timed words of episodes: several for one, one of them shown.

The one that a person prefers (``nir use``) is shown, whatever comes later. Else the rule decides, in this order:

1. What has words goes before what has none.
2. What is full of grave marks (loops, the prompt's echo, words over silence, speech without words, more words than can be said) loses
   against what is not: its text is wrong in many places, whoever made it.
3. By source, in the order of ``words.Source``: captions that people made have names and punctuation right; an imported or a feed's
   transcript was somebody's work, too, though nobody says how careful; Whisper writes sentences, which automatic captions do not.
4. The newest: whoever hears an episode again does it with a better model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, func, select

from episodes.batches import batched
from episodes.catalog.checksums import checksum
from episodes.errors import NotFound
from episodes.models import Episode, Segment, Transcript
from episodes.values import State
from transcripts import words
from transcripts.quality.kinds import Kind

#: What the lossless form has beyond the columns of ``segment``.
DETAIL = ("words", "avg_logprob", "compression_ratio", "no_speech_prob", "temperature", "marks", "heard")
ORDER = [str(source) for source in words.Source]
_SEGMENT = tuple(field.name for field in fields(words.Segment))

#: Marks that say that the words are wrong; others only say that something is odd.
GRAVE = [str(kind) for kind in (Kind.LOOP, Kind.ECHO, Kind.SILENCE, Kind.SPARSE, Kind.FAST)]

#: A transcript is full of them where more than this part of its segments has one: Whisper on a good recording stays far below.
MAX_GRAVE_SHARE = 0.25


def put(session: Session, episode_id: int, transcript: words.Transcript, *, now: datetime) -> tuple[Transcript, State]:
    """Store timed words: one transcript for each source, model and language; other words for the same replace the earlier."""
    digest = checksum(_canonical(transcript))
    row = _same(session, episode_id, transcript)
    if row and row.checksum == digest:
        return row, State.UNCHANGED
    row = row or Transcript(
        episode_id=episode_id,
        source=transcript.source,
        model=transcript.model,
        language=transcript.language or "",
        checksum=digest,
        created_at=now,
    )
    row.checksum, row.created_at, row.duration = digest, now, transcript.duration
    row.marks, row.corrected = counted(transcript.segments), ""
    session.add(row)
    session.flush()
    assert row.id is not None
    session.execute(delete(Segment).where(col(Segment.transcript_id) == row.id))
    if rows := [_row(row.id, position, segment) for position, segment in enumerate(transcript.segments)]:
        session.execute(insert(Segment), rows)
    choose_shown(session, episode_id)
    return row, State.DONE


def counted(segments: Iterable[words.Segment]) -> dict[str, int]:
    """How many segments have a mark, by its kind."""
    return dict(Counter(str(mark.kind) for segment in segments for mark in segment.marks))


def revise(session: Session, row: Transcript, before: Sequence[words.Segment], after: Sequence[words.Segment]) -> int:
    """Write what was learned of segments since they were put: text, what was heard, marks. Gives the number of those that changed.

    ``before`` is as ``load`` gives them. That the same words are put again leaves it alone; other words replace it.
    """
    assert row.id is not None
    changed = [place for place, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    for place in changed:
        values = _row(row.id, place, after[place])
        of_place = (col(Segment.transcript_id) == row.id, col(Segment.position) == place)
        session.execute(update(Segment).where(*of_place).values(text=values["text"], detail=values["detail"]))
    marks = counted(after)
    corrections = [(at, one.text) for at, one in enumerate(after) if one.heard is not None]
    digest = checksum(corrections) if corrections else ""
    if (marks, digest) != (row.marks, row.corrected):
        row.marks, row.corrected = marks, digest
        session.add(row)
    session.flush()
    return len(changed)


def _same(session: Session, episode_id: int, transcript: words.Transcript) -> Transcript | None:
    return session.exec(
        select(Transcript).where(
            Transcript.episode_id == episode_id,
            Transcript.source == transcript.source,
            Transcript.model == transcript.model,
            Transcript.language == (transcript.language or ""),
        )
    ).first()


def _canonical(transcript: words.Transcript) -> dict[str, Any]:
    """What ``asdict`` gives, in a tenth of its time: a talk has thousands of segments, few of them with words or marks."""
    value = {field.name: getattr(transcript, field.name) for field in fields(transcript)}
    return value | {"segments": [_segment_canonical(segment) for segment in transcript.segments]}


def _segment_canonical(segment: words.Segment) -> dict[str, Any]:
    value = {name: getattr(segment, name) for name in _SEGMENT}
    for name in ("words", "marks"):
        if value[name]:
            value[name] = tuple(asdict(one) for one in value[name])
    return value


def _row(transcript_id: int, position: int, segment: words.Segment) -> dict[str, Any]:
    value = _segment_canonical(segment)
    detail = {name: value[name] for name in DETAIL if value[name] not in (None, ())}
    if segment.words:
        detail["words"] = [word.packed() for word in segment.words]
    columns = {name: value[name] for name in ("start", "end", "text", "speaker")}
    return {"transcript_id": transcript_id, "position": position, "detail": detail or None, **columns}


def choose_shown(session: Session, episode_id: int) -> None:
    """Show the best transcript of an episode, by the rule above."""
    for place, row in enumerate(_by_preference(session, episode_id)):
        row.shown = place == 0
    session.flush()


def _by_preference(session: Session, episode_id: int) -> list[Transcript]:
    """The best first."""
    rows = list(session.exec(select(Transcript).where(Transcript.episode_id == episode_id)))
    if len(rows) < 2:
        return rows
    preferred = session.get_one(Episode, episode_id).preferred
    lengths = {row.id: length(session, row) for row in rows}
    return sorted(rows, key=lambda row: preference(row, lengths[row.id], preferred))


def preference(transcript: Transcript, segments: int, preferred: str = "") -> tuple[bool, bool, bool, int, float, int]:
    """Sort key of the rule above, the best first; ``segments`` is their number, ``preferred`` as in ``Episode``."""
    rank = ORDER.index(transcript.source) if transcript.source in ORDER else len(ORDER)
    newest = -transcript.created_at.timestamp()
    doubtful = sum(transcript.marks.get(kind, 0) for kind in GRAVE) > MAX_GRAVE_SHARE * segments
    return preferred not in names(transcript), segments == 0, doubtful, rank, newest, -(transcript.id or 0)


def names(transcript: Transcript) -> list[str]:
    """How people call it: "whisper", "whisper small.en", "captions en"."""
    source, model, language = transcript.source, transcript.model, transcript.language
    found = [source, f"{source} {model}", f"{source} {language}", f"{source} {model} {language}"]
    return list(dict.fromkeys(name for name in found if not name.endswith(" ") and "  " not in name))


def prefer(session: Session, episode: Episode, name: str) -> Transcript | None:
    """Show this transcript of the episode from now on, whatever comes later; an empty name leaves it to the rule again.

    Gives the one that is shown now.

    Raises:
        NotFound: the episode has no transcript of this name.
    """
    rows = _by_preference(session, episode.id or 0)
    if name and not any(name in names(row) for row in rows):
        raise NotFound(
            f"{episode.key}: {name}", f"it has {', '.join(names(row)[-1] for row in rows) or 'no words yet'}"
        )
    episode.preferred = name
    session.add(episode)
    choose_shown(session, episode.id or 0)
    return shown(session, episode.id or 0)


def of_episode(session: Session, episode_id: int) -> list[Transcript]:
    """All transcripts of an episode, the shown one first."""
    return sorted(_by_preference(session, episode_id), key=lambda row: not row.shown)


def shown(session: Session, episode_id: int) -> Transcript | None:
    """The transcript that readers see, if there is one."""
    return session.exec(select(Transcript).where(Transcript.episode_id == episode_id, col(Transcript.shown))).first()


def load(session: Session, transcript: Transcript) -> words.Transcript:
    """The timed words again, as they were put."""
    rows = session.exec(select(Segment).where(Segment.transcript_id == transcript.id).order_by(col(Segment.position)))
    return words.Transcript(
        segments=tuple(_segment(row) for row in rows),
        source=words.Source(transcript.source),
        model=transcript.model,
        language=transcript.language or None,
        duration=transcript.duration,
    )


def _segment(row: Segment) -> words.Segment:
    detail = dict(row.detail or {})
    timed = tuple(words.Word.unpacked(word) for word in detail.pop("words", ()))
    marks = tuple(words.Mark(**mark) for mark in detail.pop("marks", ()))
    return words.Segment(
        start=row.start, end=row.end, text=row.text, speaker=row.speaker, words=timed, marks=marks, **detail
    )


def length(session: Session, transcript: Transcript) -> int:
    """Number of its segments."""
    return session.exec(select(func.count()).where(Segment.transcript_id == transcript.id)).one()


def shown_sources(session: Session, episodes: Collection[int] | None = None) -> dict[int, str]:
    """Where the shown words of each episode, or of each of these, come from, by the episode's id."""
    statement = select(Transcript.episode_id, Transcript.source).where(col(Transcript.shown))
    wanted = [None] if episodes is None else batched(episodes)
    found: dict[int, str] = {}
    for some in wanted:
        only = [] if some is None else [col(Transcript.episode_id).in_(some)]
        found |= {episode_id: source for episode_id, source in session.exec(statement.where(*only))}  # noqa: C416 - rows are no pairs to mypy
    return found


def texts(session: Session, episodes: Collection[int] | None = None) -> dict[int, str]:
    """The whole text of the shown transcript of each episode, or of each of these, by the episode's id."""
    statement = (
        select(Transcript.episode_id, Segment.text)
        .join(Segment, col(Segment.transcript_id) == col(Transcript.id))
        .where(col(Transcript.shown))
        .order_by(col(Transcript.id), col(Segment.position))
    )
    wanted = [None] if episodes is None else batched(episodes)
    parts: dict[int, list[str]] = {}
    for some in wanted:
        only = [] if some is None else [col(Transcript.episode_id).in_(some)]
        for episode_id, text in session.exec(statement.where(*only)):
            parts.setdefault(episode_id, []).append(text)
    return {episode_id: " ".join(lines) for episode_id, lines in parts.items()}
