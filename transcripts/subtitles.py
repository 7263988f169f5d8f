"""Pure: split a segment into readable subtitles, at most two lines of 42 characters each, as is usual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transcripts.names.corrections import spoken_words
from transcripts.text import one_line
from transcripts.words import Segment, Word

LONGEST = 84
"""Maximum characters of a subtitle: two lines of 42."""

LEAST = 28
"""Minimum characters before a subtitle may end at a comma or a full stop."""

_PAUSES = tuple(".,;:!?…—。、，！？")


def cues(segment: Segment) -> Iterator[Segment]:
    """Cut a segment between words into parts of at most ``LONGEST`` characters; whole if its words have no times."""
    text = one_line(segment.text)
    words = spoken_words(segment) if len(text) > LONGEST else ()
    if not words or " ".join(one_line(word.text) for word in words) != text:
        yield segment
        return
    parts = list(_parts(words))
    for number, part in enumerate(parts):
        start = segment.start if number == 0 else part[0].start
        end = segment.end if number == len(parts) - 1 else part[-1].end
        said = " ".join(one_line(word.text) for word in part)
        yield replace(segment, start=start, end=max(start, end), text=said, words=tuple(part), heard=None)


def _parts(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    first = 0
    while first < len(words):
        until = _until(words, first)
        yield words[first:until]
        first = until


def _until(words: Sequence[Word], first: int) -> int:
    """Return the end of the part that begins with word ``first``: after a pause far enough on, or else when it is full."""
    length, pause = -1, 0
    for at in range(first, len(words)):
        length += 1 + len(one_line(words[at].text))
        if length > LONGEST:
            return pause or max(at, first + 1)
        if length >= LEAST and one_line(words[at].text).endswith(_PAUSES):
            pause = at + 1
    return len(words)
