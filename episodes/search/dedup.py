"""From passages to moments: where in its passage a match begins, one hit for what overlaps, and no document that fills the list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from episodes.batches import batched
from episodes.search.documents import DocumentId, FoundPassage
from episodes.search.passages import Unit, located_pieces
from episodes.search.rerank import ScoredPassage
from episodes.search.snippets import SNIPPET_WORDS, Cluster, Snippet, snippet
from episodes.search.tokenizer import folded_tokens, token_offsets, token_spans

#: Hits of one episode that begin within so many seconds are one moment.
SAME_MOMENT = 30.0
#: So many moments of one document come before those of others that answer less well; further ones count less and less.
BEST_PER_DOCUMENT, _PENALTY = 3, 0.65
#: Where an item is introduced stands last among the first ten.
_FIRST_MENTION_RANK = 9
#: Where in a passage's text a part of it begins, and that part.
_LocatedPiece = tuple[int, Unit]


class Moment(NamedTuple):
    """A place to go to: a segment or paragraph by its ``position``, seconds where it was said, what to show, and how well it answers.

    ``absent`` are the words of the question that it lacks. ``first_word``, where its text was found in a segment that may have the
    times of words: the stem of the first word, and about when it is said, if its segment is spoken evenly.
    """

    document: DocumentId
    position: int
    start: float | None
    end: float | None
    snippet: Snippet
    score: float
    absent: tuple[str, ...]
    first_word: tuple[str, float] | None = None


class _Located(NamedTuple):
    """A passage that answers, and where in its document that is; ``about`` is the second of the first word."""

    scored: ScoredPassage
    position: int
    start: float | None
    end: float | None
    about: float | None


def moments(
    scored: Sequence[ScoredPassage],
    units: Callable[[Collection[FoundPassage]], Mapping[int, Sequence[Unit]]],
    limit: int,
    context: int = SNIPPET_WORDS,
    first_mention: ScoredPassage | None = None,
) -> list[Moment]:
    """The first ``limit`` moments of passages that come best first.

    Of a document the best ``BEST_PER_DOCUMENT`` stand where they belong; further ones count less and less, so that others have
    their turn unless they answer far worse. ``units`` reads the segments or paragraphs of passages; it is asked for a few at a time,
    since most of what was scored is not needed. ``context``: words of a snippet. ``first_mention`` is where an item begins that answers.
    """
    kept: dict[DocumentId, list[_Located]] = {}
    ranked: list[tuple[float, int, _Located]] = []
    for some in batched(scored, limit):
        read = units([each.passage for each in some])
        for each in some:
            others = kept.setdefault(each.passage.document, [])
            found = _located(each, read.get(each.passage.id, ()))
            if not any(is_same_moment(found, other) for other in others):
                others.append(found)
                ranked.append(
                    (each.score * _PENALTY ** (max(0, len(others) - BEST_PER_DOCUMENT) ** 2), len(ranked), found)
                )
        if _enough(ranked, some[limit - 1 :], limit):
            break
    ordered = _ordered(ranked)
    if first_mention:
        mention = _located(first_mention, units([first_mention.passage]).get(first_mention.passage.id, ()))
        ordered = _with_first_mention(ordered, mention, limit)
    return [_moment(found, context) for found in ordered[:limit]]


def _with_first_mention(ordered: list[_Located], mention: _Located, limit: int) -> list[_Located]:
    """The same with the opening as the last of the first ten, and not before what has all the words, unless it is there as it is.

    Where its document has more than ``BEST_PER_DOCUMENT`` moments there, the last of these gives way to it, if that has not all the words.
    """
    at = max(_FIRST_MENTION_RANK, sum(not each.scored.absent for each in ordered))
    if any(_is_duplicate(mention, each) for each in ordered[: at + 1]) or at in range(limit, len(ordered)):
        return ordered
    theirs = [each for each in ordered[: at + 1] if each.scored.passage.document == mention.scored.passage.document]
    crowded = len(ordered) > at and len(theirs) > BEST_PER_DOCUMENT and theirs[-1].scored.absent
    after = theirs[-1:] if crowded else []
    others = [each for each in ordered if each not in after and not _is_duplicate(mention, each)]
    return [*others[:at], mention, *after, *others[at:]]


def _is_duplicate(one: _Located, other: _Located) -> bool:
    return one.scored.passage.document == other.scored.passage.document and is_same_moment(one, other)


def _enough(ranked: Sequence[tuple[float, int, _Located]], last: Sequence[ScoredPassage], limit: int) -> bool:
    """Whether nothing that comes after ``last`` can be among the first ``limit``."""
    return bool(last) and sum(worth >= last[0].score for worth, _, _ in ranked) >= limit


def _ordered(ranked: Sequence[tuple[float, int, _Located]]) -> list[_Located]:
    """What has all the words first, then by worth; what is equal as it came."""
    return [found for _, _, found in sorted(ranked, key=lambda one: (bool(one[2].scored.absent), -one[0], one[1]))]


def _located(scored: ScoredPassage, units: Sequence[Unit]) -> _Located:
    return _Located(scored, *locate(scored.passage, units, scored.around))


def _moment(found: _Located, context: int) -> Moment:
    passage, matches, around, score, absent = found.scored
    words = token_spans(passage.text)
    shown = snippet(passage.text, words, matches, around, length=context)
    word = None
    if found.about is not None:
        begin, stop = words[around.matches[0].first]
        word = (folded_tokens(passage.text[begin:stop])[0].stem, found.about)
    return Moment(passage.document, found.position, found.start, found.end, shown, score, absent, word)


def is_same_moment(one: _Located, other: _Located) -> bool:
    """Whether two moments of one document are one."""
    near = one.start is not None and other.start is not None and abs(one.start - other.start) <= SAME_MOMENT
    return near or one.position == other.position


def locate(
    passage: FoundPassage, units: Sequence[Unit], around: Cluster
) -> tuple[int, float | None, float | None, float | None]:
    """Position and start of the segment or paragraph in which a cluster begins, the end of the one in which it ends.

    At last the second of the cluster's first word, if its segment is spoken evenly and can tell more.
    """
    parts = located_pieces(passage.text, units)
    first_piece = next(parts, None)
    if first_piece is None:
        return (units[0].position if units else 0), passage.start, passage.end, None
    begin, stop = 0, len(passage.text)
    if around.matches:
        begin, stop = token_offsets(passage.text, around.matches[0].first, max(match.last for match in around.matches))
    (at, first), last = _around(first_piece, parts, begin, stop)
    start, end = first.start or 0.0, first.end or 0.0
    about = start + (end - start) * (begin - at) / len(first.text) if around.matches and first.detailed else None
    return first.position, first.start, last.end, about


def _around(
    first_piece: _LocatedPiece, parts: Iterator[_LocatedPiece], begin: int, stop: int
) -> tuple[_LocatedPiece, Unit]:
    """The part in which one letter stands, and the unit of the part in which a later one does; no more parts are looked at."""
    first, last = first_piece, first_piece[1]
    for part in parts:
        if part[0] > stop:
            break
        first, last = (part if part[0] <= begin else first), part[1]
    return first, last
