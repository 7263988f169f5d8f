"""A heard window as one line of text, and back again without any loss: for whoever keeps windows until their file is heard.

    {"start": 60.0, "end": 88.4, "said": TRANSCRIPT}    the transcript in our own lossless JSON

Numbers come back as the same floats, so a transcript made of windows that were kept equals one made of windows that were not.
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
    """The window as one line of JSON."""
    said = Transcript(window.segments, Source.WHISPER, "", window.language, window.duration, window.notes)
    file = io.StringIO()
    write_json(said, file)
    return json.dumps({"start": window.start, "end": window.end, "said": json.loads(file.getvalue())})


def read_window(text: str) -> Window:
    """The window that ``write_window`` wrote.

    Raises:
        FormatError: it did not.
    """
    record = as_record(parse_json(text), "window")
    said = read_value(record.get("said"), Source.WHISPER)
    if said.source is not Source.WHISPER:
        raise FormatError("window", "it was not heard")
    return Window(
        as_number(record.get("start"), "window"),
        as_number(record.get("end"), "window"),
        said.duration,
        said.segments,
        said.language,
        said.notes,
    )
