"""The search index, made anew from what the catalog holds, or compared with it."""

from __future__ import annotations

from collections.abc import Iterator

from episodes.database import writing
from episodes.pipeline.run import Run
from episodes.search import index
from episodes.values import Progress


def reindex(run: Run) -> tuple[int, int]:
    """Make all passages and the index anew, in one transaction; gives the numbers of transcripts and articles indexed."""
    run.report(Progress("import", "the index"))
    with writing(run.database) as session:
        return index.rebuild(session)


def differences(run: Run) -> Iterator[str]:
    """What a search would find that is not so, or not find that is, a sentence each; changes nothing."""
    run.report(Progress("import", "the index"))
    with writing(run.database) as session:
        yield from index.differences(session)
