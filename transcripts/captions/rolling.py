"""Pure: rolling captions undone, so that every word is there once.

YouTube's automatic captions (and roll-up captions of television) show two lines or more: those that scroll up, which were shown
before, and a new one. Between two such cues stands one of 10 ms that holds what is shown.

        0.00 --> 2.38   Good evening
        2.38 --> 2.39   Good evening
        2.39 --> 4.63   Good evening / and welcome

What a cue repeats is what the cue before it *showed*: the longest run of its first lines that was the end of that. Lines seen
longer ago are new when they come again, for people repeat themselves; and a line whose words carry times is always new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from transcripts.captions.cues import Cue, Line

HOLD = 0.05
"""Seconds: a cue as short as that only holds what is shown."""

SHARE = 1 / 3
"""Captions roll if at least this share of the cues begin with what the cue before them ended with, and go on."""


_MOST_LINES = 20
"""On a screen."""


def unroll(cues: Sequence[Cue]) -> list[Cue]:
    """The same cues with only what is new in each; captions that do not roll are returned as they are."""
    return list(_fresh(cues)) if is_rolling(cues) else list(cues)


def is_rolling(cues: Sequence[Cue]) -> bool:
    """Whether lines scroll up from cue to cue."""
    pairs = [(before, cue) for before, cue in pairwise(cues) if cue.end - cue.start > HOLD]
    carried = sum(0 < _repeated(before.lines, cue.lines) < len(cue.lines) for before, cue in pairs)
    return carried > 0 and carried >= SHARE * len(pairs)


def _fresh(cues: Sequence[Cue]) -> Iterator[Cue]:
    shown: tuple[Line, ...] = ()
    for cue in cues:
        new = cue.lines[_repeated(shown, cue.lines) :]
        shown = cue.lines
        if new and cue.end - cue.start > HOLD:
            yield replace(cue, lines=new)


def _repeated(shown: tuple[Line, ...], lines: tuple[Line, ...]) -> int:
    """How many of the first ``lines`` were the last that were ``shown``."""
    before, now = [line.text for line in shown[-_MOST_LINES:]], [line.text for line in lines[:_MOST_LINES]]
    untimed = next((at for at, line in enumerate(lines[:_MOST_LINES]) if line.timed), len(now))
    return next((n for n in range(min(len(before), untimed), 0, -1) if before[-n:] == now[:n]), 0)
