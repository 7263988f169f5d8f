"""What people decide about words: corrections, the names of a show's glossary, which transcript of an episode is shown.

Each is written down first and then done everywhere it applies, so that transcripts, index and alignment follow at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlmodel import Session

from episodes import models
from episodes.catalog import corrections, episodes, glossary, shows, transcripts
from episodes.database import reading, writing
from episodes.errors import Usage, WordsNotFound
from episodes.pipeline.aligning import align_all
from episodes.pipeline.checking import Checked, check, check_due, enqueue
from episodes.pipeline.run import Run
from transcripts.clock import short_clock
from transcripts.names.corrections import Correction, holds, is_at
from transcripts.text import one_line
from transcripts.words import Segment

#: Seconds around the moment that a person names in which the word is looked for.
NEAR = 30.0


class Corrected(NamedTuple):
    """A correction by hand: its number, and where in the shown transcript it applies, in seconds."""

    id: int
    moments: tuple[float, ...]


class Glossary(NamedTuple):
    """A show's names after a change: all, those added, those removed, and what that changed in transcripts."""

    show: str
    names: list[str]
    added: list[str]
    removed: list[str]
    checked: Checked


def correct(run: Run, name: str, heard: str, right: str, at: float | None = None) -> Corrected:
    """Write ``right`` where ``heard`` was heard in an episode: everywhere, or where it was said next to the second ``at``.

    Raises:
        NotFound: there is no such episode.
        WordsNotFound: the words were not heard there.
        Usage: one of both is empty, or both are the same.
    """
    heard, right = one_line(heard), one_line(right)
    if not heard or not right or heard == right:
        raise Usage("nir correct", "give what was heard, and what is right instead")
    with writing(run.database) as session:
        row = episodes.find(session, name)
        segments = _with(session, row, heard)
        one = Correction(heard, right, None if at is None else _moment(segments, f"{row.key}: “{heard}”", at))
        made, _ = corrections.put_manual(session, row.id or 0, one, now=run.now())
        check(session, row.id or 0, now=run.now())
        moments = tuple(segment.start for segment in segments if is_at(one, segment))
        number = made.id or 0
    align_all(run)
    return Corrected(number, moments)


def _with(session: Session, episode: models.Episode, heard: str) -> list[Segment]:
    """The segments of the shown transcript in which the words were heard."""
    shown = transcripts.shown(session, episode.id or 0)
    segments = transcripts.load(session, shown).segments if shown else ()
    found = [segment for segment in segments if holds(segment, heard)]
    if not found:
        raise WordsNotFound(f"{episode.key}: “{heard}”")
    return found


def _moment(segments: Sequence[Segment], asked: str, at: float) -> float:
    """The middle of the nearest of the segments."""
    nearest = min(segments, key=lambda one: max(one.start - at, at - one.end, 0.0))
    if max(nearest.start - at, at - nearest.end) > NEAR:
        places = ", ".join(short_clock(segment.start) for segment in segments[:5])
        raise WordsNotFound(f"{asked} at {short_clock(at)}", f"it was heard at {places}")
    return (nearest.start + nearest.end) / 2


def undo(run: Run, numbers: Iterable[int]) -> list[models.Correction]:
    """Take corrections back, for good; gives them.

    Raises:
        NotFound: there is no correction with such a number; then nothing is done.
    """
    with writing(run.database) as session:
        rows = [corrections.undo(session, number, now=run.now())[0] for number in numbers]
        for episode_id in dict.fromkeys(row.episode_id for row in rows):
            check(session, episode_id, now=run.now())
        for row in rows:
            session.refresh(row)
            session.expunge(row)
    align_all(run)
    return rows


def use(run: Run, name: str, words: str) -> tuple[models.Episode, models.Transcript | None]:
    """Show the transcript ``words`` ("whisper small.en") of an episode from now on; empty: the one that the rule takes.

    Gives the episode and what is shown now; the index and the alignments follow.

    Raises:
        NotFound: there is no such episode, or it has no such transcript.
    """
    with writing(run.database) as session:
        row = episodes.find(session, name)
        shown = transcripts.prefer(session, row, words)
        check(session, row.id or 0, now=run.now())
    align_all(run)
    return row, shown


def change_glossary(run: Run, name: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Glossary:
    """Change a show's names, and correct what was heard of its episodes by them.

    Raises:
        NotFound: no show has this name.
        Usage: what is added is no name.
    """
    with writing(run.database) as session:
        show = shows.find(session, name)
        removed = glossary.remove(session, show.id or 0, remove)
        added = glossary.add(session, show.id or 0, add)
        names = glossary.names(session, show.id or 0)
        concerned = glossary.episodes_of(session, show) if added or removed else []
        enqueue(session, concerned, "names of its show have changed", now=run.now())
        called = show.title or show.url
    checked = check_due(run)  # with what an earlier run was killed before
    align_all(run)
    return Glossary(called, names, added, removed, checked)


def glossary_of(run: Run, name: str) -> Glossary:
    """A show's names.

    Raises:
        NotFound: no show has this name.
    """
    with reading(run.database) as session:
        show = shows.find(session, name)
        names = glossary.names(session, show.id or 0)
        return Glossary(show.title or show.url, names, [], [], Checked(0, 0))
