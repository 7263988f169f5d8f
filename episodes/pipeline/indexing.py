"""Rebuild the search index from the catalog, or compare the two."""

from __future__ import annotations

from collections.abc import Iterator

from episodes.database import writing
from episodes.pipeline.run import Run
from episodes.search import index
from episodes.values import Progress


def reindex(run: Run) -> tuple[int, int]:
    """Rebuild all passages and the index in one transaction; returns the numbers of indexed transcripts and articles."""
    run.report(Progress("import", "the index"))
    with writing(run.database) as session:
        return index.rebuild(session)


def differences(run: Run) -> Iterator[str]:
    """Yield a sentence for each difference between index and catalog; changes nothing."""
    run.report(Progress("import", "the index"))
    with writing(run.database) as session:
        yield from index.differences(session)
