"""openai-whisper as an engine: the only door to whisper and torch, which load with the first model only.

checkpoint.py   a model from its name or file
loading.py      load(), for whoever must not load numpy and PyAV before a model is wanted
engine.py       WhisperEngine: the stripes of many files in lockstep
listening.py    one job while it is heard: its sound, its stripes, its next windows
speech.py       where people speak (silero-vad)
hearing.py      a batch of windows decoded, doubted, heard again
mel.py          one window's log-mel, as if the whole file's had been taken
asked.py        a job's language and prompt in the model's terms
decoding.py     windows into tokens
judge.py        whether they will do, and another try
text.py         tokens into segments
"""

from transcripts.engine.openai_whisper.checkpoint import find
from transcripts.engine.openai_whisper.loading import load

__all__ = ["find", "load"]
