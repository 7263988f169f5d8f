"""Sentences and quotations of a paragraph that were said in these words, or nearly.

Runs of three words that both have (seeds) gather on diagonals; where enough lie together, tokens are aligned locally (Smith and Waterman),
so that a slip, a false start or another word in between does not end the match. What stands in quotation marks may differ more than
other sentences: it claims to be what was said, and where it differs a reader wants to know.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from episodes.alignment.spoken_text import SpokenText, SpokenWord
from episodes.values import AlignedSpan, AlignmentKind, ParagraphKind, ParagraphText
from transcripts.tokens import fold, matches, prior_rarity, stem

#: Words that make a seed, and how often a seed may occur in the talk before it says nothing ("I think that").
_SEED, _COMMON = 3, 40
#: Diagonals so near belong together; and so many words around the seeds are aligned.
_NEAR, _AROUND = 8, 6
#: The fewest words of a quotation and of a sentence; the share of them that must have been said, and how alike both must be (Dice).
_QUOTATION, _SENTENCE = (4, 0.6), (6, 0.8)
_LONGEST = 120  # words: of longer sentences the beginning is looked for
_MOST_PLACES = 5  # of one sentence
_MOST_PIECES = 1000  # of one paragraph: the longest that people write has a few dozen
#: Nats of rarity, guessed by length, that the words in common must have: "and it was the" is nobody's quotation.
_MIN_RARITY = 4.0
_EDGE = 3  # words: so far a quotation's unlike first and last words are taken along

_MATCH, _MISMATCH, _GAP = 2, -1, -1

_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“”]+)[“”]|»([^«»]+)«")
#: A row of full stops is read from its first one only: else a long one takes time by its square.
_SENTENCES = re.compile(r"\S.*?(?:(?<![.?!…。！？])[.?!…。！？]++[\"'”’»)\]]*+(?=\s|$)|$)", re.DOTALL)
_CLAUSES = re.compile(r"[^\s,;:.?!…–—].*?(?=[,;:.?!…–—](?:\s|$)|\s[–—]|$)", re.DOTALL)

Seeds: TypeAlias = Mapping[tuple[str, ...], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph, in characters, and its words, folded; ``quotation`` says that it claims to be what was said."""

    begin: int
    until: int
    words: tuple[str, ...]
    quotation: bool

    @property
    def runs(self) -> list[tuple[str, ...]]:
        """Its seeds in order."""
        return [self.words[at : at + _SEED] for at in range(len(self.words) - _SEED + 1)]


def is_quotation(text: str, begin: int, until: int) -> bool:
    """Whether these characters of a paragraph stand in quotation marks."""
    return any(match.span(match.lastindex or 0) == (begin, until) for match in _QUOTED.finditer(text))


def quotes(paragraphs: Sequence[ParagraphText], spoken: SpokenText) -> list[list[AlignedSpan]]:
    """For each paragraph all places where one of its sentences or quotations was said."""
    pieces = [
        list(islice(_pieces(one.text, whole=one.kind is ParagraphKind.QUOTE), _MOST_PIECES)) for one in paragraphs
    ]
    seeds = _seeds(spoken, {run for some in pieces for piece in some for run in piece.runs})
    return [
        [_aligned_span(number, *found, spoken) for found in _matched_pieces(some, spoken, seeds)]
        for number, some in enumerate(pieces)
    ]


def _seeds(spoken: SpokenText, wanted: AbstractSet[tuple[str, ...]]) -> Seeds:
    """Where in the talk each wanted run of three words begins; the too common ones are left out."""
    forms = [word.form for word in spoken.words]
    places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, run in enumerate(zip(*(forms[n:] for n in range(_SEED)), strict=False)):
        if run in wanted:
            places[run].append(place)
    return {run: some for run, some in places.items() if len(some) <= _COMMON}


def _matched_pieces(pieces: Iterable[Piece], spoken: SpokenText, seeds: Seeds) -> Iterator[tuple[Piece, _Match]]:
    """The pieces that were said, with where; parts of a piece that was found are not looked for again."""
    taken: list[Piece] = []
    for piece in pieces:
        if any(piece.begin >= other.begin and piece.until <= other.until for other in taken):
            continue
        for said in _occurrences(piece, spoken, seeds):
            yield piece, said
            taken.append(piece)


def _pieces(text: str, *, whole: bool) -> Iterator[Piece]:
    """Quotations, the longest first, then sentences, then clauses: what was found whole is not looked for again in its parts."""
    marked = [match.span(match.lastindex or 0) for match in _QUOTED.finditer(text)]
    plain = [match.span() for pattern in (_SENTENCES, _CLAUSES) for match in pattern.finditer(text)]
    quoted = [*([(0, len(text))] if whole else []), *sorted(marked, key=lambda span: span[0] - span[1])]
    for quotation, spans in ((True, quoted), (whole, plain)):
        for begin, until in spans:
            words = tuple(fold(match[0]) for match in matches(text[begin:until]))[:_LONGEST]
            if len(words) >= (_QUOTATION if quotation else _SENTENCE)[0]:
                yield Piece(begin, until, words, quotation)


