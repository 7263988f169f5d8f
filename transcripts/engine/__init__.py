"""Speech to text: the engines that transcribe a media file.

interface.py       Options, Job, Window, Step and the Engine protocol; windows(), transcribe(), collect()
openai_whisper/    load(), find() and WhisperEngine: the only package that imports whisper and torch
faster_whisper.py  the same interface on faster-whisper's models
vad_chunking.py    pure: where to cut a file into chunks, from voice activity
chunks.py          pure: the chunks of a file, and how much of each is done
worker/            WorkerEngine: an engine in a worker process, so that a crash costs one file
factory.py         from EngineOptions to a WorkerEngine
window_json.py     a window as one line of JSON and back
window_journal.py  an append-only file of windows, to resume a file without a catalog
timestamps.py      pure: parse Whisper's timestamp tokens into pieces of text with times
sentences.py       pure: segments that start and end with their words
dropped_speech.py  pure: speech that Whisper wrote nothing for
clamp_words.py     pure: word times moved inside their segment
"""

from transcripts.engine.interface import (
    Ended,
    Engine,
    Job,
    Options,
    Step,
    Transcribed,
    Window,
    collect,
    transcribe,
    windows,
)
from transcripts.engine.openai_whisper import find, load

__all__ = [
    "Ended",
    "Engine",
    "Job",
    "Options",
    "Step",
    "Transcribed",
    "Window",
    "collect",
    "find",
    "load",
    "transcribe",
    "windows",
]
