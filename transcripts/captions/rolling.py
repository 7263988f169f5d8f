"""Pure: remove the repetition of rolling captions, so that every word occurs once.

YouTube's automatic captions, and roll-up captions of television, show two lines or more: those that scroll up, which were shown before,
and a new one. Between two such cues there is one of 10 ms that repeats what is already shown.

        0.00 --> 2.38   Good evening
        2.38 --> 2.39   Good evening
        2.39 --> 4.63   Good evening / and welcome

A cue repeats what the previous cue *showed*: the longest run of its first lines that equals the end of that cue. Lines shown earlier are
new when they occur again, because people repeat themselves; and a line whose words have times is always new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from transcripts.captions.cues import Cue, Line

HOLD = 0.05
"""Seconds: a cue this short only repeats what is shown."""

SHARE = 1 / 3
"""Captions roll if at least this share of the cues begin with the end of the previous cue, and continue."""

_MOST_LINES = 20
"""Maximum lines of a cue to compare."""


def unroll(cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues with only the new lines of each; captions that do not roll are returned unchanged."""
    return list(_fresh(cues)) if is_rolling(cues) else list(cues)


def is_rolling(cues: Sequence[Cue]) -> bool:
    """Whether lines scroll up from cue to cue."""
    pairs = [(before, cue) for before, cue in pairwise(cues) if cue.end - cue.start > HOLD]
    repeating = sum(0 < _repeated(before.lines, cue.lines) < len(cue.lines) for before, cue in pairs)
    return repeating > 0 and repeating >= SHARE * len(pairs)


def _fresh(cues: Sequence[Cue]) -> Iterator[Cue]:
    shown: tuple[Line, ...] = ()
    for cue in cues:
        new = cue.lines[_repeated(shown, cue.lines) :]
        shown = cue.lines
        if new and cue.end - cue.start > HOLD:
            yield replace(cue, lines=new)


def _repeated(shown: tuple[Line, ...], lines: tuple[Line, ...]) -> int:
    """Return how many of the first ``lines`` equal the last lines ``shown``."""
    before, now = [line.text for line in shown[-_MOST_LINES:]], [line.text for line in lines[:_MOST_LINES]]
    untimed = next((at for at, line in enumerate(lines[:_MOST_LINES]) if line.timed), len(now))
    return next((n for n in range(min(len(before), untimed), 0, -1) if before[-n:] == now[:n]), 0)
