"""How much yt-dlp may take of what comes from outside: texts that it reads in one piece, and sound that goes to a file."""

from __future__ import annotations

from dataclasses import dataclass

#: Bytes of a feed, a page or captions; more is neither.
MOST_TEXT = 64 * 2**20


@dataclass
class Room:
    """What may come just now: bytes of ``each`` answer and of all of them together (it shrinks), seconds for one answer."""

    each: int
    seconds: float
    left: int

    def take(self, count: int) -> None:
        """So many bytes have come."""
        self.left -= count


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bytes after decompression, and seconds.

    ``fragment`` is a piece of a sound that comes in pieces, each held in memory once. ``seconds`` are those of a text over all its
    redirects, and those until a sound begins; from then on ``least`` bytes have to come in ``every`` seconds.
    """

    text: int = MOST_TEXT
    fragment: int = 256 * 2**20
    sound: int = 16 * 2**30
    seconds: float = 120.0
    longest: float = 24 * 3600.0
    least: int = 32 * 2**10
    every: float = 60.0

    def texts(self) -> Room:
        """Room for what an extractor reads."""
        return Room(self.text, self.seconds, self.sound)

    def sounds(self, *, whole: bool) -> Room:
        """Room for the sound of an episode, in one piece or in many."""
        return Room(self.sound if whole else self.fragment, self.longest, self.sound)
