"""Pages and files with articles into the catalog, and into its index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from sqlmodel import Session

from episodes.articles.read import read
from episodes.catalog import articles, outcomes
from episodes.database import writing
from episodes.pipeline.items import guarded
from episodes.pipeline.run import Run
from episodes.search import index
from episodes.values import ArticleText, Outcome, Progress, Read, State

STEP = "articles"
TOGETHER = 20


def add_articles(run: Run, targets: Iterable[str]) -> Iterator[Outcome]:
    """Read articles from addresses, files and folders; one outcome for each article, or for what gave none."""
    for target in targets:
        yield from _add(run, target)


def _add(run: Run, target: str) -> Iterator[Outcome]:
    reads = iter(read(target, allow_private=run.allow_private))
    seen = 0
    while some := list(islice(reads, TOGETHER)):
        seen += len(some)
        run.tell(Progress("read", target, seen))
        with writing(run.database) as session:
            results = [_one(run, session, one) for one in some]
            for outcome in results:
                outcomes.record(session, STEP, outcome, now=run.now(), data={"target": target})
        yield from results


def _one(run: Run, session: Session, one: Read) -> Outcome:
    article = one.value
    if not isinstance(article, ArticleText):
        return replace(one.outcome or Outcome(one.item, State.FAILED, "nothing could be read"), step=STEP)

    def work() -> Outcome:
        with session.begin_nested():
            row, state = articles.put(session, article, now=run.now())
            if state is State.DONE:
                index.index_article(session, row.id or 0)
            return Outcome(one.item, state, article.url, title=article.title, step=STEP)

    return guarded(run, work, item=one.item, step=STEP, title=article.title)
