"""Marks of what an engine heard in a window, whether to hear it again, and which hearing to keep."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from transcripts.quality import checks
from transcripts.quality.kinds import OF_THE_SOUND, SEVERITY, Kind
from transcripts.words import Mark, Segment, Source, Transcript


def marks_of_window(
    segments: Sequence[Segment], start: float, end: float, speech_seconds: float | None, prompt: str
) -> tuple[Segment, ...]:
    """The segments with their marks, in place of those that they had.

    ``start`` and ``end`` are the window's, in seconds of the media; ``end`` is where the next begins, or the sound's end.
    ``speech_seconds`` is how much of it the voice detection takes for speech, None where nobody asked it. ``prompt`` is what the
    engine was given. Where there is speech and no word at all, an empty segment is put in that says so: only the lossless form
    writes empty segments, and a gap that nobody sees cannot be mended.
    """
    heard = tuple(segments)
    findings = {
        Kind.LOOP: checks.repeated(heard),
        Kind.ECHO: checks.echoed(heard, prompt),
        Kind.SILENCE: checks.over_silence(heard, speech_seconds),
        Kind.SPARSE: checks.sparse(heard, speech_seconds),
        Kind.FAST: checks.fast(heard, speech_seconds),
        Kind.PUNCTUATION: checks.unpunctuated(heard),
        Kind.TIMES: checks.mistimed(heard, start, end),
        Kind.UNSURE: checks.unlikely(heard),
    }
    if not heard and findings[Kind.SPARSE]:
        heard = (Segment(start, end, ""),)
    return tuple(_with(segment, _at(number, findings)) for number, segment in enumerate(heard))


def mark_missing_words(segments: Sequence[Segment], unheard: Sequence[tuple[float, float]]) -> tuple[Segment, ...]:
    """Segments of a window of which speech from one second to another has no words: those before it say so, unless they do already."""
    marked = list(segments)
    for start, end in unheard:
        at = max((number for number, one in enumerate(marked) if one.start <= start), default=0)
        if marked:
            missing = Mark(Kind.SPARSE, f"{end - start:.0f} s of speech behind it, and no words for them")
            marked[at] = _with(marked[at], _in_order({Kind.SPARSE: missing} | _by_kind(marked[at])))
    return tuple(marked)


def _by_kind(segment: Segment) -> dict[str, Mark]:
    return {mark.kind: mark for mark in segment.marks}


def _in_order(marks: Mapping[str, Mark]) -> tuple[Mark, ...]:
    """One mark a kind, in the order of the kinds."""
    return tuple(marks[kind] for kind in Kind if kind in marks)


def _with(segment: Segment, marks: tuple[Mark, ...]) -> Segment:
    """The segment with these marks: itself, most times, since to make a new one takes longer than to find no reason for a mark."""
    return segment if segment.marks == marks else replace(segment, marks=marks)


def _at(number: int, findings: Mapping[Kind, checks.Findings]) -> tuple[Mark, ...]:
    return tuple(Mark(kind, sentences[number]) for kind, sentences in findings.items() if number in sentences)


def needs_retry(segments: Sequence[Segment]) -> bool:
    """Whether segments with marks should be heard once more: some mark is of a kind that another hearing may mend."""
    return bool(_badness(segments))


def better_attempt(first: Sequence[Segment], second: Sequence[Segment]) -> tuple[Segment, ...]:
    """The one of two hearings of the same window that is kept: by its marks, then by how likely Whisper finds its words.

    Both have their marks. The first is kept where nothing tells them apart.
    """
    worse_first = (_badness(first), -_likelihood(first)) > (_badness(second), -_likelihood(second))
    return tuple(second if worse_first else first)


def _badness(segments: Sequence[Segment]) -> int:
    """Each kind counts once: how bad it is, not how many segments it was cut into."""
    kinds = {mark.kind for segment in segments for mark in segment.marks}
    return sum(severity for kind, severity in SEVERITY.items() if kind in kinds)


def _likelihood(segments: Sequence[Segment]) -> float:
    """Mean log-probability, segments weighed by their length; the least likely where there are no figures."""
    known = [(segment.avg_logprob, len(segment.text)) for segment in segments if segment.avg_logprob is not None]
    characters = sum(length for _, length in known)
    return sum(figure * length for figure, length in known) / characters if characters else -math.inf


def marks_of_transcript(transcript: Transcript) -> tuple[Segment, ...]:
    """All segments with the marks that words, times and figures give, without the sound.

    Of what Whisper heard, the marks that need the sound or the prompt stay as they are, as does what the captions said against it.
    Automatic captions have no punctuation, and nothing is said of that. Captions of two people at once overlap by right.
    """
    end = transcript.duration or math.inf
    marked = marks_of_window(transcript.segments, 0.0, end, None, "")
    left_out = {Kind.PUNCTUATION} if transcript.source is Source.AUTO_CAPTIONS else set[Kind]()
    kept = {Kind.CAPTIONS, *OF_THE_SOUND} if transcript.source is Source.WHISPER else {Kind.CAPTIONS}
    pairs = zip(transcript.segments, marked, strict=True)
    return tuple(_with(new, _together(old, new, kept, left_out)) for old, new in pairs)


def _together(old: Segment, new: Segment, kept: set[Kind], left_out: set[Kind]) -> tuple[Mark, ...]:
    """One mark a kind, in the order of the kinds: the earlier ones of ``kept``, else the new ones."""
    if not old.marks and not new.marks:
        return ()
    marks = {mark.kind: mark for mark in new.marks if mark.kind not in left_out}
    marks |= {mark.kind: mark for mark in old.marks if mark.kind in kept}
    return _in_order(marks)
