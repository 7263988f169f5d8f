"""openai-whisper as an engine: the only door to whisper and torch, which load with the first model only.

checkpoint.py   a model from its name or file
precision.py    int8, float16 or float32, where a trial says that the model bears it
precision_loss.py        how much a model loses in a fast precision
precision_cache.py     what a trial found, kept
batch_size.py   how many windows at once are fastest and fit into memory

engine.py       WhisperEngine: the stripes of many files in lockstep
job_state.py    one job while it is heard: its sound, its stripes, its next windows
vad.py       where people speak (silero-vad)
languages.py    which language is spoken where, where nobody said which
window_transcriber.py      a batch of windows decoded, doubted, heard again
temperature_fallback.py        whether they will do, and another try
tokenizer.py        a job's language and prompt in the model's terms
mel.py          one window's log-mel, as if the whole file's had been taken
segments.py         tokens into segments
word_timestamps.py   when each word was said

decoding.py     windows into tokens
decode_loop.py         the decode loop: rows side by side, each leaves when it is done
sampling.py        which token may follow, and which does
beam_search.py        the likeliest texts side by side, in place of the likeliest token
repetition.py      text that only repeats itself, noticed while it grows
threads.py      work side by side, a thread for each core

protocols.py     what the loop needs of a decoder
encoder.py      the encoder, in torch
text_decoder.py      the decoder, in torch
layers.py        what both are made of
linear.py       linear layers in the precisions
kv_cache.py       the keys and values of the rows that are being written
cuda_graphs.py     a step of the decoder, recorded once and replayed on a GPU
compiled/       both on a processor, in machine code
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from transcripts.engine.openai_whisper import checkpoint
from transcripts.engine.openai_whisper.checkpoint import find

if TYPE_CHECKING:
    from transcripts.engine.openai_whisper.engine import WhisperEngine

__all__ = ["find", "load"]


def load(
    model: str,
    *,
    device: str | None = None,
    progress: bool = False,
    precision: str = "auto",
    batch: int | None = None,
    folder: Path | None = None,
) -> WhisperEngine:
    """Load a Whisper model as an engine; arguments and errors are those of ``checkpoint.read``, ``Decoder`` and the engine.

    The engine is imported here: the program's parent process loads neither numpy nor PyAV.
    """
    from transcripts.engine.openai_whisper.engine import WhisperEngine

    name, weights = checkpoint.read(model, device=device, progress=progress)
    return WhisperEngine(name, weights, precision, batch=batch, folder=folder)
