"""A transcribed window as one line of JSON, and back without loss.

    {"start": 60.0, "end": 88.4, "said": TRANSCRIPT}    the transcript in this project's lossless JSON

Numbers come back as the same floats, so a transcript made from stored windows equals one made without storing them.
"""

from __future__ import annotations

import io
import json

from transcripts.engine.interface import Window
from transcripts.errors import FormatError
from transcripts.transcript_json import read_value, write_json
from transcripts.validation import as_number, as_record, parse_json
from transcripts.words import Source, Transcript


def write_window(window: Window) -> str:
    """Return the window as one line of JSON."""
    said = Transcript(window.segments, Source.WHISPER, "", window.language, window.duration, window.notes)
    file = io.StringIO()
    write_json(said, file)
    return json.dumps({"start": window.start, "end": window.end, "said": json.loads(file.getvalue())})


def read_window(text: str) -> Window:
    """Return the window that ``write_window`` wrote.

    Raises:
        FormatError: the text is something else.
    """
    record = as_record(parse_json(text), "window")
    said = read_value(record.get("said"), Source.WHISPER)
    if said.source is not Source.WHISPER:
        raise FormatError("window", "it is not a transcribed window")
    return Window(
        as_number(record.get("start"), "window"),
        as_number(record.get("end"), "window"),
        said.duration,
        said.segments,
        said.language,
        said.notes,
    )
