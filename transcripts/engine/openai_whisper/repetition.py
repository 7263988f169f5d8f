"""Pure: detect text that repeats itself while it is being decoded.

On audio that it does not follow Whisper falls into loops and writes until the window is full: 224 tokens, four times as
many as for speech. Its own compression-ratio threshold notices only when everything is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

MAX_PERIOD = 32
"""Maximum length of a repeated sentence in tokens."""

MIN_REPEATED = 24
"""Minimum number of repeated tokens in a row. On the recordings of ``tests/quality/real_speech`` no speech comes near
it: the longest repetition is seven, by a person who stutters."""

MIN_TIMES = 3
"""Minimum number of repetitions."""


@dataclass(slots=True)
class RepetitionDetector:
    """The text of one row so far, without timestamps."""

    _text: list[int] = field(default_factory=list)
    _positions: list[int] = field(default_factory=list)
    _runs: list[int] = field(default_factory=lambda: [0] * MAX_PERIOD)

    def add(self, token: int, position: int) -> int | None:
        """Add a text token. Return the position where the text began to repeat itself, if it now does nothing else."""
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
    """Return where tokens begin to repeat themselves, or None. Ignores timestamps (tokens from ``eot`` on)."""
    repeats = RepetitionDetector()
    found = (repeats.add(token, position) for position, token in enumerate(tokens) if token < eot)
    return next((begun for begun in found if begun is not None), None)
