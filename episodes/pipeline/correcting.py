"""What people decide about words: corrections, the names of a show's glossary, which transcript of an episode is shown.

Each decision is stored first and then applied everywhere, so that transcripts, index and alignments follow at once.
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

#: Seconds around the given moment in which the word is searched.
NEAR = 30.0


class Corrected(NamedTuple):
    """A correction by hand: its id, and where in the shown transcript it applies, in seconds."""

    id: int
    moments: tuple[float, ...]


class Glossary(NamedTuple):
    """A show's glossary after a change: all names, those added, those removed, and what changed in transcripts."""

    show: str
    names: list[str]
    added: list[str]
    removed: list[str]
    checked: Checked


def correct(run: Run, name: str, heard: str, right: str, at: float | None = None) -> Corrected:
    """Write ``right`` instead of ``heard`` in an episode: everywhere, or only at the occurrence nearest to second ``at``.

    Raises:
        NotFound: There is no such episode.
        WordsNotFound: The transcript does not have these words there.
        Usage: One of the two is empty, or they are equal.
    """
    heard, right = one_line(heard), one_line(right)
    if not heard or not right or heard == right:
        raise Usage("nir correct", "give the words as transcribed, and the right words")
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
    """The segments of the shown transcript that contain the words."""
    shown = transcripts.shown(session, episode.id or 0)
    segments = transcripts.load(session, shown).segments if shown else ()
    found = [segment for segment in segments if holds(segment, heard)]
    if not found:
        raise WordsNotFound(f"{episode.key}: “{heard}”")
    return found


def _moment(segments: Sequence[Segment], what: str, at: float) -> float:
    """The middle of the segment nearest to ``at``, in seconds."""
    nearest = min(segments, key=lambda one: max(one.start - at, at - one.end, 0.0))
    if max(nearest.start - at, at - nearest.end) > NEAR:
        places = ", ".join(short_clock(segment.start) for segment in segments[:5])
        raise WordsNotFound(f"{what} at {short_clock(at)}", f"the transcript has it at {places}")
    return (nearest.start + nearest.end) / 2


def undo(run: Run, numbers: Iterable[int]) -> list[models.Correction]:
    """Undo corrections permanently; returns them.

    Raises:
        NotFound: One of the ids does not exist. Nothing is done then.
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
    """Show the transcript ``words`` ("whisper small.en") of an episode from now on; empty: let the rules choose.

    Returns the episode and the transcript shown now. Index and alignments are updated.

    Raises:
        NotFound: There is no such episode, or it has no such transcript.
    """
    with writing(run.database) as session:
        row = episodes.find(session, name)
        shown = transcripts.prefer(session, row, words)
        check(session, row.id or 0, now=run.now())
    align_all(run)
    return row, shown


def change_glossary(run: Run, name: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Glossary:
    """Change the glossary of a show and correct its transcripts accordingly.

    Raises:
        NotFound: No show has this name.
        Usage: An added name is invalid.
    """
    with writing(run.database) as session:
        show = shows.find(session, name)
        removed = glossary.remove(session, show.id or 0, remove)
        added = glossary.add(session, show.id or 0, add)
        names = glossary.names(session, show.id or 0)
        concerned = glossary.episodes_of(session, show) if added or removed else []
        enqueue(session, concerned, "names of its show have changed", now=run.now())
        called = show.title or show.url
    checked = check_due(run)  # including what a killed run has left
    align_all(run)
    return Glossary(called, names, added, removed, checked)


def glossary_of(run: Run, name: str) -> Glossary:
    """The glossary of a show.

    Raises:
        NotFound: No show has this name.
    """
    with reading(run.database) as session:
        show = shows.find(session, name)
        names = glossary.names(session, show.id or 0)
        return Glossary(show.title or show.url, names, [], [], Checked(0, 0))
