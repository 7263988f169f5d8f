"""One question for each kind: which segments of a stretch give this reason for doubt, and in which words is it told.

Each function gives {number of the segment: sentence}.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from transcripts.quality import limits
from transcripts.quality.loops import loops
from transcripts.quality.normalize import words, words_of_each
from transcripts.words import Segment

Findings = dict[int, str]

#: What ends or parts sentences, in the scripts that Whisper writes most.
_PUNCTUATION = re.compile(r"[.,;:?!…¿¡。、，．？！；：؟،؛۔।॥·፡።]")

#: What Whisper is known to write where nothing is said: closing words of the videos that it learned from.
_OF_SILENCE = re.compile(
    r"\W*(thank(s| you)( so much| very much)? for (watching|listening|your attention)"
    r"|(please )?(like|subscribe)( and (like|subscribe))?( to (my|the|our) channel)?|see you (in the )?next (video|time)"
    r"|(subtitles|captions|subtitled|captioned|transcription|transcribed|translated) by .{1,60}|.{0,30}amara\.org.{0,30}|thank you|bye)\W*",
    re.IGNORECASE,
)


def repeated(segments: Sequence[Segment]) -> Findings:
    """Loops, by the words themselves and by how well Whisper found that they compress."""
    findings = loops([segment.text for segment in segments])
    for number, segment in enumerate(segments):
        ratio = segment.compression_ratio or 0.0
        if ratio > limits.COMPRESSION and segment.text.strip():
            findings.setdefault(
                number, f"the words repeat themselves: they compress {ratio:.1f} times, speech about 1.6"
            )
    return findings


def echoed(segments: Sequence[Segment], prompt: str) -> Findings:
    """Segments that are made of the prompt's words in the prompt's order."""
    expected = words(prompt)
    length = min(limits.ECHO_WORDS, len(expected))
    if length < limits.LEAST_ECHO:
        return {}
    of_prompt = {tuple(expected[at : at + length]) for at in range(len(expected) - length + 1)}
    row, owners = words_of_each([segment.text for segment in segments])
    starts = [at for at in range(len(row) - length + 1) if tuple(row[at : at + length]) in of_prompt]
    covered = {place for at in starts for place in range(at, at + length)}
    findings = {}
    for number in sorted({owners[place] for place in covered}):
        echo = sum(owners[place] == number for place in covered)
        if echo >= limits.ECHO_SHARE * owners.count(number):
            findings[number] = f"{echo} words stand in this order in the prompt, and may not have been said"
    return findings


def over_silence(segments: Sequence[Segment], speech_seconds: float | None) -> Findings:
    """Words where the voice detection found no speech, or where Whisper itself doubts that there was any."""
    findings = {}
    for number, segment in enumerate(segments):
        doubt = segment.no_speech_prob or 0.0
        if not segment.text.strip():
            continue
        if speech_seconds is not None and speech_seconds < limits.NO_SPEECH_SECONDS:
            findings[number] = "there are words, but no speech was found here"
        elif doubt > limits.NO_SPEECH_PROB and (segment.avg_logprob or 0.0) < limits.SILENT_LOGPROB:
            findings[number] = f"there may be no speech here ({doubt:.0%}), and the words are unlikely"
        elif doubt > limits.PHRASE_NO_SPEECH_PROB and _OF_SILENCE.fullmatch(segment.text):
            findings[number] = (
                f"Whisper is known to make this of silence, and there may be no speech here ({doubt:.0%})"
            )
    return findings


def sparse(segments: Sequence[Segment], speech_seconds: float | None) -> Findings:
    """The first segment of a window with too few characters for its speech."""
    if speech_seconds is None or speech_seconds < limits.LEAST_SPEECH:
        return {}
    characters = sum(len(segment.text.strip()) for segment in segments)
    rate = characters / speech_seconds
    if rate >= limits.SLOWEST_SPEECH:
        return {}
    if not characters:
        return {0: f"{speech_seconds:.0f} s of speech and no words"}
    return {
        0: f"{speech_seconds:.0f} s of speech and {characters} characters: words may be missing (speech has 12 to 20 a second)"
    }


def fast(segments: Sequence[Segment], speech_seconds: float | None) -> Findings:
    """Segments with more characters than their time allows, or a window with more than its speech allows."""
    findings = {}
    lengths = [len(segment.text.strip()) for segment in segments]
    for number, (segment, characters) in enumerate(zip(segments, lengths, strict=True)):
        seconds = max(segment.end - segment.start, 0.0)
        if characters > limits.FASTEST * seconds + limits.EXCUSED:
            findings[number] = f"{characters} characters in {seconds:.1f} s: more than anybody says (12 to 20 a second)"
    characters = sum(lengths)
    if speech_seconds and characters > limits.FASTEST_SPEECH * speech_seconds + 2 * limits.EXCUSED:
        findings.setdefault(0, f"{characters} characters in {speech_seconds:.1f} s of speech: more than anybody says")
    return findings


def unpunctuated(segments: Sequence[Segment]) -> Findings:
    """The first segment of each long stretch without any mark of punctuation, or without a capital where the script has them."""
    texts = [segment.text for segment in segments]
    findings = _stretches(texts, lambda text: bool(_PUNCTUATION.search(text)), limits.UNPUNCTUATED, "punctuation")
    if any(text != text.upper() for text in texts):
        findings = (
            _stretches(texts, lambda text: text != text.lower(), limits.UNCAPITALISED, "a capital letter") | findings
        )
    return findings


def _stretches(texts: Sequence[str], has_one: Callable[[str], bool], enough: int, what: str) -> Findings:
    """Stretches of texts none of which has one."""
    counted: dict[int, int] = {}
    first = 0
    for number, text in enumerate(texts):
        if has_one(text):
            first = number + 1
        else:
            counted[first] = counted.get(first, 0) + len(words(text))
    return {first: f"{count} words without {what}" for first, count in counted.items() if count >= enough}


def mistimed(segments: Sequence[Segment], start: float, end: float) -> Findings:
    """Segments whose times are backwards, out of order, or outside ``start`` to ``end``."""
    findings: Findings = {}
    before = start - limits.TOLERANCE
    for number, segment in enumerate(segments):
        if segment.end > end + limits.TOLERANCE:
            findings[number] = f"it ends {segment.end - end:.1f} s behind the end of what was heard"
        elif segment.end < segment.start:
            findings[number] = f"it ends {segment.start - segment.end:.1f} s before it begins"
        elif segment.start < before:
            findings[number] = f"it begins {before - segment.start:.1f} s before what stands in front of it"
        before = max(before, segment.start)
    return findings


def unlikely(segments: Sequence[Segment]) -> Findings:
    """Segments that Whisper itself thinks unlikely."""
    return {
        number: f"Whisper is unsure of these words ({math.exp(segment.avg_logprob):.0%} a token)"
        for number, segment in enumerate(segments)
        if segment.avg_logprob is not None and segment.avg_logprob < limits.UNLIKELY and segment.text.strip()
    }
