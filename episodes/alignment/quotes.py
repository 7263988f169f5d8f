"""Find sentences and quotations of a paragraph that were said word for word, or nearly.

Seeds are runs of three words in both texts. Where enough seeds lie on nearby diagonals, the tokens are aligned locally (Smith-Waterman),
so a slip, a false start or an inserted word does not end the match. Text in quotation marks may differ more than other sentences: it
claims to be what was said, and a reader wants to see where it differs.
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

#: Words per seed, and the number of times a seed may occur in the talk; more common ones ("I think that") are ignored.
_SEED, _COMMON = 3, 40
#: Diagonals within this distance are grouped. This many words are aligned before the first and after the last seed.
_NEAR, _AROUND = 8, 6
#: Minimum number of words, and minimum share of them said (and minimum Dice similarity): of a quotation, and of any other sentence.
_QUOTATION, _SENTENCE = (4, 0.6), (6, 0.8)
_LONGEST = 120  # words of a sentence to look for
_MOST_MATCHES = 5  # matches of one sentence
_MOST_PIECES = 1000  # pieces of one paragraph: the longest that people write have a few dozen
#: Minimum rarity of the common words, in nats, estimated by word length: "and it was the" is not a quotation.
_MIN_RARITY = 4.0
_EDGE = 3  # extend a match over at most this many differing words at either end of a quotation

_MATCH, _MISMATCH, _GAP = 2, -1, -1

_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“”]+)[“”]|»([^«»]+)«")
#: Match a run of full stops from its first one only: otherwise a long run takes quadratic time.
_SENTENCES = re.compile(r"\S.*?(?:(?<![.?!…。！？])[.?!…。！？]++[\"'”’»)\]]*+(?=\s|$)|$)", re.DOTALL)
_CLAUSES = re.compile(r"[^\s,;:.?!…–—].*?(?=[,;:.?!…–—](?:\s|$)|\s[–—]|$)", re.DOTALL)

Seeds: TypeAlias = Mapping[tuple[str, ...], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A character range of a paragraph and its folded words; ``quotation``: it claims to be verbatim."""

    begin: int
    until: int
    words: tuple[str, ...]
    quotation: bool

    @property
    def runs(self) -> list[tuple[str, ...]]:
        """All runs of three words, in order."""
        return [self.words[at : at + _SEED] for at in range(len(self.words) - _SEED + 1)]


def is_quotation(text: str, begin: int, until: int) -> bool:
    """Whether exactly these characters of a paragraph are in quotation marks."""
    return any(match.span(match.lastindex or 0) == (begin, until) for match in _QUOTED.finditer(text))


def quotes(paragraphs: Sequence[ParagraphText], spoken: SpokenText) -> list[list[AlignedSpan]]:
    """Return, for each paragraph, the spans where its sentences or quotations were said."""
    pieces = [
        list(islice(_pieces(one.text, whole=one.kind is ParagraphKind.QUOTE), _MOST_PIECES)) for one in paragraphs
    ]
    seeds = _seeds(spoken, {run for some in pieces for piece in some for run in piece.runs})
    return [
        [_aligned_span(number, *found, spoken) for found in _matched_pieces(some, spoken, seeds)]
        for number, some in enumerate(pieces)
    ]


def _seeds(spoken: SpokenText, wanted: AbstractSet[tuple[str, ...]]) -> Seeds:
    """Return where each wanted run of three words begins in the talk, leaving out those that are too common."""
    forms = [word.form for word in spoken.words]
    positions: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, run in enumerate(zip(*(forms[n:] for n in range(_SEED)), strict=False)):
        if run in wanted:
            positions[run].append(position)
    return {run: some for run, some in positions.items() if len(some) <= _COMMON}


def _matched_pieces(pieces: Iterable[Piece], spoken: SpokenText, seeds: Seeds) -> Iterator[tuple[Piece, _Match]]:
    """Yield the pieces that were said with their matches; parts of a matched piece are not searched again."""
    taken: list[Piece] = []
    for piece in pieces:
        if any(piece.begin >= other.begin and piece.until <= other.until for other in taken):
            continue
        for said in _occurrences(piece, spoken, seeds):
            yield piece, said
            taken.append(piece)


def _pieces(text: str, *, whole: bool) -> Iterator[Piece]:
    """Yield quotations, the longest first, then sentences, then clauses, so that wholes come before their parts."""
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
    """Words ``first`` to ``until`` of the talk, and their similarity to the piece (Dice, 0 to 1)."""

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
    """Return ranges of words to align the piece with: around seeds on nearby diagonals, most seeds first."""
    diagonals: defaultdict[int, list[int]] = defaultdict(list)
    for at, run in enumerate(piece.runs):
        for position in seeds.get(run, ()):
            diagonals[(position - at) // _NEAR].append(position - at)
    # A quotation may differ and share few seeds. In any other sentence four words in five must match; each slip costs three seeds.
    least = 1 if piece.quotation else max(2, 2 * len(piece.words) // 5 - 2)
    counted = {near: len(some) + len(diagonals.get(near + 1, ())) for near, some in diagonals.items()}
    need = max(least, max(counted.values(), default=0) / 2)
    best = sorted((near for near, count in counted.items() if count >= need), key=lambda near: (-counted[near], near))
    spans = []
    for near in best[: 2 * _MOST_MATCHES]:
        begin = min(diagonals[near])
        spans.append((max(0, begin - _AROUND), min(length, begin + len(piece.words) + _NEAR + _AROUND)))
    return spans


def _local_alignment(piece: Piece, words: Sequence[SpokenWord], offset: int) -> _Match:
    """Return the best local alignment of a piece with words of the talk; similarity 0 if too little matches."""
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
    """Trace an alignment back from its end: return the common words, and where it begins on either side."""
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
    """Return the score matrix (best alignment ending at each pair of words) and the position of its first maximum."""
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
