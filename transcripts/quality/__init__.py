"""Reasons to doubt what was heard, found in the words and figures alone. Pure: no sound, no engine, no clock.

    kinds.py      the kinds of marks, and what a second hearing can mend
    limits.py     the measured limits, with where they come from
    wording.py    a text's words as they are compared
    loops.py      words that repeat themselves
    signs.py      one question for each other kind: its marks in a stretch of segments
    hearing.py    marks_of_window, lacking, suspect, better: what an engine asks; marks_of_transcript
    agreement.py  what was heard against published captions

A mark is a doubt and no verdict: nothing is removed because of one.
"""

from transcripts.quality.agreement import compare_with_captions
from transcripts.quality.hearing import better, lacking, marks_of_transcript, marks_of_window, suspect
from transcripts.quality.kinds import Kind

__all__ = ["Kind", "better", "compare_with_captions", "lacking", "marks_of_transcript", "marks_of_window", "suspect"]
