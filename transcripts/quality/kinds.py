"""The kinds of marks."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Why a segment is doubted; the values are what stands in ``Mark.kind`` and what people type."""

    #: The same words again and again.
    LOOP = "loop"
    #: The prompt in place of speech.
    ECHO = "echo"
    #: Words where there is no speech.
    SILENCE = "silence"
    #: Speech with no words, or too few.
    SPARSE = "sparse"
    #: More words than can be said in the time.
    FAST = "fast"
    #: A long stretch without punctuation or capitals.
    PUNCTUATION = "punctuation"
    #: Times that are out of order or beyond the sound.
    TIMES = "times"
    #: The engine itself thinks the words unlikely.
    UNSURE = "unsure"
    #: Published captions say something else.
    CAPTIONS = "captions"


#: What another hearing may mend, with how bad it is. Those left out (captions, times, unsure) are told, and not heard again for.
SEVERITY = {
    Kind.LOOP: 4,
    Kind.ECHO: 4,
    Kind.SILENCE: 3,
    Kind.SPARSE: 3,
    Kind.FAST: 2,
    Kind.PUNCTUATION: 1,
}
#: Those that only the engine can find, since they need the sound or the prompt.
OF_THE_SOUND = frozenset({Kind.ECHO, Kind.SILENCE, Kind.SPARSE, Kind.FAST, Kind.TIMES})
