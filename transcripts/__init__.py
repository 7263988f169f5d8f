"""Audio in, timed words out. Independent of databases, URLs and episodes: usable on its own.

    words.py            Word, Segment, Transcript: frozen values, times in seconds
    audio/              any media file -> 16 kHz mono, streamed: the only package that imports PyAV
    spool.py            decoded audio in a temporary file, for random access
    engine/             Whisper behind a narrow interface: the only package that imports whisper and torch
    captions/           VTT, SRT, json3, feed JSON -> Transcript; rolling captions unrolled
    names/              pure: names to expect, how they sound, and what they were misheard as
    quality/            pure: reasons to doubt segments; comparison with published captions
    formats.py          Transcript -> JSON, VTT, SRT, TXT, TSV
    subtitles.py        pure: split a long segment into subtitles
    transcript_json.py  this project's lossless JSON: read and write
    clock.py            pure: clock times, parsed and formatted
    validation.py       pure: check untrusted values and times
    bounded_json.py     parse untrusted JSON with limits on size, values and depth
    turns.py            pure: speaker turns: a change of speaker, or a pause
    text.py             pure: clean untrusted text for storage and reading
    tokens.py           pure: the tokenizer and stemmer for comparing texts
    engine_options.py   which engine and model to use, and how
    api.py              a file transcribed in one call
    errors.py           what can go wrong

Modules import only those further down this list: engine, captions and formats; names, quality, spool, audio and transcript_json;
validation, bounded_json and clock; text, tokens, words and errors.

    from transcripts import transcribe
    from transcripts.formats import write

    write(transcribe("episode.m4a", model="small.en"), "vtt", sys.stdout)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transcripts.api import load, transcribe
    from transcripts.errors import TranscriptError
    from transcripts.words import Segment, Transcript, Word

__all__ = ["Segment", "Transcript", "TranscriptError", "Word", "load", "transcribe"]

_HOMES = {
    "Segment": "transcripts.words",
    "Transcript": "transcripts.words",
    "TranscriptError": "transcripts.errors",
    "Word": "transcripts.words",
    "load": "transcripts.api",
    "transcribe": "transcripts.api",
}


def __getattr__(name: str) -> object:
    """Import a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found
