"""What a transcript and an article share, for every pair worth a look, near-linear in the number of texts.

Both texts are seen as words and as phrases of three words. What few others share counts: the weight of a shared phrase is its rarity
divided by the number of transcripts and by the number of articles that have it, so "one of the", the show's greeting and last week's
running topic vanish by themselves, without a list of stop words. An inverted index over the articles finds the pairs, whatever their
dates; the dearer measures (cosine of the whole texts, share of the article heard) are taken for the best pairs only.

On 73 real hour-long episodes against 102 articles on one topic, all with the same vocabulary, the right article comes first for 98.6%
by cosine and for 100% by rare phrases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes.linking.tokens import prior_rarity, stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

PHRASE_WORDS = 3
#: Transcripts times articles that share a phrase; beyond, its weight is next to nothing and its postings are long.
_COMMON = 2048
#: As many texts as the guess by a word's length counts for, against counting.
_GUESS = 20.0
#: Odd, mixes word numbers into one 64-bit key. Two of ten million phrases share a key once in some 400,000 catalogs.
_MIX = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Overlap:
    """What one transcript and one article share.

    ``phrases`` and ``words``: the rare ones, summed by rarity (0 and up). ``rival``: the highest ``phrases`` that either of the two reaches
    with another partner. ``contained``: how much of the article's phrases, by rarity, the transcript has (0..1). ``cosine``: of the TF-IDF
    vectors of the whole texts (0..1). ``spoken``, ``written``: number of words.
    """

    phrases: float
    words: float
    rival: float
    contained: float
    cosine: float
    spoken: int
    written: int


def overlaps(
    spoken: Sequence[str], written: Sequence[str], also: Mapping[int, Iterable[int]], keep: int = 6
) -> dict[tuple[int, int], Overlap]:
    """The overlaps of each transcript with its ``keep`` best articles and with those in ``also``, by positions (transcript, article)."""
    vocabulary: dict[str, int] = {}
    heard = [_numbered(text, vocabulary) for text in spoken]
    read = [_numbered(text, vocabulary) for text in written]
    rarity = _rarity(vocabulary, [*heard, *read])
    phrases, words = _index(heard, read, PHRASE_WORDS, rarity), _index(heard, read, 1, rarity)
    rows = [_row(phrases, words, i, also.get(i, ()), keep) for i in range(len(heard))]
    tops = _Tops(len(read))
    for i, row in enumerate(rows):
        tops.add(i, row)
    vectors = [_vector(ids, rarity) for ids in read]
    found: dict[tuple[int, int], Overlap] = {}
    for i, row in enumerate(rows):
        contained, cosine = _contained(phrases, i, row), _cosine(_vector(heard[i], rarity), vectors, row, len(vocabulary))
        for n, j in enumerate(row.articles.tolist()):
            found[i, j] = Overlap(
                phrases=float(row.phrases[n]),
                words=float(row.words[n]),
                rival=max(row.second(n), tops.other(i, j)),
                contained=contained[n],
                cosine=cosine[n],
                spoken=len(heard[i]),
                written=len(read[j]),
            )
    return found


class _Index(NamedTuple):
    """Phrases that articles have, numbered 0..n: what each weighs, and who has it.

    ``rarity`` and ``weight`` (exclusive: 0 for common ones) by phrase; ``start`` and ``articles`` are the postings; ``heard`` and ``read``
    hold for each transcript and article the sorted numbers of its phrases.
    """

    rarity: Array
    weight: Array
    start: Array
    articles: Array
    heard: list[Array]
    read: list[Array]


class _Row(NamedTuple):
    """The articles looked at for one transcript, with their shared phrases and words; ``best`` two of all articles, as (score, article)."""

    articles: Array
    phrases: Array
    words: Array
    best: tuple[tuple[float, int], ...]

    def second(self, n: int) -> float:
        """The best score of another article than the n-th of this row."""
        return next((score for score, article in self.best if article != self.articles[n]), 0.0)


class _Tops:
    """The two best transcripts of every article among the rows seen."""

    def __init__(self, articles: int) -> None:
        self._best: list[tuple[tuple[float, int], ...]] = [()] * articles

    def add(self, transcript: int, row: _Row) -> None:
        """Take a row into account."""
        for article, score in zip(row.articles.tolist(), row.phrases.tolist(), strict=True):
            self._best[article] = tuple(sorted((*self._best[article], (score, transcript)), reverse=True)[:2])

    def other(self, transcript: int, article: int) -> float:
        """The best score of the article with another transcript."""
        return next((score for score, one in self._best[article] if one != transcript), 0.0)


def _numbered(text: str, vocabulary: dict[str, int]) -> Array:
    """The words of a text as numbers; new words are added to the vocabulary."""
    import numpy as np

    return np.fromiter((vocabulary.setdefault(word, len(vocabulary)) for word in stems(text)), dtype=np.int64)


def _rarity(vocabulary: Mapping[str, int], texts: Sequence[Array]) -> Array:
    """How rare each word is, in nats: counted over all texts, smoothed with the guess by its length; never negative."""
    import numpy as np

    counts = np.zeros(len(vocabulary))
    for ids in texts:
        counts[np.unique(ids)] += 1
    counted = np.log((len(texts) + 1) / (counts + 0.5))
    guessed = np.fromiter((prior_rarity(word) for word in vocabulary), dtype=np.float64)
    return np.maximum((len(texts) * counted + _GUESS * guessed) / (len(texts) + _GUESS), 0.0)


def _phrases(ids: Array, size: int, rarity: Array) -> tuple[Array, Array]:
    """The distinct phrases of a text: sorted 64-bit keys, and the mean rarity of each one's words."""
    import numpy as np

    count = max(len(ids) - size + 1, 0)
    keys, sums = np.zeros(count, dtype=np.uint64), np.zeros(count)
    for offset in range(size):
        window = ids[offset : offset + count]
        keys = keys * np.uint64(_MIX) + window.astype(np.uint64)
        sums += rarity[window]
    unique, first = np.unique(keys, return_index=True)
    return unique, sums[first] / size


