"""Add articles from URLs, files and folders to the catalog and its index (``nir articles add``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from sqlmodel import Session

from episodes.articles.read import read
from episodes.batches import batched
from episodes.catalog import outcomes
from episodes.database import in_savepoint, in_transaction
from episodes.pipeline.item_outcomes import guarded
from episodes.pipeline.pages import STEP, put
from episodes.pipeline.run import Run
from episodes.pipeline.sites import add_address
from episodes.urls import has_scheme
from episodes.values import Outcome, Progress, Read

BATCH_SIZE = 20


def add_articles(run: Run, targets: Iterable[str]) -> Iterator[Outcome]:
    """Read articles from URLs, files and folders; one outcome per article, or per target without one.

    A URL can be that of a whole site, which is followed from then on.
    """
    for target in targets:
        if has_scheme(target) and not target.lower().startswith("file:"):
            yield from add_address(run, target)
        else:
            yield from _add(run, target)


def _add(run: Run, target: str) -> Iterator[Outcome]:
    seen = 0
    for some in batched(read(target, allow_private=run.allow_private), BATCH_SIZE):
        seen += len(some)
        run.report(Progress("read", target, seen))
        yield from in_transaction(run.database, partial(_together, run, target, some))


def _together(run: Run, target: str, some: list[Read], session: Session) -> list[Outcome]:
    results = [_one(run, session, one) for one in some]
    for outcome in results:
        outcomes.record(session, STEP, outcome, now=run.now(), data={"target": target})
    return results


def _one(run: Run, session: Session, one: Read) -> Outcome:
    def work() -> Outcome:
        return in_savepoint(session, lambda: put(session, one, run.now())[0])

    return guarded(run, work, item=one.item, step=STEP)
