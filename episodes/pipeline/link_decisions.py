"""Export and import people's decisions on links: one JSON line per decision.

    {"episode": identity, "article": address, "status": "confirmed" | "rejected", "decided": ISO time, "titles": [episode, article]}

Episodes are named by their identity, which is the same in every catalog, articles by their URL. The latest decision on a pair wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from sqlmodel import Session

from episodes.catalog import articles, episodes, links
from episodes.database import reading, writing
from episodes.dates import iso
from episodes.errors import BadItem, FileRefused
from episodes.files.reading import read_all
from episodes.pipeline.aligning import align_all
from episodes.pipeline.item_outcomes import guarded
from episodes.pipeline.run import Run
from episodes.values import DECIDED_STATUSES, LinkStatus, Outcome, State
from transcripts.bounded_json import lines, loads

STEP = "decisions"
#: Bytes of a file, some 300,000 decisions.
MAX_BYTES = 2**26
#: Bytes of a line; a longer one is cut and therefore invalid JSON.
_MAX_LINE = 100_000


def decide(run: Run, link_ids: Iterable[int], status: LinkStatus) -> list[State]:
    """Confirm or reject links, then align those that hold now. Return a state for each: UNCHANGED if it was decided so already.

    Raises:
        NotFound: there is no link with one of the ids; then nothing is changed.
    """
    with writing(run.database) as session:
        states = [links.decide(session, link_id, status, now=run.now()) for link_id in link_ids]
    align_all(run)
    return states


def decisions(run: Run) -> list[dict[str, Any]]:
    """All decisions, each in the form of a line."""
    with reading(run.database) as session:
        return [_line(one) for one in links.listed(session) if one.link.decided_at]


def _line(one: links.Linked) -> dict[str, Any]:
    return {
        "episode": one.episode.identity,
        "article": one.article.url,
        "status": one.link.status,
        "decided": iso(one.link.decided_at),
        "titles": [one.episode.title, one.article.title],
    }


def import_decisions(run: Run, file: Path) -> Iterator[Outcome]:
    """Import the decisions of a file; one outcome per line, and a bad line stops nothing."""
    with file.open("rb") as opened:
        content = _all(opened, file)
    for number, line in enumerate(lines(BytesIO(content)), 1):
        if line is None or line.strip():
            yield _take(run, f"{file}:{number}", line)


def _all(content: BinaryIO, file: Path) -> bytes:
    try:
        return read_all(content, MAX_BYTES, file)
    except FileRefused as error:
        raise BadItem(file, error.detail) from error


def _take(run: Run, item: str, line: bytes | None) -> Outcome:
    def work() -> Outcome:
        with writing(run.database) as session:
            return _put(session, item, line)

    return guarded(run, work, item=item, step=STEP)


def _put(session: Session, item: str, line: bytes | None) -> Outcome:
    episode, article, status, at = _read(item, line)
    row = episodes.find(session, episode)
    state = links.put_decision(session, row.id or 0, articles.find(session, article).id or 0, status, at=at)
    return Outcome(item, state, status, title=row.title, step=STEP)


def _read(item: str, line: bytes | None) -> tuple[str, str, LinkStatus, datetime]:
    try:
        value: Any = loads((line or b"")[:_MAX_LINE])
        status = LinkStatus(value["status"])
        at = datetime.fromisoformat(value["decided"])
        if status not in DECIDED_STATUSES:
            raise ValueError(f"{status} is not a decision")
        return str(value["episode"]), str(value["article"]), status, at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, KeyError) as error:
        raise BadItem(item, f"{type(error).__name__}: {error}; a line is what `nir links export` writes") from error
