"""Captions in: VTT, SRT, json3, the JSON of podcast feeds, our own and whisper's JSON become a ``Transcript``.

    cues.py       what a caption file shows, and its markup: tags, speakers, word times, entities
    vtt.py srt.py json3.py feed_json.py    one reader each
    rolling.py    rolling captions undone

Whatever comes in, nothing but ``FormatError`` comes out, and it names the line (of JSON: the segment) that is wrong.
``read_captions`` stands here: bytes to text, text to the reader that knows it.
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
from transcripts.validation import in_order, parse_json, within
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

    The content decides what it is, since feeds and file names are often wrong; ``format`` ("vtt", "srt", "json3", "json") says
    what is missing where it is none of them. ``source`` says where the words come from, except in our own JSON, which says it itself.
    ``name`` is what errors call the file.

    Raises:
        FormatError: the content is none of them; with the line that is wrong.
    """
    try:
        return within(_read(_checked(_text(content)), format, source))
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
    """The text, if it is none that would fill the memory: each line and each tag becomes a value."""
    if len(text) > LARGEST or text.count("\n") + text.count("<") > MOST_VALUES:
        raise FormatError("", f"larger than captions can be ({LARGEST // 2**20} MB, {MOST_VALUES:,} lines and tags)")
    return text


def _text(content: str | bytes) -> str:
    """Text with bare line feeds and without a byte order mark. What is not UTF-8 is taken for Windows' western encoding."""
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
