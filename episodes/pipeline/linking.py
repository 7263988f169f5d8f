"""Episodes x articles -> links: see what is new, decide purely, write what changed; then align what is sure.

What was linked before is not read again: see ``linking.incremental``. All is linked anew where nothing is remembered, where much is new,
and where somebody asks for it.
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

#: So often another run may have linked while this one decided.
TRIES = 10


def link_all(run: Run, *, anew: bool = False, align: bool = True) -> dict[str, Any]:
    """Decide on all links that new texts or a person's word may have changed (``anew``: on all); a person's word is input and stays.

    Then ``align`` those that are sure and new or changed. Gives how many links are in each status, {"new", "changed", "gone",
    "without"} (the last is the number of episodes that have neither a sure nor a proposed article), and what ``align_all`` gives.
    """
    run.report(Progress("link", "episodes and articles"))
    new, changed, gone = _link(run, anew=anew)
    with reading(run.database) as session:
        linking = {**links.counts(session), "new": new, "changed": changed, "gone": gone}
        linking["without"] = links.count_unlinked(session)
    return {**linking, **(align_all(run) if align else {})}


def link_missing(run: Run) -> Iterator[Outcome]:
    """Link and align what is not yet, whichever run brought it; one outcome if that changed anything."""
    made = link_all(run)
    named = (("new", "new"), ("changed", "changed"), ("gone", "taken back"), ("aligned", "aligned"))
    if said := [f"{made[kind]} {word}" for kind, word in named if made[kind]]:
        yield Outcome("links", State.DONE, ", ".join(said), title="links", step=STEP)


def _link(run: Run, *, anew: bool) -> tuple[int, int, int]:
    """Decide on what the catalog shows to be undecided; gives how many links are (new, changed, gone).

    Deciding takes a while, in which others may write. What they brought is left to the next run of linking; where they have linked
    meanwhile, theirs is what this has to begin with.
    """
    for _ in range(TRIES):
        with reading(run.database) as session:
            seen = linking_state.snapshot(session, VERSION, links.decided(session))
            data = linking_state.stored(session)
        before = linking_state.read(data)
        if seen == before and not anew:
            return 0, 0, 0
        made = (None if anew else _link_changed(run, before, seen)) or _link_everything(run, seen)
        counted = in_transaction(run.database, partial(_write, made, seen, data))
        if counted is not None:
            return counted
    raise Contended("nir link", "other runs link all the time")


@dataclass(frozen=True, slots=True)
class _Linked:
    """Verdicts (on the episodes ``due``; None: on all), and what is to be remembered, beside what is remembered or in its place."""

    verdicts: list[Verdict]
    due: frozenset[int] | None
    state: dict[str, bytes]


def _write(
    made: _Linked, seen: linking_state.Snapshot, data: bytes | None, session: Session
) -> tuple[int, int, int] | None:
    """Write verdicts and state; None, and nothing is written, where another run has linked since ``data`` was read."""
    if linking_state.stored(session) != data:
        return None
    if made.due is None:
        linking_state.forget(session)
    linking_state.put(session, made.state)
    linking_state.put_snapshot(session, seen)
    return links.put_all(session, made.verdicts, due=made.due)


def _link_everything(run: Run, seen: linking_state.Snapshot) -> _Linked:
    """Link everything."""
    with reading(run.database) as session:
        said, written = _said(session), _written(session)
    verdicts, state = link_catalog(said, written, decided=seen.decided)
    large = state is not None and len(said) + len(written) >= incremental.SMALL
    return _Linked(verdicts, None, serialization.to_parts(state) if state and large else {})


def _link_changed(run: Run, before: linking_state.Snapshot | None, seen: linking_state.Snapshot) -> _Linked | None:
    """Link what has come or changed since; None where all has to be linked."""
    if before is None or before.version != seen.version or _has_removals(before, seen):
        return None
    with reading(run.database) as session:
        found = _relinked(session, before, seen)
    return (
        _Linked(found.verdicts, found.due, serialization.to_parts(found.state, serialization.FRESH_PARTS))
        if found
        else None
    )


def _has_removals(before: linking_state.Snapshot, seen: linking_state.Snapshot) -> bool:
    return not (before.episodes.keys() <= seen.episodes.keys() and before.articles.keys() <= seen.articles.keys())


def _relinked(session: Session, before: linking_state.Snapshot, seen: linking_state.Snapshot) -> Relinked | None:
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
    """The catalog as ``linking.incremental`` looks things up in it; what was looked up once is kept for the run."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._episodes: dict[int, EpisodeText] = {}
        self._articles: dict[int, ArticleCandidate] = {}

    def episodes(self, ids: Collection[int]) -> list[EpisodeText]:
        """Episodes with their words."""
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
        """The links that there are by now of these episodes, or of these articles."""
        return links.of_many(self.session, episodes=episodes, articles=articles)


def _said(session: Session) -> list[EpisodeText]:
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


def _written(session: Session) -> list[ArticleCandidate]:
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
