"""Limits of what yt-dlp may download: texts read into memory, and audio written to a file."""

from __future__ import annotations

from dataclasses import dataclass

#: Bytes of a feed, a page or captions.
MAX_TEXT = 64 * 2**20


@dataclass
class ByteBudget:
    """What may be downloaded now: bytes ``per_response``, bytes ``remaining`` of all together, seconds per response."""

    per_response: int
    seconds: float
    remaining: int

    def take(self, count: int) -> None:
        """Subtract bytes that have arrived."""
        self.remaining -= count


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """Limits in bytes after decompression, and in seconds.

    ``fragment`` is one fragment of segmented audio, held in memory once. ``text_seconds`` limits a text with all its
    redirects, and the time until audio begins; from then on at least ``min_bytes`` must arrive in each ``per_seconds``.
    """

    text: int = MAX_TEXT
    fragment: int = 256 * 2**20
    audio: int = 16 * 2**30
    text_seconds: float = 120.0
    audio_seconds: float = 24 * 3600.0
    min_bytes: int = 32 * 2**10
    per_seconds: float = 60.0

    def for_text(self) -> ByteBudget:
        """Return the budget for what an extractor reads."""
        return ByteBudget(self.text, self.text_seconds, self.audio)

    def for_audio(self, *, one_piece: bool) -> ByteBudget:
        """Return the budget for the audio of an episode, in one piece or in fragments."""
        return ByteBudget(self.audio if one_piece else self.fragment, self.audio_seconds, self.audio)
