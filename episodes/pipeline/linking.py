"""Link episodes and articles: find what is new, decide (a pure function), write what changed, then align the links that hold.

Texts linked before are not read again, see ``linking.incremental``. Everything is linked anew if there is no linking state, if much is new,
or on request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlmodel import Session

from episodes.articles.videos import only_linked
from episodes.catalog import articles, episodes, linking_state, links, transcripts
from episodes.database import in_transaction, reading
from episodes.errors import Contended
from episodes.linking import incremental, serialization
from episodes.linking.incremental import Relinked
from episodes.linking.values import ArticleCandidate, EpisodeText, Pair
from episodes.linking.verdicts import VERSION, link_catalog
from episodes.models import Article, Episode
from episodes.pipeline.aligning import align_all
from episodes.pipeline.run import Run
from episodes.values import Outcome, Progress, State, Verdict

STEP = "link"

#: Attempts, if other runs link while this one decides.
MAX_ATTEMPTS = 10


def link_all(run: Run, *, anew: bool = False, align: bool = True) -> dict[str, Any]:
    """Decide on all links that new texts or decisions may have changed (``anew``: on all). People's decisions are input and stay.

    Then ``align`` those that hold and are new or changed. Returns the number of links by status, {"new", "changed", "gone" (removed),
    "without" (episodes without a link or a proposal)}, and the result of ``align_all``.
    """
    run.report(Progress("link", "episodes and articles"))
    new, changed, gone = _link(run, anew=anew)
    with reading(run.database) as session:
        linking = {**links.counts(session), "new": new, "changed": changed, "gone": gone}
        linking["without"] = links.count_unlinked(session)
    return {**linking, **(align_all(run) if align else {})}


def link_missing(run: Run) -> Iterator[Outcome]:
    """Link and align what is new, whichever run stored it; yields one outcome if anything changed."""
    made = link_all(run)
    named = (("new", "new"), ("changed", "changed"), ("gone", "removed"), ("aligned", "aligned"))
    if said := [f"{made[kind]} {word}" for kind, word in named if made[kind]]:
        yield Outcome("links", State.DONE, ", ".join(said), title="links", step=STEP)


def _link(run: Run, *, anew: bool) -> tuple[int, int, int]:
    """Decide on what is undecided; returns the numbers of (new, changed, removed) links.

    Deciding takes a while, and others may write meanwhile (optimistic locking): new texts are left to the next run of linking; if another
    run has linked, this one starts again from its result.
    """
    for _ in range(MAX_ATTEMPTS):
        with reading(run.database) as session:
            seen = linking_state.snapshot(session, VERSION, links.decided(session))
            data = linking_state.stored(session)
        before = linking_state.read(data)
        if seen == before and not anew:
            return 0, 0, 0
        result = (None if anew else _link_changed(run, before, seen)) or _link_everything(run, seen)
        counted = in_transaction(run.database, partial(_write, result, seen, data))
        if counted is not None:
            return counted
    raise Contended("nir link", "other runs link all the time")


@dataclass(frozen=True, slots=True)
class _Linked:
    """Verdicts on the episodes ``due`` (None: on all), and the parts of the linking state to store, added to it or (all) replacing it."""

    verdicts: list[Verdict]
    due: frozenset[int] | None
    state: dict[str, bytes]


def _write(
    result: _Linked, seen: linking_state.Snapshot, data: bytes | None, session: Session
) -> tuple[int, int, int] | None:
    """Write verdicts and linking state; returns None and writes nothing if another run has linked since ``data`` was read."""
    if linking_state.stored(session) != data:
        return None
    if result.due is None:
        linking_state.forget(session)
    linking_state.put(session, result.state)
    linking_state.put_snapshot(session, seen)
    return links.put_all(session, result.verdicts, due=result.due)


def _link_everything(run: Run, seen: linking_state.Snapshot) -> _Linked:
    """Link everything."""
    with reading(run.database) as session:
        said, written = _episode_texts(session), _article_texts(session)
    verdicts, state = link_catalog(said, written, decided=seen.decided)
    large = state is not None and len(said) + len(written) >= incremental.SMALL
    return _Linked(verdicts, None, serialization.to_parts(state) if state and large else {})


def _link_changed(run: Run, before: linking_state.Snapshot | None, seen: linking_state.Snapshot) -> _Linked | None:
    """Link what is new or changed since; None if everything has to be linked."""
    if before is None or before.version != seen.version or _has_removals(before, seen):
        return None
    with reading(run.database) as session:
        found = _relink(session, before, seen)
    if found is None:
        return None
    return _Linked(found.verdicts, found.due, serialization.to_parts(found.state, serialization.FRESH_PARTS))


def _has_removals(before: linking_state.Snapshot, seen: linking_state.Snapshot) -> bool:
    return not (before.episodes.keys() <= seen.episodes.keys() and before.articles.keys() <= seen.articles.keys())


def _relink(session: Session, before: linking_state.Snapshot, seen: linking_state.Snapshot) -> Relinked | None:
    state = serialization.from_parts(linking_state.load(session, serialization.BASE_PARTS + serialization.FRESH_PARTS))
    if state is None:
        return None
    said = {one for one, digest in seen.episodes.items() if before.episodes.get(one) != digest}
    written = {one for one, digest in seen.articles.items() if before.articles.get(one) != digest}
    redecided = {pair for pair, _ in set(seen.decided.items()) ^ set(before.decided.items())}
    said |= {episode for episode, _ in redecided}
    said |= {one for one, _ in links.of_many(session, articles={article for _, article in redecided})}
    return incremental.relink(state, _Texts(session), said, written, seen.decided)


class _Texts:
    """The lookups that ``linking.incremental`` needs, cached for the run."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._episodes: dict[int, EpisodeText] = {}
        self._articles: dict[int, ArticleCandidate] = {}

    def episodes(self, ids: Collection[int]) -> list[EpisodeText]:
        """Episodes with the text of their transcript."""
        if missing := set(ids) - self._episodes.keys():
            texts = transcripts.texts(self.session, missing)
            rows = episodes.by_ids(self.session, missing)
            self._episodes |= {row.id or 0: _episode(row, texts.get(row.id or 0, "")) for row in rows}
        return [self._episodes[one] for one in sorted(ids) if one in self._episodes]

    def articles(self, ids: Collection[int]) -> list[ArticleCandidate]:
        """Articles with their text."""
        if missing := set(ids) - self._articles.keys():
            texts = articles.texts(self.session, missing)
            rows = articles.by_ids(self.session, missing)
            self._articles |= {row.id or 0: _article(row, texts.get(row.id or 0, "")) for row in rows}
        return [self._articles[one] for one in sorted(ids) if one in self._articles]

    def linked(self, *, episodes: Collection[int] = (), articles: Collection[int] = ()) -> set[Pair]:
        """The existing links of these episodes, or of these articles."""
        return links.of_many(self.session, episodes=episodes, articles=articles)


def _episode_texts(session: Session) -> list[EpisodeText]:
    texts = transcripts.texts(session)
    return [_episode(row, texts.get(row.id or 0, "")) for row in episodes.newest_first(session)]


def _episode(row: Episode, text: str) -> EpisodeText:
    kind, _, name = row.identity.partition(":")
    return EpisodeText(
        id=row.id or 0,
        show=row.show_title or row.channel,
        title=row.title,
        number=row.number,
        published=row.published,
        description=row.description,
        url=row.url,
        video_id=name if kind == "youtube" else row.key,
        text=text,
    )


def _article_texts(session: Session) -> list[ArticleCandidate]:
    texts = articles.texts(session)
    return [_article(row, texts.get(row.id or 0, "")) for row in articles.every(session)]


def _article(row: Article, text: str) -> ArticleCandidate:
    return ArticleCandidate(
        id=row.id or 0,
        url=row.url,
        title=row.title,
        dek=row.dek,
        published=row.published,
        text=text,
        video_ids=tuple(row.video_ids),
        links=tuple(row.links),
        only_linked=only_linked(row.extra),
    )
