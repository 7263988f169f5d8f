"""Pure: a segment as subtitles that can be read while they are shown: at most two lines of 42 characters each, as is usual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transcripts.names.corrections import spoken_words
from transcripts.text import one_line
from transcripts.words import Segment, Word

LONGEST = 84
"""Characters of a subtitle: two lines of 42."""

LEAST = 28
"""Characters from which on a subtitle may end at a comma or a full stop."""

_PAUSES = tuple(".,;:!?…—。、，！？")


def cues(segment: Segment) -> Iterator[Segment]:
    """The segment, cut between words so that no part has more than ``LONGEST`` characters; whole where its words have no times."""
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
    """Behind the last word of the part that begins with ``first``: at a pause if there is one far enough on, else where the room ends."""
    length, pause = -1, 0
    for at in range(first, len(words)):
        length += 1 + len(one_line(words[at].text))
        if length > LONGEST:
            return pause or max(at, first + 1)
        if length >= LEAST and one_line(words[at].text).endswith(_PAUSES):
            pause = at + 1
    return len(words)
