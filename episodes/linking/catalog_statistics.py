"""Document frequencies of a whole catalog, so that a part of it can be linked as if all of it were compared.

A feature is anything that tells texts apart: a stem, a URL, a title word, a part of a show's name. Features are stored as 32-bit hashes,
so linking one new episode loads no word list. Of 300,000 features about ten collide.
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
    """Return the hash (CRC-32) of a feature: the same in every run and on every machine."""
    return zlib.crc32(feature.encode("utf-8", "surrogatepass"))


def feature_hashes(features: Iterable[str]) -> Array:
    """Return the hashes of some features, in order."""
    import numpy as np

    return np.fromiter(map(feature_hash, features), dtype=np.uint32)


class DocumentCounts(NamedTuple):
    """Sorted keys with the number of transcripts and of articles that contain each. Missing keys count as 0."""

    keys: Array
    spoken: Array
    written: Array

    def of(self, keys: Array) -> tuple[Array, Array]:
        """Return how many transcripts and how many articles contain each of these keys."""
        import numpy as np

        if not len(self.keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        there = self.keys[at] == keys
        spoken, written = (np.where(there, counts[at], 0).astype(np.int64) for counts in (self.spoken, self.written))
        return spoken, written


@dataclass(frozen=True)
class CatalogStatistics:
    """Number of episodes and articles in a catalog, and document counts of all features and of the phrases that are not rare.

    Holds no texts, and not which text contains which feature.
    """

    episodes: int
    articles: int
    features: DocumentCounts
    phrases: DocumentCounts

    def episode_counts(self, features: Sequence[str]) -> list[int]:
        """Return how many episodes have each of these features."""
        found: list[int] = self.features.of(feature_hashes(features))[0].tolist()
        return found

    def text_counts(self, features: Sequence[str]) -> list[int]:
        """Return how many episodes and articles together have each of these features."""
        spoken, written = self.features.of(feature_hashes(features))
        found: list[int] = (spoken + written).tolist()
        return found
