"""Sound to words.

interface.py       Options, Job, Window, Step, the Engine protocol; windows(), transcribe(): what every engine keeps
openai_whisper/    load() and find(), WhisperEngine: the only door to whisper and torch
vad_chunking.py            pure: the windows a file is heard in, from where people speak
chunks.py         pure: the parts a file is heard in, and how far each is
faster_whisper.py  the same for those who have faster-whisper's models
worker/             WorkerEngine: an engine in a process of its own, whose death costs one file
factory.py         from an engine's name (transcripts.engine_options) to a WorkerEngine
window_json.py          a window as text and back
window_journal.py            windows on disk, for whoever hears a file without a catalog
timestamps.py      pure: a window's tokens cut into pieces with times
sentences.py       pure: segments that begin and end with their words
dropped_speech.py        pure: speech that nothing was written for
clamp_words.py          pure: words within their segment, in whisper's own way
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
