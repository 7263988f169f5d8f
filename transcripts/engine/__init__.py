"""Sound to words.

interface.py       Options, Window, the Engine protocol, transcribe(): what every engine keeps
openai_whisper.py  load(), find() and WhisperEngine: the only door to whisper and torch
"""

from transcripts.engine.interface import Engine, Options, Window, transcribe
from transcripts.engine.openai_whisper import WhisperEngine, find, load

__all__ = ["Engine", "Options", "WhisperEngine", "Window", "find", "load", "transcribe"]
