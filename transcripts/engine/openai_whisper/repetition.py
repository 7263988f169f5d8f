"""Pure: text that only repeats itself, noticed while it grows.

Whisper falls into loops over sound that it does not follow, and then writes until a window has no room for more: 224 tokens, four times
those of speech. Its own limit of compression finds that out when all has been written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

MAX_PERIOD = 32
"""Tokens of a sentence that is looked for again, at most."""

MIN_REPEATED = 24
"""Tokens that must have stood there before, one after the other. On the recordings of ``tests/quality/real_speech`` no speech comes
near that: the longest are seven, of somebody who stutters."""

MIN_TIMES = 3
"""How often a sentence must have come again."""


@dataclass(slots=True)
class RepetitionDetector:
    """The text of one row, without timestamps, while it is written."""

    _text: list[int] = field(default_factory=list)
    _positions: list[int] = field(default_factory=list)
    _runs: list[int] = field(default_factory=lambda: [0] * MAX_PERIOD)

    def add(self, token: int, position: int) -> int | None:
        """Take note of a token of text at a place; where the text begins to repeat itself, if by now it does nothing else."""
        text, runs = self._text, self._runs
        for period in range(1, min(MAX_PERIOD, len(text)) + 1):
            runs[period - 1] = runs[period - 1] + 1 if text[-period] == token else 0
        text.append(token)
        self._positions.append(position)
        for period, run in enumerate(runs, 1):
            if run >= MIN_REPEATED and run >= MIN_TIMES * period:
                return self._positions[-run]
        return None


def loop_start(tokens: Iterable[int], eot: int) -> int | None:
    """Where tokens begin to repeat themselves, timestamps among them (from ``eot`` on) left aside; None where they do not."""
    repeats = RepetitionDetector()
    found = (repeats.add(token, position) for position, token in enumerate(tokens) if token < eot)
    return next((begun for begun in found if begun is not None), None)
