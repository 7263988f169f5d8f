"""How common things are in a whole catalog, so that a part of it is linked as it would be among all.

A feature is anything that tells texts apart: a stem, an address, a word of a title, a part of a show's name. Each is kept as a number of 32
bits, so that no list of words has to be loaded before one new episode is compared; of 300,000 features about ten share their number.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


@lru_cache(maxsize=1 << 18)
def feature_hash(feature: str) -> int:
    """The number of a feature, the same in every run and on every machine."""
    return zlib.crc32(feature.encode("utf-8", "surrogatepass"))


def feature_hashes(features: Iterable[str]) -> Array:
    """The numbers of some features, in their order."""
    import numpy as np

    return np.fromiter(map(feature_hash, features), dtype=np.uint32)


class DocumentCounts(NamedTuple):
    """Sorted keys, and in how many transcripts and articles each occurs. What is not in the table counts as 0."""

    keys: Array
    spoken: Array
    written: Array

    def of(self, keys: Array) -> tuple[Array, Array]:
        """In how many transcripts and in how many articles each of these keys occurs."""
        import numpy as np

        if not len(self.keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        there = self.keys[at] == keys
        spoken, written = (np.where(there, counts[at], 0).astype(np.int64) for counts in (self.spoken, self.written))
        return spoken, written


@dataclass(frozen=True)
class CatalogStatistics:
    """A catalog's number of episodes and articles, how many of them have each feature, and how many each phrase that is not rare.

    It holds no texts, and does not know which of them has what.
    """

    episodes: int
    articles: int
    features: DocumentCounts
    phrases: DocumentCounts

    def episode_counts(self, features: Sequence[str]) -> list[int]:
        """How many episodes have each of these features."""
        found: list[int] = self.features.of(feature_hashes(features))[0].tolist()
        return found

    def text_counts(self, features: Sequence[str]) -> list[int]:
        """How many episodes and articles together have each of these features."""
        spoken, written = self.features.of(feature_hashes(features))
        found: list[int] = (spoken + written).tolist()
        return found
