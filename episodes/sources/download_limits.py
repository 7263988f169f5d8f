"""How much yt-dlp may take of what comes from outside: texts that it reads in one piece, and sound that goes to a file."""

from __future__ import annotations

from dataclasses import dataclass

#: Bytes of a feed, a page or captions; more is neither.
MAX_TEXT = 64 * 2**20


@dataclass
class ByteBudget:
    """What may come just now: bytes of ``per_response`` answer and of all of them together (it shrinks), seconds for one answer."""

    per_response: int
    seconds: float
    remaining: int

    def take(self, count: int) -> None:
        """So many bytes have come."""
        self.remaining -= count


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """Bytes after decompression, and seconds.

    ``fragment`` is a piece of a sound that comes in pieces, each held in memory once. ``text_seconds`` are those of a
    text over all its redirects, and those until a sound begins; from then on ``min_bytes`` bytes have to come in
    ``per_seconds`` seconds.
    """

    text: int = MAX_TEXT
    fragment: int = 256 * 2**20
    audio: int = 16 * 2**30
    text_seconds: float = 120.0
    audio_seconds: float = 24 * 3600.0
    min_bytes: int = 32 * 2**10
    per_seconds: float = 60.0

    def for_text(self) -> ByteBudget:
        """Room for what an extractor reads."""
        return ByteBudget(self.text, self.text_seconds, self.audio)

    def for_audio(self, *, one_piece: bool) -> ByteBudget:
        """Room for the sound of an episode, in one piece or in many."""
        return ByteBudget(self.audio if one_piece else self.fragment, self.audio_seconds, self.audio)
