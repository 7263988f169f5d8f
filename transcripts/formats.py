"""Write transcripts as JSON (lossless), VTT, SRT, TXT and TSV, to text files that the caller opens.

VTT names speakers in ``<v Name>`` and escapes markup. SRT has no escapes, so text is escaped only where readers would take it for markup.
TXT has one segment per line, with the speaker's name where it changes. TSV uses whole milliseconds, like whisper's. All but JSON leave
out empty segments and write each text on one line.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TextIO

from transcripts.captions.cues import srt_text
from transcripts.clock import format_clock, milliseconds
from transcripts.errors import FormatError
from transcripts.subtitles import cues
from transcripts.text import one_line
from transcripts.transcript_json import read_json, write_json
from transcripts.words import Segment, Transcript

__all__ = ["FORMATS", "read_json", "write", "write_json", "write_srt", "write_tsv", "write_txt", "write_vtt"]


def write(transcript: Transcript, format: str, file: TextIO) -> None:  # noqa: A002 - the word that everybody uses for it
    """Write in one of ``FORMATS``.

    Raises:
        FormatError: unknown format.
    """
    if format not in FORMATS:
        raise FormatError(format, f"formats that can be written are {', '.join(FORMATS)}")
    FORMATS[format](transcript, file)


def write_vtt(transcript: Transcript, file: TextIO) -> None:
    """Write WebVTT: a cue per segment, or several if it is long and its words have times."""
    file.write("WEBVTT\n")
    for segment, text in _shown(transcript):
        speaker = one_line(segment.speaker or "")
        voice = f"<v {_escape(speaker)}>" if speaker else ""
        file.write(f"\n{_timing(segment, '.')}\n{voice}{_escape(text)}\n")


def write_srt(transcript: Transcript, file: TextIO) -> None:
    """Write SubRip, numbered from 1, cut like WebVTT."""
    for number, (segment, text) in enumerate(_shown(transcript), 1):
        safe = _escape(text).replace("{", "&#123;") if srt_text(text) != text or "-->" in text else text
        file.write(f"{number}\n{_timing(segment, ',')}\n{safe}\n\n")


def write_txt(transcript: Transcript, file: TextIO) -> None:
    """Write plain text for people."""
    speaker = None
    for segment, text in _said(transcript):
        named = f"{one_line(segment.speaker)}: " if segment.speaker and segment.speaker != speaker else ""
        speaker = segment.speaker
        file.write(f"{named}{text}\n")


def write_tsv(transcript: Transcript, file: TextIO) -> None:
    """Write start, end (whole milliseconds) and text, separated by tabs, after a header line."""
    file.write("start\tend\ttext\n")
    file.writelines(
        f"{milliseconds(segment.start)}\t{milliseconds(segment.end)}\t{text}\n" for segment, text in _said(transcript)
    )


FORMATS: Mapping[str, Callable[[Transcript, TextIO], None]] = MappingProxyType(
    {"json": write_json, "vtt": write_vtt, "srt": write_srt, "txt": write_txt, "tsv": write_tsv}
)
"""The writers by the names that people type."""


def _said(transcript: Transcript) -> Iterator[tuple[Segment, str]]:
    return ((segment, text) for segment in transcript.segments if (text := one_line(segment.text)))


def _shown(transcript: Transcript) -> Iterator[tuple[Segment, str]]:
    return ((cue, one_line(cue.text)) for segment, _ in _said(transcript) for cue in cues(segment))


def _timing(segment: Segment, separator: str) -> str:
    return f"{format_clock(segment.start, separator)} --> {format_clock(segment.end, separator)}"


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
