"""One check per kind of mark. Each returns {index of segment: reason, as a sentence for a person}."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from transcripts.quality import limits
from transcripts.quality.loops import loops
from transcripts.quality.normalize import words, words_of_each
from transcripts.words import Segment

Findings = dict[int, str]

#: Punctuation in the scripts that Whisper writes most.
_PUNCTUATION = re.compile(r"[.,;:?!…¿¡。、，．？！；：؟،؛۔।॥·፡።]")

#: What Whisper is known to hallucinate in silence: the closing words of the videos in its training data.
_OF_SILENCE = re.compile(
    r"\W*(thank(s| you)( so much| very much)? for (watching|listening|your attention)"
    r"|(please )?(like|subscribe)( and (like|subscribe))?( to (my|the|our) channel)?|see you (in the )?next (video|time)"
    r"|(subtitles|captions|subtitled|captioned|transcription|transcribed|translated) by .{1,60}|.{0,30}amara\.org.{0,30}|thank you|bye)\W*",
    re.IGNORECASE,
)


def repeated(segments: Sequence[Segment]) -> Findings:
    """Find loops, by the words themselves and by Whisper's compression ratio."""
    findings = loops([segment.text for segment in segments])
    for number, segment in enumerate(segments):
        ratio = segment.compression_ratio or 0.0
        if ratio > limits.COMPRESSION and segment.text.strip():
            findings.setdefault(number, f"repetitive: the compression ratio is {ratio:.1f}, of speech about 1.6")
    return findings


def echoed(segments: Sequence[Segment], prompt: str) -> Findings:
    """Find segments that repeat the prompt's words in order."""
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
            findings[number] = f"{echo} words are the same as in the prompt, and may not have been said"
    return findings


def over_silence(segments: Sequence[Segment], speech_seconds: float | None) -> Findings:
    """Find words where the VAD detected no speech, or where Whisper itself doubts that there was any."""
    findings = {}
    for number, segment in enumerate(segments):
        doubt = segment.no_speech_prob or 0.0
        if not segment.text.strip():
            continue
        if speech_seconds is not None and speech_seconds < limits.NO_SPEECH_SECONDS:
            findings[number] = "there are words, but no speech was detected here"
        elif doubt > limits.NO_SPEECH_PROB and (segment.avg_logprob or 0.0) < limits.SILENT_LOGPROB:
            findings[number] = f"there may be no speech here ({doubt:.0%}), and the words are unlikely"
        elif doubt > limits.PHRASE_NO_SPEECH_PROB and _OF_SILENCE.fullmatch(segment.text):
            findings[number] = (
                f"Whisper is known to write this in silence, and there may be no speech here ({doubt:.0%})"
            )
    return findings


def sparse(segments: Sequence[Segment], speech_seconds: float | None) -> Findings:
    """Mark the first segment of a window that has too few characters for its speech."""
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
    """Find segments with too many characters for their time, or a window with too many for its speech."""
    findings = {}
    lengths = [len(segment.text.strip()) for segment in segments]
    for number, (segment, characters) in enumerate(zip(segments, lengths, strict=True)):
        seconds = max(segment.end - segment.start, 0.0)
        if characters > limits.FASTEST * seconds + limits.EXCUSED:
            findings[number] = f"{characters} characters in {seconds:.1f} s: too fast for speech (12 to 20 a second)"
    characters = sum(lengths)
    if speech_seconds and characters > limits.FASTEST_SPEECH * speech_seconds + 2 * limits.EXCUSED:
        findings.setdefault(0, f"{characters} characters in {speech_seconds:.1f} s of speech: too many")
    return findings


def unpunctuated(segments: Sequence[Segment]) -> Findings:
    """Mark the first segment of each long stretch without punctuation, or without capitals if the script has them."""
    texts = [segment.text for segment in segments]
    findings = _stretches(texts, lambda text: bool(_PUNCTUATION.search(text)), limits.UNPUNCTUATED, "punctuation")
    if any(text != text.upper() for text in texts):
        findings = (
            _stretches(texts, lambda text: text != text.lower(), limits.UNCAPITALISED, "a capital letter") | findings
        )
    return findings


def _stretches(texts: Sequence[str], has_one: Callable[[str], bool], enough: int, what: str) -> Findings:
    """Find long stretches of texts without any match of ``has_one``."""
    counted: dict[int, int] = {}
    first = 0
    for number, text in enumerate(texts):
        if has_one(text):
            first = number + 1
        else:
            counted[first] = counted.get(first, 0) + len(words(text))
    return {first: f"{count} words without {what}" for first, count in counted.items() if count >= enough}


def mistimed(segments: Sequence[Segment], start: float, end: float) -> Findings:
    """Find segments whose times are backwards, out of order, or past ``end``; ``start`` is the window's."""
    findings: Findings = {}
    before = start - limits.TOLERANCE
    for number, segment in enumerate(segments):
        if segment.end > end + limits.TOLERANCE:
            findings[number] = f"it ends {segment.end - end:.1f} s after the end of the audio"
        elif segment.end < segment.start:
            findings[number] = f"it ends {segment.start - segment.end:.1f} s before it begins"
        elif segment.start < before:
            findings[number] = f"it begins {before - segment.start:.1f} s before the segment in front of it"
        before = max(before, segment.start)
    return findings


def unlikely(segments: Sequence[Segment]) -> Findings:
    """Find segments with a low log-probability."""
    return {
        number: f"Whisper is unsure of these words ({math.exp(segment.avg_logprob):.0%} a token)"
        for number, segment in enumerate(segments)
        if segment.avg_logprob is not None and segment.avg_logprob < limits.UNLIKELY and segment.text.strip()
    }
