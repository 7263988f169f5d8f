"""Turn scored passages into moments: locate each match, drop duplicates, and keep one document from filling the list.

Passages overlap by half, so the same words usually match in two of them: these duplicates become one moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from episodes.batches import batched
from episodes.search.documents import DocumentId, FoundPassage
from episodes.search.passages import Unit, located_pieces
from episodes.search.rerank import ScoredPassage
from episodes.search.snippets import SNIPPET_WORDS, Cluster, Snippet, snippet
from episodes.search.tokenizer import folded_tokens, token_offsets, token_spans

#: Matches in one episode that start within this many seconds are one moment.
SAME_MOMENT = 30.0
#: This many moments of one document keep their full score; further ones are multiplied by powers of the penalty.
BEST_PER_DOCUMENT, _PENALTY = 3, 0.65
#: The first mention of an item is placed last among the first ten.
_FIRST_MENTION_RANK = 9
#: The offset of a piece in a passage's text, and the piece.
_LocatedPiece = tuple[int, Unit]


class Moment(NamedTuple):
    """A place to jump to: the ``position`` of a segment or paragraph, seconds if spoken, a snippet and a score.

    ``absent`` are the query words that it lacks. ``first_word`` is set if the segment may have word timestamps: the stem of the first
    matching word, and its estimated second, assuming an even pace.
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
    """A scored passage and the position of its match in the document; ``about`` is the estimated second of the first word."""

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
    """Return the best ``limit`` moments of passages given best first.

    The best ``BEST_PER_DOCUMENT`` moments of a document keep their rank; further ones are penalized, which lets other documents in
    unless they score far worse. ``units`` reads the segments or paragraphs of passages, a few at a time, since most scored passages are not
    needed. ``context`` is the length of a snippet in words. ``first_mention`` is a passage to include as well.
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
    """Insert the first mention as the tenth, or later: after all moments with all the words. Nothing changes if it is listed already.

    If its document has more than ``BEST_PER_DOCUMENT`` moments up to there, the last moves behind it, unless it has all the words.
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
    """Return True if nothing after ``last`` can get among the first ``limit``."""
    return bool(last) and sum(worth >= last[0].score for worth, _, _ in ranked) >= limit


def _ordered(ranked: Sequence[tuple[float, int, _Located]]) -> list[_Located]:
    """Sort: moments with all the words first, then by score; equal ones keep their order."""
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
    """Return True if two moments of one document are the same: close in time or in the same unit."""
    near = one.start is not None and other.start is not None and abs(one.start - other.start) <= SAME_MOMENT
    return near or one.position == other.position


def locate(
    passage: FoundPassage, units: Sequence[Unit], around: Cluster
) -> tuple[int, float | None, float | None, float | None]:
    """Return position and start of the unit where a cluster begins, the end of the unit where it ends, and ``about``.

    ``about`` is the estimated second of the cluster's first word, None unless its segment may have word timestamps.
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
    """Return the piece that contains offset ``begin``, and the unit of the piece that contains ``stop``."""
    first, last = first_piece, first_piece[1]
    for part in parts:
        if part[0] > stop:
            break
        first, last = (part if part[0] <= begin else first), part[1]
    return first, last
