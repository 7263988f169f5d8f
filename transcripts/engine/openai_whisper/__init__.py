"""openai-whisper as an engine: the only package that imports whisper and torch, which load with the first model only.

checkpoint.py            a model from its name or file
precision.py             choose int8, float16 or float32
precision_loss.py        how much accuracy a model loses in a fast precision
precision_cache.py       the measured loss, cached on disk
batch_size.py            how many windows at once are fastest and fit into memory

engine.py                WhisperEngine: the chunks of many files in batches of windows
job_state.py             one job in progress: its sound, its chunks, its next windows
vad.py                   voice activity detection (silero-vad)
languages.py             detect which language is spoken where
window_transcriber.py    transcribe a batch of windows, retry those in doubt
temperature_fallback.py  accept a result, or decode again at a higher temperature or with beam search
tokenizer.py             tokenizer, language code and prompt tokens
mel.py                   the log-mel spectrogram of one window, equal to that of the whole file
segments.py              decoded tokens into segments
word_timestamps.py       word timestamps by DTW on cross-attention

decoding.py              Decoder: windows into tokens
decode_loop.py           the decode loop: a batch of rows, from which each row leaves when it is done
decoded.py               Decoded: the text of a window, and Whisper's figures
sampling.py              which tokens are allowed, and which is chosen
beam_search.py           beam search
repetition.py            detect text that repeats itself while it is being decoded
threads.py               parallel map, one thread a core

protocols.py             what the decode loop needs: KVCache and TextDecoder
encoder.py               the encoder, in torch
text_decoder.py          the text decoder, in torch
layers.py                the layers that both are made of
linear.py                linear layers in float and int8
kv_cache.py              the KV cache, in torch
cuda_graphs.py           decoder steps recorded and replayed as CUDA graphs
compiled/                encoder and text decoder on a CPU, as machine code
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
    """Load a Whisper model as an engine.

    Arguments and errors are those of ``checkpoint.read``, ``Decoder`` and ``WhisperEngine``. The engine is imported
    inside: the parent process loads neither numpy nor PyAV.
    """
    from transcripts.engine.openai_whisper.engine import WhisperEngine

    name, weights = checkpoint.read(model, device=device, progress=progress)
    return WhisperEngine(name, weights, precision, batch=batch, folder=folder)
