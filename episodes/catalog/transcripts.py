"""Transcripts: an episode can have several, and one of them is shown.

The one that a person has chosen (``nir use``) is shown, whatever comes later. Else these rules decide, in this order:

1. A transcript with words wins over an empty one.
2. One full of grave quality marks (loops, echo of the prompt, words over silence, speech without words, more words than can be said)
   loses: its text is wrong in many places, whoever made it.
3. The source, in the order of ``words.Source``: manual captions have the right names and punctuation; imported transcripts and those of
   feeds were somebody's work, too, of unknown care; Whisper writes sentences, which automatic captions do not.
4. The newest: a second transcription usually uses a better model.
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
from transcripts.quality.kinds import MarkKind

#: Fields of a segment that are stored as JSON, beside the columns of ``segment``.
DETAIL = ("words", "avg_logprob", "compression_ratio", "no_speech_prob", "temperature", "marks", "heard")
ORDER = [str(source) for source in words.Source]
_SEGMENT = tuple(field.name for field in fields(words.Segment))

#: Kinds of marks that mean wrong text; others only point out something odd.
GRAVE = [str(kind) for kind in (MarkKind.LOOP, MarkKind.ECHO, MarkKind.SILENCE, MarkKind.SPARSE, MarkKind.FAST)]

#: A transcript with grave marks on more than this share of its segments loses. Whisper on a good recording stays far below.
MAX_GRAVE_SHARE = 0.25


def put(session: Session, episode_id: int, transcript: words.Transcript, *, now: datetime) -> tuple[Transcript, State]:
    """Store a transcript. An episode has one per source, model and language; a new text replaces the earlier one."""
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
    """The number of marks by kind."""
    return dict(Counter(str(mark.kind) for segment in segments for mark in segment.marks))


def revise(session: Session, row: Transcript, before: Sequence[words.Segment], after: Sequence[words.Segment]) -> int:
    """Update the text, the original text and the marks of segments. Returns the number of segments that changed.

    ``before`` are the segments from ``load``. Storing the same transcript again keeps these changes, storing another text replaces them.
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
    """The same as ``asdict`` in a tenth of the time: an episode has thousands of segments, few of them with words or marks."""
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
    """Show the best transcript of an episode, by the rules above."""
    for place, row in enumerate(_by_preference(session, episode_id)):
        row.shown = place == 0
    session.flush()


def _by_preference(session: Session, episode_id: int) -> list[Transcript]:
    """The transcripts of an episode, the best first."""
    rows = list(session.exec(select(Transcript).where(Transcript.episode_id == episode_id)))
    if len(rows) < 2:
        return rows
    preferred = session.get_one(Episode, episode_id).preferred
    lengths = {row.id: length(session, row) for row in rows}
    return sorted(rows, key=lambda row: preference(row, lengths[row.id], preferred))


def preference(transcript: Transcript, segments: int, preferred: str = "") -> tuple[bool, bool, bool, int, float, int]:
    """Sort key for the rules above, the best first; ``segments`` is their number, ``preferred`` is ``Episode.preferred``."""
    rank = ORDER.index(transcript.source) if transcript.source in ORDER else len(ORDER)
    newest = -transcript.created_at.timestamp()
    doubtful = sum(transcript.marks.get(kind, 0) for kind in GRAVE) > MAX_GRAVE_SHARE * segments
    return preferred not in names(transcript), segments == 0, doubtful, rank, newest, -(transcript.id or 0)


def names(transcript: Transcript) -> list[str]:
    """Names that a person can use for it: "whisper", "whisper small.en", "captions en"."""
    source, model, language = transcript.source, transcript.model, transcript.language
    found = [source, f"{source} {model}", f"{source} {language}", f"{source} {model} {language}"]
    return list(dict.fromkeys(name for name in found if not name.endswith(" ") and "  " not in name))


def prefer(session: Session, episode: Episode, name: str) -> Transcript | None:
    """Show this transcript of the episode from now on, whatever comes later; an empty name restores the rules.

    Returns the one shown now.

    Raises:
        NotFound: The episode has no transcript with this name.
    """
    rows = _by_preference(session, episode.id or 0)
    if name and not any(name in names(row) for row in rows):
        kept = ", ".join(names(row)[-1] for row in rows) or "none yet"
        raise NotFound(detail=f"episode {episode.key} has no transcript {name!r}; it has {kept}")
    episode.preferred = name
    session.add(episode)
    choose_shown(session, episode.id or 0)
    return shown(session, episode.id or 0)


def of_episode(session: Session, episode_id: int) -> list[Transcript]:
    """All transcripts of an episode, the shown one first."""
    return sorted(_by_preference(session, episode_id), key=lambda row: not row.shown)


def shown(session: Session, episode_id: int) -> Transcript | None:
    """The transcript that is shown; None if there is none."""
    return session.exec(select(Transcript).where(Transcript.episode_id == episode_id, col(Transcript.shown))).first()


def load(session: Session, transcript: Transcript) -> words.Transcript:
    """Load the segments of a transcript."""
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
    """The number of its segments."""
    return session.exec(select(func.count()).where(Segment.transcript_id == transcript.id)).one()


def shown_sources(session: Session, episodes: Collection[int] | None = None) -> dict[int, str]:
    """Map episode ids to the source of the shown transcript; ``episodes`` None: all episodes."""
    statement = select(Transcript.episode_id, Transcript.source).where(col(Transcript.shown))
    wanted = [None] if episodes is None else batched(episodes)
    found: dict[int, str] = {}
    for some in wanted:
        only = [] if some is None else [col(Transcript.episode_id).in_(some)]
        found |= {episode_id: source for episode_id, source in session.exec(statement.where(*only))}  # noqa: C416 - rows are no pairs to mypy
    return found


def texts(session: Session, episodes: Collection[int] | None = None) -> dict[int, str]:
    """Map episode ids to the text of the shown transcript; ``episodes`` None: all episodes."""
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
