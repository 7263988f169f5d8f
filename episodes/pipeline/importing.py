"""Import files of a back catalog.

``BATCH_SIZE`` items make one transaction, since a commit costs more than an item. A killed import loses at most one batch; the next run
finds what is stored and continues. Transcripts are indexed in the transaction that writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlmodel import Session

from episodes.batches import batched
from episodes.catalog import episodes, outcomes, transcripts
from episodes.database import in_savepoint, in_transaction
from episodes.errors import SourceError
from episodes.pipeline import transcription_queue
from episodes.pipeline.checking import check
from episodes.pipeline.item_outcomes import guarded
from episodes.pipeline.published_captions import read_track
from episodes.pipeline.run import Run
from episodes.pipeline.transcription import transcribe_due
from episodes.sources.bulk import read_bulk
from episodes.urls import is_web
from episodes.values import EpisodeInfo, Outcome, Progress, Read, State, Transcribe
from transcripts import words
from transcripts.errors import FormatError

STEP = "import"
BATCH_SIZE = 20


def import_paths(run: Run, paths: Iterable[Path]) -> Iterator[Outcome]:
    """Import all episodes of these files and folders, then transcribe those that need it (see ``Run.transcribe``)."""
    wanted: set[str] = set()
    for path in paths:
        yield from _import(run, path, wanted)
    yield from transcribe_due(run, only=wanted)
    if run.model_error:
        yield Outcome(run.settings.model, State.FAILED, str(run.model_error), step=transcription_queue.STEP)


def _import(run: Run, path: Path, wanted: set[str]) -> Iterator[Outcome]:
    seen = 0
    for some in batched(read_bulk(path), BATCH_SIZE):
        seen += len(some)
        run.report(Progress("import", path.name, seen))
        yield from in_transaction(run.database, partial(_together, run, some, wanted))


def _together(run: Run, some: list[Read], wanted: set[str], session: Session) -> list[Outcome]:
    results = [_one(run, session, read, wanted) for read in some]
    for outcome in results:
        outcomes.record(session, STEP, outcome, now=run.now())
    return results


def _one(run: Run, session: Session, read: Read, wanted: set[str]) -> Outcome:
    """Import one item inside a savepoint: if it fails, its writes are rolled back, those of the others stay."""
    info = read.value
    if not isinstance(info, EpisodeInfo):
        return replace(read.outcome or Outcome(read.item, State.FAILED, "nothing could be read"), step=STEP)

    def work() -> Outcome:
        return in_savepoint(session, lambda: _put(run, session, read.item, info, wanted))

    return guarded(run, work, item=read.item, step=STEP, title=info.title)


def _put(run: Run, session: Session, item: str, info: EpisodeInfo, wanted: set[str]) -> Outcome:
    if info.folder:
        run.named.add(Path(info.folder))
    row, state = episodes.put(session, info, now=run.now())
    states = {state}
    given, passed_over = _words(run, info)
    for transcript in given:
        states.add(transcripts.put(session, row.id or 0, transcript, now=run.now())[1])
    if State.DONE in states:
        check(session, row.id or 0, now=run.now())
    if transcription_queue.enqueue(session, row, run) or run.transcribe is Transcribe.ALWAYS:
        wanted.add(row.identity)
    reason = "; ".join([*info.passed_over, *(f"captions passed over: {why}" for why in passed_over)])
    done = State.DONE if State.DONE in states else State.UNCHANGED
    return Outcome(item, done, reason, title=info.title, step=STEP)


def _words(run: Run, info: EpisodeInfo) -> tuple[list[words.Transcript], list[str]]:
    """The transcripts beside the metadata, and why some could not be read. Captions on the web are fetched later."""
    given = [info.transcript] if info.transcript else []
    passed_over = []
    for track in info.captions:
        if not is_web(track.location):
            try:
                given.append(read_track(run, track))
            except (SourceError, FormatError) as error:
                passed_over.append(str(error))
    return [transcript for transcript in given if transcript.segments], passed_over
