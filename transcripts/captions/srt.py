"""SubRip: cues are told by their timing lines alone, since texts hold empty lines and numbers are wrong or missing in many files."""

from __future__ import annotations

from collections.abc import Iterator

from transcripts.captions.cues import Cue, srt_lines
from transcripts.clock import parse_timing
from transcripts.errors import FormatError


def read_srt(text: str) -> list[Cue]:
    """All cues.

    Raises:
        FormatError: with the line: a timing line cannot be read, or there is none.
    """
    lines = text.split("\n")
    timings = list(_timings(lines))
    if not timings:
        raise FormatError("", "line 1: no timing line was found")
    following = [at for at, _, _ in timings[1:]] + [len(lines)]
    return [
        Cue(start, end, srt_lines("\n".join(_payload(lines[at + 1 : until], last=until == len(lines)))))
        for (at, start, end), until in zip(timings, following, strict=True)
    ]


def _timings(lines: list[str]) -> Iterator[tuple[int, float, float]]:
    """Index, start and end of every timing line; an arrow behind a cue's number or before the first cue must be one."""
    found = False
    for at, line in enumerate(lines):
        if "-->" not in line:
            continue
        timing = parse_timing(line)
        if timing is not None:
            found = True
            yield at, *timing
        elif not found or lines[at - 1].strip().isdigit():
            raise FormatError("", f"line {at + 1}: {line.strip()[:60]!r} is no timing line")


def _payload(lines: list[str], *, last: bool) -> list[str]:
    """A cue's text without the number of the next."""
    return lines[:-1] if lines and not last and lines[-1].strip().isdigit() else lines
