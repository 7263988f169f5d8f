"""Read SubRip. Cues are found by their timing lines alone: texts contain blank lines, and in many files numbers are wrong or missing."""

from __future__ import annotations

from collections.abc import Iterator

from transcripts.captions.cues import Cue, srt_lines
from transcripts.clock import parse_timing
from transcripts.errors import FormatError


def read_srt(text: str) -> list[Cue]:
    """Return all cues.

    Raises:
        FormatError: a timing line cannot be read, or there is none; names the line.
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
    """Yield index, start and end of each timing line. An arrow after a cue number or before the first cue must be one."""
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
    """Strip the number of the next cue from a cue's text."""
    return lines[:-1] if lines and not last and lines[-1].strip().isdigit() else lines
