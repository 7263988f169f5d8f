"""Which transcript of an episode is shown, where a person says so."""

from __future__ import annotations

from episodes.catalog import episodes, transcripts
from episodes.database import writing
from episodes.models import Episode, Transcript
from episodes.pipeline.aligning import align_all
from episodes.pipeline.checking import check
from episodes.pipeline.run import Run


def use(run: Run, name: str, words: str) -> tuple[Episode, Transcript | None]:
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
