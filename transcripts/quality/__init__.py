"""Reasons to doubt what was heard, found in the words and figures alone. Pure: no sound, no engine, no clock.

    kinds.py      the kinds of marks, and what a second hearing can mend
    limits.py     the measured limits, with where they come from
    normalize.py  a text's words as they are compared
    loops.py      words that repeat themselves
    checks.py     one question for each other kind: its marks in a stretch of segments
    marking.py    marks_of_window, mark_missing_words, needs_retry, better_attempt: what an engine asks; marks_of_transcript
    agreement.py  what was heard against published captions

A mark is a doubt and no verdict: nothing is removed because of one.
"""

from transcripts.quality.agreement import compare_with_captions
from transcripts.quality.kinds import Kind
from transcripts.quality.marking import (
    better_attempt,
    mark_missing_words,
    marks_of_transcript,
    marks_of_window,
    needs_retry,
)

__all__ = [
    "Kind",
    "better_attempt",
    "compare_with_captions",
    "mark_missing_words",
    "marks_of_transcript",
    "marks_of_window",
    "needs_retry",
]
