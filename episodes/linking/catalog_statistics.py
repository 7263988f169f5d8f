"""How common things are in a whole catalog, so that a part of it is linked as it would be among all.

A trait is anything that tells texts apart: a stem, an address, a word of a title, a part of a show's name. Each is kept as a number of 32
bits, so that no list of words has to be loaded before one new episode is compared; of 300,000 traits about ten share their number.
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
def code(trait: str) -> int:
    """The number of a trait, the same in every run and on every machine."""
    return zlib.crc32(trait.encode("utf-8", "surrogatepass"))


def codes(traits: Iterable[str]) -> Array:
    """The numbers of some traits, in their order."""
    import numpy as np

    return np.fromiter(map(code, traits), dtype=np.uint32)


class Counts(NamedTuple):
    """Sorted keys, and in how many transcripts and articles each occurs. What is not in the table counts as 0."""

    keys: Array
    heard: Array
    read: Array

    def of(self, keys: Array) -> tuple[Array, Array]:
        """In how many transcripts and in how many articles each of these keys occurs."""
        import numpy as np

        if not len(self.keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        there = self.keys[at] == keys
        return np.where(there, self.heard[at], 0).astype(np.int64), np.where(there, self.read[at], 0).astype(np.int64)


@dataclass(frozen=True)
class Background:
    """A catalog's number of episodes and articles, how many of them have each trait, and how many each phrase that is not rare.

    It holds no texts, and does not know which of them has what.
    """

    episodes: int
    articles: int
    traits: Counts
    phrases: Counts

    def heard(self, traits: Sequence[str]) -> list[int]:
        """How many episodes have each of these traits."""
        found: list[int] = self.traits.of(codes(traits))[0].tolist()
        return found

    def holders(self, traits: Sequence[str]) -> list[int]:
        """How many episodes and articles together have each of these traits."""
        heard, read = self.traits.of(codes(traits))
        found: list[int] = (heard + read).tolist()
        return found
