"""Read captions: VTT, SRT, json3, podcast feed JSON, this project's JSON and whisper's JSON, all to a ``Transcript``.

    cues.py       cues, lines and spans of a caption file; markup: tags, speakers, word times, entities
    vtt.py srt.py json3.py feed_json.py    one reader each
    rolling.py    remove the repetition of rolling captions

``read_captions`` decodes the bytes, detects the format and calls its reader. The only error raised is ``FormatError``; it names the line
(in JSON: the segment) that is wrong.
"""

from __future__ import annotations

from transcripts import transcript_json
from transcripts.bounded_json import LARGEST, MOST_VALUES
from transcripts.captions.cues import Cue, segments
from transcripts.captions.feed_json import is_feed_json, read_feed_json
from transcripts.captions.json3 import read_json3
from transcripts.captions.rolling import unroll
from transcripts.captions.srt import read_srt
from transcripts.captions.vtt import is_vtt, read_vtt
from transcripts.errors import FormatError
from transcripts.validation import drop_impossible_times, in_order, parse_json
from transcripts.words import Source, Transcript

FORMATS = ("vtt", "srt", "json3", "json")


def read_captions(
    content: str | bytes,
    format: str | None = None,  # noqa: A002 - the word that everybody uses for it
    *,
    source: Source,
    name: str = "",
) -> Transcript:
    """Read captions of any known format.

    The format is detected from the content, since feeds and file names are often wrong. The stated ``format`` ("vtt", "srt", "json3",
    "json") only decides which error is raised for unknown content. ``source`` is where the words come from; this project's JSON states
    its own. ``name`` is the file's name in errors.

    Raises:
        FormatError: the content has no known format; with the line that is wrong.
    """
    try:
        return drop_impossible_times(_read(_checked(_text(content)), format, source))
    except FormatError as error:
        raise FormatError(name or error.item, error.detail) from error


def _read(text: str, stated: str | None, source: Source) -> Transcript:
    if text.lstrip().startswith(("{", "[")):
        return _read_json(text, source)
    arrow = "-->" in text
    if is_vtt(text) or (stated == "vtt" and not arrow):
        cues, language = read_vtt(text)
        return _transcript(cues, source, language)
    if arrow or stated == "srt":
        return _transcript(read_srt(text), source, None)
    raise FormatError("", "line 1: neither WEBVTT, nor a timing line, nor JSON")


def _read_json(text: str, source: Source) -> Transcript:
    value = parse_json(text)
    if isinstance(value, dict) and "events" in value:
        return Transcript(read_json3(value), source)
    if isinstance(value, dict) and is_feed_json(value):
        return Transcript(read_feed_json(value), source)
    return transcript_json.read_value(value, source)


def _transcript(cues: list[Cue], source: Source, language: str | None) -> Transcript:
    return Transcript(in_order(segments(unroll(cues))), source, language=language)


def _checked(text: str) -> str:
    """Return the text unless it would take too much memory: each line and each tag becomes an object."""
    if len(text) > LARGEST or text.count("\n") + text.count("<") > MOST_VALUES:
        raise FormatError("", f"larger than captions can be ({LARGEST // 2**20} MB, {MOST_VALUES:,} lines and tags)")
    return text


def _text(content: str | bytes) -> str:
    """Return text with plain line feeds and no byte order mark. Bytes that are not UTF-8 are decoded as Windows-1252."""
    if isinstance(content, bytes):
        content = _decode(content)
    return content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