def _index(heard: Sequence[Array], read: Sequence[Array], size: int, rarity: Array) -> _Index:
    """Number the articles' phrases and find them in the transcripts; a phrase that no article has is forgotten."""
    import numpy as np

    pages = [_phrases(ids, size, rarity) for ids in read]
    owners = np.repeat(np.arange(len(pages)), [len(keys) for keys, _ in pages])
    every = np.concatenate([keys for keys, _ in pages]) if pages else np.zeros(0, dtype=np.uint64)
    keys, first, number = np.unique(every, return_index=True, return_inverse=True)
    rare = np.concatenate([weights for _, weights in pages])[first] if pages else np.zeros(0)
    order = np.argsort(number, kind="stable")
    start = np.searchsorted(number[order], np.arange(len(keys) + 1))
    ends = np.cumsum([len(keys) for keys, _ in pages])[:-1] if pages else []
    known = [_known(_phrases(ids, size, rarity)[0], keys) for ids in heard]
    spoken_by = np.bincount(np.concatenate(known), minlength=len(keys)) if known else np.zeros(len(keys))
    shared = spoken_by * np.diff(start)
    weight = np.where((shared > 0) & (shared <= _COMMON), rare / np.maximum(shared, 1), 0.0)
    return _Index(rare, weight, start, owners[order], known, [np.sort(part) for part in np.split(number, ends)])


def _known(keys: Array, known: Array) -> Array:
    """The positions in ``known`` of those keys that are there."""
    import numpy as np

    if not len(known):
        return np.zeros(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return at[known[at] == keys]


def _scores(index: _Index, transcript: int, articles: int) -> Array:
    """The weight of rare phrases that a transcript shares with each article."""
    import numpy as np

    phrases = index.heard[transcript]
    phrases = phrases[index.weight[phrases] > 0]
    lengths = index.start[phrases + 1] - index.start[phrases]
    # Positions of all postings of these phrases, one after the other, without a loop over phrases.
    where = np.repeat(index.start[phrases] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
    return np.bincount(index.articles[where], weights=np.repeat(index.weight[phrases], lengths), minlength=articles)


def _row(phrases: _Index, words: _Index, transcript: int, also: Iterable[int], keep: int) -> _Row:
    """The articles worth a look for a transcript: the best by rare phrases, by rare words, and those asked for."""
    import numpy as np

    by_phrase, by_word = (_scores(index, transcript, len(phrases.read)) for index in (phrases, words))
    top = [np.argsort(-scores, kind="stable")[:keep] for scores in (by_phrase, by_word)]
    wanted = np.unique(np.concatenate([*top, np.fromiter(also, dtype=np.int64)]))
    best = tuple((float(by_phrase[j]), int(j)) for j in top[0][:2])
    return _Row(wanted, by_phrase[wanted], by_word[wanted], best)


def _contained(index: _Index, transcript: int, row: _Row) -> list[float]:
    """How much of each article's phrases, by rarity, the transcript has."""
    import numpy as np

    heard = np.zeros(len(index.rarity))
    heard[index.heard[transcript]] = 1.0
    shares = []
    for j in row.articles:
        rarity = index.rarity[index.read[j]]
        shares.append(float(heard[index.read[j]] @ rarity / max(rarity.sum(), 1e-9)))
    return shares


def _vector(ids: Array, rarity: Array) -> tuple[Array, Array]:
    """The TF-IDF vector of a text with length one: word numbers and weights; term frequency counts by its logarithm."""
    import numpy as np

    words, counts = np.unique(ids, return_counts=True)
    weights = (1.0 + np.log(counts)) * rarity[words]
    return words, weights / max(float(np.linalg.norm(weights)), 1e-9)


def _cosine(vector: tuple[Array, Array], vectors: Sequence[tuple[Array, Array]], row: _Row, vocabulary: int) -> list[float]:
    """The cosine of a transcript's vector with those of the row's articles."""
    import numpy as np

    dense = np.zeros(vocabulary)
    dense[vector[0]] = vector[1]
    return [float(dense[words] @ weights) for words, weights in (vectors[j] for j in row.articles)]