@dataclass(frozen=True, slots=True)
class _Match:
    """Words ``first`` up to ``until`` of the talk, and how alike they are, 0 to 1."""

    first: int
    until: int
    similarity: float


def _occurrences(piece: Piece, spoken: SpokenText, seeds: Seeds) -> list[_Match]:
    least = (_QUOTATION if piece.quotation else _SENTENCE)[1]
    found: list[_Match] = []
    for low, high in _search_windows(piece, seeds, len(spoken.words)):
        one = _local_alignment(piece, spoken.words[low:high], low)
        if one.similarity >= least and not any(one.first < other.until and other.first < one.until for other in found):
            found.append(one)
    return found


def _search_windows(piece: Piece, seeds: Seeds, length: int) -> list[tuple[int, int]]:
    """Where in the talk the piece may have been said: around seeds on near diagonals, the most seeds first."""
    diagonals: defaultdict[int, list[int]] = defaultdict(list)
    for at, run in enumerate(piece.runs):
        for place in seeds.get(run, ()):
            diagonals[(place - at) // _NEAR].append(place - at)
    # A quotation may differ and have few seeds left; of a sentence four words in five must be the same, and a slip costs three seeds.
    least = 1 if piece.quotation else max(2, 2 * len(piece.words) // 5 - 2)
    counted = {near: len(some) + len(diagonals.get(near + 1, ())) for near, some in diagonals.items()}
    need = max(least, max(counted.values(), default=0) / 2)
    best = sorted((near for near, count in counted.items() if count >= need), key=lambda near: (-counted[near], near))
    spans = []
    for near in best[: 2 * _MOST_PLACES]:
        begin = min(diagonals[near])
        spans.append((max(0, begin - _AROUND), min(length, begin + len(piece.words) + _NEAR + _AROUND)))
    return spans


def _local_alignment(piece: Piece, words: Sequence[SpokenWord], offset: int) -> _Match:
    """The best local alignment of a piece with words of the talk."""
    written, said = piece.words, [word.form for word in words]
    rows, end_at, end_to = _score_matrix(written, said)
    same, at, to = _traceback(rows, written, said, end_at, end_to)
    if piece.quotation:
        to = max(0, to - at) if at <= _EDGE else to
        rest = len(written) - end_at
        end_to = min(len(said), end_to + rest) if rest <= _EDGE else end_to
    least = (_QUOTATION if piece.quotation else _SENTENCE)[1]
    if len(same) < least * len(written) or sum(prior_rarity(stem(word)) for word in set(same)) < _MIN_RARITY:
        return _Match(offset, offset, 0.0)
    return _Match(offset + to, offset + end_to, 2 * len(same) / (len(written) + end_to - to))


def _traceback(
    rows: Sequence[Sequence[int]], written: Sequence[str], said: Sequence[str], at: int, to: int
) -> tuple[list[str], int, int]:
    """From the end of an alignment to its beginning: the words in common, and where it begins on either side."""
    same = []
    while rows[at][to] > 0:
        alike = written[at - 1] == said[to - 1]
        if rows[at][to] == rows[at - 1][to - 1] + (_MATCH if alike else _MISMATCH):
            same += [written[at - 1]] if alike else []
            at, to = at - 1, to - 1
        elif rows[at][to] == rows[at - 1][to] + _GAP:
            at -= 1
        else:
            to -= 1
    return same, at, to


def _score_matrix(written: Sequence[str], said: Sequence[str]) -> tuple[list[list[int]], int, int]:
    """Scores of alignments that end at each pair of words, and where the first best of them ends."""
    rows, best, at, to = [[0] * (len(said) + 1)], 0, 0, 0
    for number, word in enumerate(written, 1):
        above, row = rows[-1], [0]
        left = 0
        for column, other in enumerate(said):
            score = above[column] + (_MATCH if word == other else _MISMATCH)
            gap = (max(above[column + 1], left)) + _GAP
            left = max(gap, score)
            if left < 0:
                left = 0
            elif left > best:
                best, at, to = left, number, column + 1
            row.append(left)
        rows.append(row)
    return rows, at, to


def _aligned_span(number: int, piece: Piece, said: _Match, spoken: SpokenText) -> AlignedSpan:
    start, end = spoken.times(said.first, said.until)
    return AlignedSpan(
        number,
        piece.begin,
        piece.until,
        start,
        end,
        AlignmentKind.QUOTE,
        round(min(said.similarity, 1.0), 4),
        spoken.said(said.first, said.until),
    )
