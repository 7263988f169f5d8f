"""The kinds of quality marks."""

from __future__ import annotations

from enum import StrEnum


class MarkKind(StrEnum):
    """Why a segment is doubted. The values are stored in ``Mark.kind``, and people type them."""

    #: The same words repeated.
    LOOP = "loop"
    #: Words of the prompt instead of speech.
    ECHO = "echo"
    #: Words where there is no speech.
    SILENCE = "silence"
    #: Speech with no words, or too few.
    SPARSE = "sparse"
    #: More words than fit in the time.
    FAST = "fast"
    #: A long stretch without punctuation or capitals.
    PUNCTUATION = "punctuation"
    #: Times out of order, or past the end of the audio.
    TIMES = "times"
    #: Low log-probability.
    UNSURE = "unsure"
    #: Published captions differ.
    CAPTIONS = "captions"


#: The kinds that another attempt may fix, by severity. The others (captions, times, unsure) are reported, but cause no retry.
SEVERITY = {
    MarkKind.LOOP: 4,
    MarkKind.ECHO: 4,
    MarkKind.SILENCE: 3,
    MarkKind.SPARSE: 3,
    MarkKind.FAST: 2,
    MarkKind.PUNCTUATION: 1,
}
#: The kinds that only the engine can find, because they need the audio or the prompt.
NEEDS_AUDIO = frozenset({MarkKind.ECHO, MarkKind.SILENCE, MarkKind.SPARSE, MarkKind.FAST, MarkKind.TIMES})
