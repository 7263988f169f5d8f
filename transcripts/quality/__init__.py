"""Quality marks: reasons to doubt a transcript, found from its words, times and figures. Pure: no audio, no engine, no clock.

    kinds.py      the kinds of marks, and which a second attempt may fix
    limits.py     the measured limits, with their sources
    normalize.py  words normalized for comparison
    loops.py      words that repeat themselves
    checks.py     one check per other kind: which segments it marks, and why
    marking.py    mark the segments of a window or of a transcript; decide on a retry, and which attempt to keep
    agreement.py  compare a transcript with published captions

A mark is a doubt, not a verdict: nothing is removed because of one.
"""

from transcripts.quality.agreement import compare_with_captions
from transcripts.quality.kinds import MarkKind
from transcripts.quality.marking import (
    better_attempt,
    mark_missing_words,
    marks_of_transcript,
    marks_of_window,
    needs_retry,
)

__all__ = [
    "MarkKind",
    "better_attempt",
    "compare_with_captions",
    "mark_missing_words",
    "marks_of_transcript",
    "marks_of_window",
    "needs_retry",
]
