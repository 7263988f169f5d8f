"""Where the time of encoder and decode loop goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import numpy as np
import torch
from whisper.audio import N_SAMPLES, log_mel_spectrogram

from transcripts.engine.openai_whisper.decoding import Decoder, Row
from transcripts.engine.openai_whisper.loop import Loop
from transcripts.engine.openai_whisper.network import Network
from transcripts.engine.openai_whisper.rules import Rules

#: The functions that are timed, and what they do.
TIMED = {
    "keys and values of the sound": (Network, "listen"),
    "logits": (Network, "logits"),
    "attention to the sound": (Network, "_sound"),
    "attention to own tokens": (Network, "_own"),
    "rules": (Rules, "choose"),
    "rows that move up": (Loop, "_done"),
}


def parts(decoder: Decoder, mels: torch.Tensor, tokens: int) -> dict[str, float]:
    """Seconds a window for each part. Timing itself costs a little."""
    spent: dict[str, float] = {}
    sound = np.random.default_rng(1).standard_normal(N_SAMPLES).astype(np.float32)
    with _timed(spent, "mel"):
        for _ in mels:
            log_mel_spectrogram(sound)
    with _timed(spent, "encoder"):
        rows = [Row(decoder.encode(mel), "en") for mel in mels]
    with ExitStack() as stack:
        for name, (owner, function) in TIMED.items():
            stack.enter_context(patch.object(owner, function, _wrapped(getattr(owner, function), spent, name)))
        with _timed(spent, "decode loop in all, of which"):
            decoder.decode(rows, exactly=tokens)
    whole = spent["decode loop in all, of which"]
    spent["linear layers, norms and the rest"] = whole - sum(spent[name] for name in TIMED)
    order = ["mel", "encoder", "decode loop in all, of which", *TIMED, "linear layers, norms and the rest"]
    return {name: spent[name] / len(mels) for name in order}


@contextmanager
def _timed(spent: dict[str, float], name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    spent[name] = spent.get(name, 0.0) + time.perf_counter() - begin


def _wrapped(function: Callable[..., object], spent: dict[str, float], name: str) -> Callable[..., object]:
    def timed(*arguments: object, **named: object) -> object:
        with _timed(spent, name):
            return function(*arguments, **named)

    return timed
