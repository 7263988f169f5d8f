"""``nir update``: list the followed shows, read new episodes with their captions, transcribe audio, read followed sites, link.

Linking looks at the whole catalog, not at what this run has stored: an earlier run may have been killed before it linked. A listing is
stored completely, in one transaction, before any of its episodes is read: a queued entry is never lost, however often a run is killed.
Later listings stop early, after a number of known entries in a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from sqlmodel import Session

from episodes.catalog import episodes, outcomes, shows
from episodes.database import in_transaction, reading
from episodes.models import Show
from episodes.pipeline import sites, transcription, transcription_queue
from episodes.pipeline.checking import check_due
from episodes.pipeline.item_outcomes import finished_meanwhile, guarded
from episodes.pipeline.linking import link_missing
from episodes.pipeline.rate_limits import rate_limited_until, site
from episodes.pipeline.run import Run
from episodes.sources.decisions import decide
from episodes.values import Listed, Outcome, Progress, State

STEP = "update"
LIST = "list"

#: Known entries in a row that end a listing which was read completely before; not fewer, since sites pin and reorder some.
KNOWN_IN_A_ROW = 30


@dataclass(frozen=True)
class FollowedShow:
    """A followed show, independent of any session."""

    show_id: int
    url: str
    title: str
    match: str
    whole: bool

    @classmethod
    def of(cls, show: Show) -> FollowedShow:
        """Read from its row; ``whole``: its listing was read to the end before."""
        return cls(show.id or 0, show.url, show.title, show.match, whole=show.checked_at is not None)


@dataclass(frozen=True)
class ListedEpisode:
    """A listed episode to read, independent of any session."""

    item: str
    title: str
    data: dict[str, Any]


def update(run: Run, name: str = "") -> Iterator[Outcome]:
    """List the shows (or the one named), then do what is missing.

    Raises:
        NotFound: No show has this name.
        NothingDone: The disk is full, or the database cannot be reached.
    """
    for show in _followed(run, name):
        yield from _list(run, show)
    yield from _work(run, name, again=False)


def retry(run: Run, name: str = "") -> Iterator[Outcome]:
    """Retry what failed, however often, and do what is due.

    Raises:
        NotFound: No show has this name.
        NothingDone: The disk is full, or the database cannot be reached.
    """
    yield from _work(run, name, again=True)


def _followed(run: Run, name: str) -> list[FollowedShow]:
    with reading(run.database) as session:
        rows = [shows.find(session, name)] if name else [show for show, _ in shows.listed(session)]
        return [FollowedShow.of(show) for show in rows]


def _list(run: Run, show: FollowedShow) -> Iterator[Outcome]:
    if rate_limited_until(run, show.url):
        return
    outcome = guarded(run, lambda: _discover(run, show), item=show.url, step=LIST, title=show.title)
    in_transaction(run.database, lambda session: outcomes.record(session, LIST, outcome, now=run.now()))
    if outcome.state is not State.UNCHANGED:
        yield outcome


def _discover(run: Run, show: FollowedShow) -> Outcome:
    run.report(Progress("list", show.title or show.url))
    listing = run.source.listing(show.url)
    found = list(_until_known(run, show, listing.entries))

    def work(session: Session) -> None:
        data = ({"url": entry.url, "show": show.show_id, "hint": dict(entry.hint)} for entry in found)
        new = [(entry.identity, entry.title, kept) for entry, kept in zip(found, data, strict=True)]
        outcomes.enqueue(session, STEP, new, now=run.now())  # entries that another run has read meanwhile stay read
        row = session.get_one(Show, show.show_id)
        row.title, row.checked_at = row.title or listing.title, run.now()

    in_transaction(run.database, work)
    state = State.DONE if found else State.UNCHANGED
    return Outcome(show.url, state, f"{len(found)} new episodes listed", title=show.title or listing.title, step=LIST)


def _until_known(run: Run, show: FollowedShow, entries: Iterator[Listed]) -> Iterator[Listed]:
    """Yield entries not in the catalog, the newest first; stop early where the rest was seen before."""
    known_in_a_row = 0
    for number, entry in enumerate(entries, 1):
        run.report(Progress("list", show.title or show.url, number))
        with reading(run.database) as session:
            known = bool(outcomes.known(session, STEP, [entry.identity]))
        known_in_a_row = known_in_a_row + 1 if known else 0
        if not known:
            yield entry
        elif show.whole and known_in_a_row >= KNOWN_IN_A_ROW:
            return


def _work(run: Run, name: str, *, again: bool) -> Iterator[Outcome]:
    """Read and transcribe all that is due, then link."""
    show_id = _followed(run, name)[0].show_id if name else None
    done = 0
    written = iter(()) if name else sites.read_due(run, again=True) if again else sites.refresh(run)
    for outcome in chain(_episodes(run, show_id, again=again), written):
        done += outcome.state is State.DONE
        yield outcome
    check_due(run)
    for outcome in link_missing(run):
        done += 1
        yield outcome
    if run.model_error:
        if not done:
            raise run.model_error
        yield Outcome(run.settings.model, State.FAILED, str(run.model_error), step=transcription_queue.STEP)


def _episodes(run: Run, show_id: int | None, *, again: bool) -> Iterator[Outcome]:
    """Read what is due, each with its captions; then transcribe audio, many episodes at once."""
    later: Counter[str] = Counter()
    failed: set[str] = set()
    since = run.now()
    for listed in _due(run, show_id, again=again):
        if finished_meanwhile(run, STEP, listed.item, since):
            continue
        if rate_limited_until(run, listed.data["url"]):
            later[listed.data["url"]] += 1
            continue
        outcome = _read(run, listed)
        if outcome.state is not State.UNCHANGED:
            yield outcome
        for taken in transcription.take_due_captions(run, listed.item):
            failed |= {taken.item} if taken.state is State.FAILED else set()
            yield taken
    yield from transcription.transcribe_due(run, but=failed, again=again, show=show_id)
    yield from _left_for_later(run, later)


def _left_for_later(run: Run, urls: Counter[str]) -> Iterator[Outcome]:
    sites: Counter[str] = Counter()
    for url in urls:
        sites[site(url)] += 1
    for name, count in sites.items():
        reason = f"{count} episodes are left for later: the site limits requests"
        yield Outcome(name, State.WAITING, reason, until=rate_limited_until(run, f"https://{name}"), step=STEP)


def _read(run: Run, listed: ListedEpisode) -> Outcome:
    """Read one listed episode, decide, store it and its outcome."""
    run.report(Progress("read", listed.title or listed.item))
    url = listed.data["url"]
    outcome = guarded(run, lambda: _store(run, listed), item=listed.item, step=STEP, title=listed.title, url=url)
    in_transaction(run.database, lambda session: outcomes.record(session, STEP, outcome, now=run.now()))
    return outcome


def _store(run: Run, listed: ListedEpisode) -> Outcome:
    info = replace(run.source.read_episode(_listed(listed)), identity=listed.item)

    def work(session: Session) -> Outcome:
        show = session.get(Show, listed.data["show"])
        if decided := decide(info, run.now(), show.match if show else ""):
            return replace(decided, item=listed.item, title=info.title, step=STEP)
        row, state = episodes.put(session, info, now=run.now(), show=show)
        transcription_queue.enqueue(session, row, run)
        return Outcome(listed.item, state, "; ".join(info.passed_over), title=info.title, step=STEP)

    return in_transaction(run.database, work)


def _listed(listed: ListedEpisode) -> Listed:
    return Listed(listed.item, listed.data["url"], listed.title, hint=listed.data.get("hint", {}))


def _due(run: Run, show_id: int | None, *, again: bool) -> list[ListedEpisode]:
    with reading(run.database) as session:
        rows = outcomes.due(session, STEP, now=run.now(), failed=again)
        return [ListedEpisode(row.item, row.title, row.data) for row in rows if show_id in (None, row.data.get("show"))]
