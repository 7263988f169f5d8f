"""This project's JSON: every field of a ``Transcript`` and nothing else. Reading returns exactly what was written.

    {"format": "news-in-review transcript", "version": 1, "source": "whisper", "model": "base.en", "language": "en", "duration": 61.5,
     "notes": [], "segments": [{"start": 0.4, "end": 3.1, "text": "…", "speaker": "…", "words": [{"start", "end", "text"}], …}]}

Absent means None. The same reader accepts the JSON of whisper and related programs (``segments`` with ``start``, ``end``, ``text``), and a
bare list of such segments; unknown keys are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TextIO, TypeVar

from transcripts.errors import FormatError
from transcripts.text import one_line
from transcripts.validation import UNKNOWN_END, as_list, as_number, as_record, as_seconds, as_text, in_order, parse_json
from transcripts.words import Mark, Segment, Source, Transcript, Word

FORMAT = "news-in-review transcript"
VERSION = 1

T = TypeVar("T")

_FIGURES = ("avg_logprob", "compression_ratio", "no_speech_prob", "temperature")


def write_json(transcript: Transcript, file: TextIO) -> None:
    """Write the whole transcript, one segment per line."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "source": transcript.source.value,
        "model": transcript.model,
        "language": transcript.language,
        "duration": transcript.duration,
        "notes": list(transcript.notes),
    }
    file.write(_dump(head)[:-1] + ', "segments": [')
    file.writelines(
        ("\n" if number == 0 else ",\n") + _dump(_segment_record(segment))
        for number, segment in enumerate(transcript.segments)
    )
    file.write("]}\n")


def read_json(text: str, *, source: Source = Source.IMPORT) -> Transcript:
    """Read this project's JSON exactly. Of other programs' JSON, read the segments and set their source to ``source``.

    Raises:
        FormatError: invalid JSON, or not a transcript.
    """
    return read_value(parse_json(text), source)


def read_value(value: object, source: Source) -> Transcript:
    """Do the same as ``read_json`` for parsed JSON."""
    if isinstance(value, list):
        return Transcript(read_segments(value), source)
    record = as_record(value, "the file")
    if record.get("format") != FORMAT:
        return Transcript(
            read_segments(record.get("segments")), source, language=_optional(record, "language", "the file", as_text)
        )
    if record.get("version") != VERSION:
        raise FormatError("", f"it was written by another version of this program: {record.get('version')!r}")
    segments = as_list(record.get("segments"), "segments")
    return Transcript(
        tuple(_segment(as_record(segment, _where(at)), _where(at)) for at, segment in enumerate(segments)),
        _source(record.get("source")),
        as_text(record.get("model"), "model"),
        _optional(record, "language", "the file", as_text),
        _optional(record, "duration", "the file", as_number),
        tuple(as_text(note, "notes") for note in as_list(record.get("notes"), "notes")),
    )


def read_segments(value: object) -> tuple[Segment, ...]:
    """Read another program's segments, in order of time: a list of ``{"start", "end", "text", "speaker"?, "words"?}``.

    ``duration`` may replace ``end``; without either, a segment lasts until the next begins.

    Raises:
        FormatError: a segment is invalid; names the first.
    """
    records = as_list(value, "segments")
    return in_order(_external_segment(as_record(record, _where(at)), _where(at)) for at, record in enumerate(records))


def _segment_record(segment: Segment) -> dict[str, object]:
    record: dict[str, object] = {"start": segment.start, "end": segment.end, "text": segment.text}
    if segment.speaker is not None:
        record["speaker"] = segment.speaker
    if segment.words:
        record["words"] = [_word_record(word) for word in segment.words]
    if segment.heard is not None:
        record["heard"] = segment.heard
    if segment.marks:
        record["marks"] = [{"kind": mark.kind, "detail": mark.detail} for mark in segment.marks]
    return record | {name: figure for name in _FIGURES if (figure := getattr(segment, name)) is not None}


def _word_record(word: Word) -> dict[str, object]:
    record: dict[str, object] = {"start": word.start, "end": word.end, "text": word.text}
    return record if word.probability is None else record | {"probability": word.probability}


def _segment(record: dict[str, object], where: str) -> Segment:
    logprob, ratio, no_speech, temperature = (_optional(record, name, where, as_number) for name in _FIGURES)
    return Segment(
        as_number(record.get("start"), where),
        as_number(record.get("end"), where),
        as_text(record.get("text"), where),
        _optional(record, "speaker", where, as_text),
        _words(record, where),
        logprob,
        ratio,
        no_speech,
        temperature,
        _marks(record, where),
        _optional(record, "heard", where, as_text),
    )


def _external_segment(record: dict[str, object], where: str) -> Segment:
    start = as_seconds(record.get("start"), where)
    length = _optional(record, "duration", where, as_seconds)
    end = _optional(record, "end", where, as_seconds)
    if end is None:
        end = UNKNOWN_END if length is None else start + length
    text, speaker = as_text(record.get("text"), where), _optional(record, "speaker", where, as_text)
    words = tuple(replace(word, text=one_line(word.text)) for word in _words(record, where))
    return Segment(start, end, one_line(text), one_line(speaker or "") or None, words)


def _words(record: dict[str, object], where: str) -> tuple[Word, ...]:
    where = f"{where}, words"
    return tuple(_word(as_record(word, where), where) for word in as_list(record.get("words") or [], where))


def _word(record: dict[str, object], where: str) -> Word:
    text = as_text(record.get("text", record.get("word")), where)
    start, end = as_number(record.get("start"), where), as_number(record.get("end"), where)
    return Word(start, end, text, _optional(record, "probability", where, as_number))


def _marks(record: dict[str, object], where: str) -> tuple[Mark, ...]:
    where = f"{where}, marks"
    marks = (as_record(mark, where) for mark in as_list(record.get("marks") or [], where))
    return tuple(Mark(as_text(mark.get("kind"), where), as_text(mark.get("detail"), where)) for mark in marks)


def _optional(record: dict[str, object], name: str, where: str, read: Callable[[object, str], T]) -> T | None:
    value = record.get(name)
    return None if value is None else read(value, f"{where}, {name}")


def _where(at: int) -> str:
    return f"segment {at + 1}"


def _source(value: object) -> Source:
    text = as_text(value, "source")
    if text not in list(Source):
        raise FormatError("", f"source: {text!r} is none of {', '.join(Source)}")
    return Source(text)


def _dump(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False)
