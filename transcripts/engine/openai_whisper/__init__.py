"""openai-whisper as an engine: the only door to whisper and torch, which load with the first model only.

checkpoint.py   a model from its name or file
decoding.py     windows into tokens
engine.py       load() and WhisperEngine: windows of many files, judged, tried again, gone on with
"""

from transcripts.engine.openai_whisper.checkpoint import find
from transcripts.engine.openai_whisper.engine import WhisperEngine, load

__all__ = ["WhisperEngine", "find", "load"]
