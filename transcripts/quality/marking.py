"""Mark the segments of a window or of a transcript, decide whether to retry, and which attempt to keep."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from transcripts.quality import checks
from transcripts.quality.kinds import NEEDS_AUDIO, SEVERITY, MarkKind
from transcripts.words import Mark, Segment, Source, Transcript


def marks_of_window(
    segments: Sequence[Segment], start: float, end: float, speech_seconds: float | None, prompt: str
) -> tuple[Segment, ...]:
    """Return the segments of a window with marks, replacing earlier ones.

    ``start`` and ``end`` are the window's, in seconds of the media; ``end`` is where the next window begins, or the end of the audio.
    ``speech_seconds`` is how much of it the VAD takes for speech; None if it did not run. ``prompt`` is the engine's prompt. If there is
    speech but no word at all, an empty segment is inserted to carry the mark: only JSON writes empty segments, and a gap that nobody
    sees cannot be fixed.
    """
    marked = tuple(segments)
    findings = {
        MarkKind.LOOP: checks.repeated(marked),
        MarkKind.ECHO: checks.echoed(marked, prompt),
        MarkKind.SILENCE: checks.over_silence(marked, speech_seconds),
        MarkKind.SPARSE: checks.sparse(marked, speech_seconds),
        MarkKind.FAST: checks.fast(marked, speech_seconds),
        MarkKind.PUNCTUATION: checks.unpunctuated(marked),
        MarkKind.TIMES: checks.mistimed(marked, start, end),
        MarkKind.UNSURE: checks.unlikely(marked),
    }
    if not marked and findings[MarkKind.SPARSE]:
        marked = (Segment(start, end, ""),)
    return tuple(_with(segment, _at(number, findings)) for number, segment in enumerate(marked))


def mark_missing_words(segments: Sequence[Segment], missing: Sequence[tuple[float, float]]) -> tuple[Segment, ...]:
    """Mark the segment in front of each stretch of speech without words, from second to second, unless it is marked already."""
    marked = list(segments)
    for start, end in missing:
        at = max((number for number, one in enumerate(marked) if one.start <= start), default=0)
        if marked:
            mark = Mark(MarkKind.SPARSE, f"{end - start:.0f} s of speech after it, and no words")
            marked[at] = _with(marked[at], _in_order({MarkKind.SPARSE: mark} | _by_kind(marked[at])))
    return tuple(marked)


def _by_kind(segment: Segment) -> dict[str, Mark]:
    return {mark.kind: mark for mark in segment.marks}


def _in_order(marks: Mapping[str, Mark]) -> tuple[Mark, ...]:
    """Return the marks in the order of their kinds."""
    return tuple(marks[kind] for kind in MarkKind if kind in marks)


def _with(segment: Segment, marks: tuple[Mark, ...]) -> Segment:
    """Return the segment with these marks: mostly itself, since making a copy takes longer than all the checks."""
    return segment if segment.marks == marks else replace(segment, marks=marks)


def _at(number: int, findings: Mapping[MarkKind, checks.Findings]) -> tuple[Mark, ...]:
    return tuple(Mark(kind, sentences[number]) for kind, sentences in findings.items() if number in sentences)


def needs_retry(segments: Sequence[Segment]) -> bool:
    """Whether to transcribe segments again: some mark is of a kind that another attempt may fix."""
    return bool(_badness(segments))


def better_attempt(first: Sequence[Segment], second: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the better of two attempts at the same window: by marks, then by log-probability; the first if they are equal.

    Both must be marked.
    """
    worse_first = (_badness(first), -_likelihood(first)) > (_badness(second), -_likelihood(second))
    return tuple(second if worse_first else first)


def _badness(segments: Sequence[Segment]) -> int:
    """Sum the severity of all kinds; each counts once, however many segments have it."""
    kinds = {mark.kind for segment in segments for mark in segment.marks}
    return sum(severity for kind, severity in SEVERITY.items() if kind in kinds)


def _likelihood(segments: Sequence[Segment]) -> float:
    """Return the mean log-probability, weighted by text length; minus infinity without figures."""
    known = [(segment.avg_logprob, len(segment.text)) for segment in segments if segment.avg_logprob is not None]
    characters = sum(length for _, length in known)
    return sum(figure * length for figure, length in known) / characters if characters else -math.inf


def marks_of_transcript(transcript: Transcript) -> tuple[Segment, ...]:
    """Return all segments with the marks that need no audio.

    Marks of Whisper's transcripts that need the audio or the prompt stay as they are, and so do those from captions. Automatic captions
    have no punctuation and get no mark for that. Captions of two people at once may overlap.
    """
    end = transcript.duration or math.inf
    marked = marks_of_window(transcript.segments, 0.0, end, None, "")
    left_out = {MarkKind.PUNCTUATION} if transcript.source is Source.AUTO_CAPTIONS else set[MarkKind]()
    kept = {MarkKind.CAPTIONS, *NEEDS_AUDIO} if transcript.source is Source.WHISPER else {MarkKind.CAPTIONS}
    pairs = zip(transcript.segments, marked, strict=True)
    return tuple(_with(new, _together(old, new, kept, left_out)) for old, new in pairs)


def _together(old: Segment, new: Segment, kept: set[MarkKind], left_out: set[MarkKind]) -> tuple[Mark, ...]:
    """Merge earlier and new marks, one per kind: the earlier ones of kinds in ``kept``, else the new ones."""
    if not old.marks and not new.marks:
        return ()
    marks = {mark.kind: mark for mark in new.marks if mark.kind not in left_out}
    marks |= {mark.kind: mark for mark in old.marks if mark.kind in kept}
    return _in_order(marks)
