"""Read WebVTT. Follows the W3C parser, but reports an unreadable timing line instead of dropping its cue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from transcripts.captions.cues import Cue, vtt_lines
from transcripts.clock import parse_timing
from transcripts.errors import FormatError

_SKIPPED = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
_LANGUAGE = re.compile(r"Language:\s*([A-Za-z0-9-]+)\s*")


def is_vtt(text: str) -> bool:
    """Whether a text begins with the WebVTT signature."""
    return re.match(r"WEBVTT(?:[ \t\n]|\Z)", text) is not None


def read_vtt(text: str) -> tuple[list[Cue], str | None]:
    """Return all cues, and the language named in the header, or None.

    Raises:
        FormatError: the first line is not WEBVTT, or a timing line cannot be read; names the line.
    """
    if not is_vtt(text):
        raise FormatError("", "line 1: WEBVTT is missing")
    lines = text.split("\n")
    header = lines[1 : next((at for at, line in enumerate(lines) if not line or "-->" in line), len(lines))]
    language = next((found[1] for line in header if (found := _LANGUAGE.fullmatch(line))), None)
    return list(_cues(lines, 1 + len(header))), language


def _cues(lines: list[str], at: int) -> Iterator[Cue]:
    """Yield cues from line index ``at`` on. Outside a cue, a line that is no comment and no timing is the cue's name."""
    while at < len(lines):
        if _SKIPPED.fullmatch(lines[at]):
            at = _block_end(lines, at + 1)
        elif "-->" in lines[at]:
            start, until = _timing(lines, at)
            end = _block_end(lines, at + 1)
            yield Cue(start, until, vtt_lines("\n".join(lines[at + 1 : end])))
            at = end
        else:
            at += 1


def _timing(lines: list[str], at: int) -> tuple[float, float]:
    timing = parse_timing(lines[at])
    if timing is None:
        raise FormatError("", f"line {at + 1}: {lines[at].strip()[:60]!r} is no timing line")
    return timing


def _block_end(lines: list[str], at: int) -> int:
    """Return the index of the next empty line or timing line. A line of spaces ends no block: YouTube writes such lines."""
    while at < len(lines) and lines[at] and not ("-->" in lines[at] and parse_timing(lines[at])):
        at += 1
    return at
