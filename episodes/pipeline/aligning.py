"""Sure links -> which paragraph was said when. What has not changed since it was aligned costs one query.

Each pair is a transaction of its own: a run that is killed goes on with the next.
"""

from __future__ import annotations

from episodes.alignment.align import VERSION, align
from episodes.catalog import alignments, articles, transcripts
from episodes.database import in_transaction, reading
from episodes.models import Transcript
from episodes.pipeline.run import Run
from episodes.values import Progress


def align_all(run: Run) -> dict[str, int]:
    """Align all links that are sure and new or changed; gives {"aligned": links, "places": places found in them}."""
    with reading(run.database) as session:  # whoever only looks need not wait for those who write
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
