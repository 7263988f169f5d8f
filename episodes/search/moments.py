"""From passages to moments: where in its passage a match begins, one hit for what overlaps, and no document that fills the list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from episodes.search.documents import DocumentId, Found
from episodes.search.passages import Unit, laid
from episodes.search.scoring import Scored
from episodes.search.snippets import LENGTH, Cluster, Snippet, snippet
from episodes.search.tokens import Token

#: Hits of one episode that begin within so many seconds are one moment.
SAME_MOMENT = 30.0
#: So many moments of one document come before those of others that answer less well.
BEST_OF_ONE = 3


class Moment(NamedTuple):
    """A place to go to: a segment or paragraph by its ``position``, seconds where it was said, what to show, and how well it answers.

    ``absent`` are the words of the question that it lacks.
    """

    document: DocumentId
    position: int
    start: float | None
    end: float | None
    snippet: Snippet
    score: float
    absent: tuple[str, ...]


def moments(
    scored: Sequence[Scored],
    units: Callable[[Collection[int]], Mapping[int, Sequence[Unit]]],
    limit: int,
    context: int = LENGTH,
) -> list[Moment]:
    """The first ``limit`` moments of passages that come best first.

    Of a document the best ``BEST_OF_ONE`` come before all the others have had their turn. ``units`` reads the segments or paragraphs of
    passages; it is asked for a few at a time, since most of what was scored is not needed. ``context``: words of a snippet.
    """
    kept: dict[DocumentId, list[Moment]] = {}
    first: list[Moment] = []
    later: list[Moment] = []
    for begin in range(0, len(scored), limit):
        some = scored[begin : begin + limit]
        read = units([each.passage.id for each in some])
        for each in some:
            others = kept.setdefault(each.passage.document, [])
            moment = _moment(each, read.get(each.passage.id, ()), context)
            if not any(same(moment, other) for other in others):
                others.append(moment)
                (first if len(others) <= BEST_OF_ONE else later).append(moment)
        if len(first) >= limit:
            break
    return (first + later)[:limit]


def _moment(scored: Scored, units: Sequence[Unit], context: int) -> Moment:
    passage, words, found, around, score, absent = scored
    position, start, end = place(passage, units, words, around)
    shown = snippet(passage.text, words, found, around, length=context)
    return Moment(passage.document, position, start, end, shown, score, absent)


def same(one: Moment, other: Moment) -> bool:
    """Whether two moments of one document are one."""
    near = one.start is not None and other.start is not None and abs(one.start - other.start) <= SAME_MOMENT
    return near or one.position == other.position


def place(
    passage: Found, units: Sequence[Unit], words: Sequence[Token], around: Cluster
) -> tuple[int, float | None, float | None]:
    """Position and start of the segment or paragraph in which a cluster begins, and the end of the one in which it ends."""
    parts = laid(passage.text, units)
    if not parts:
        return (units[0].position if units else 0), passage.start, passage.end
    if not around.matches:
        first, last = parts[0][1], parts[-1][1]
    else:
        first = _at(parts, words[around.matches[0].first].start)
        last = _at(parts, words[max(match.last for match in around.matches)].start)
    return first.position, first.start, last.end


def _at(parts: Sequence[tuple[int, Unit]], offset: int) -> Unit:
    return next((piece for at, piece in reversed(parts) if at <= offset), parts[0][1])
