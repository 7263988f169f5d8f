"""Align the links that hold: when each paragraph was said. Links that have not changed since cost one query.

Each link is a transaction of its own: after a killed run, the next one continues.
"""

from __future__ import annotations

from episodes.alignment.align import VERSION, align
from episodes.catalog import alignments, articles, transcripts
from episodes.database import in_transaction, reading
from episodes.models import Transcript
from episodes.pipeline.run import Run
from episodes.values import Progress


def align_all(run: Run) -> dict[str, int]:
    """Align all links that hold and are new or changed; returns {"aligned": number of links, "places": number of spans found}."""
    with reading(run.database) as session:  # reading does not wait for writers
        orphaned = alignments.orphaned(session)
        todo = alignments.due(session, VERSION)
    if orphaned:
        in_transaction(run.database, alignments.remove_orphaned)
    places = 0
    for number, one in enumerate(todo):
        run.report(Progress("align", one.title, number, len(todo)))
        places += _align(run, one)
    return {"aligned": len(todo), "places": places}


def _align(run: Run, one: alignments.Due) -> int:
    with reading(run.database) as session:
        written = articles.paragraphs(session, one.article_id)
        said = transcripts.load(session, session.get_one(Transcript, one.transcript_id))
    places = align(written, said.segments)
    return in_transaction(
        run.database, lambda session: alignments.put(session, one.link_id, places, checksum=one.checksum)
    )
