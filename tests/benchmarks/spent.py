"""Where the time of encoder and decode loop goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Lock
from unittest.mock import patch

import numpy as np
import torch
from whisper.audio import N_SAMPLES, log_mel_spectrogram

from transcripts.engine.openai_whisper.compiled import forward
from transcripts.engine.openai_whisper.compiled.arrays import StackedLinear
from transcripts.engine.openai_whisper.compiled.text_decoder import CompiledTextDecoder
from transcripts.engine.openai_whisper.decode_loop import DecodeLoop
from transcripts.engine.openai_whisper.decoding import Decoder, Row
from transcripts.engine.openai_whisper.sampling import Sampler

LOCK = Lock()
ROWS = 8
"""Rows of the kernels that are measured by themselves."""


def parts(decoder: Decoder, mels: torch.Tensor, tokens: int) -> dict[str, float]:
    """Seconds a window for each part. Timing itself costs a little; what several threads do at once is shared out among them."""
    network = decoder._text_decoder
    functions = {
        "keys and values of the sound": (type(network), "set_audio"),
        "layers": (type(network), "forward"),
        "logits": (type(network), "logits"),
        "rules": (Sampler, "choose"),
        "rows that move up": (DecodeLoop, "_pop_done"),
    }
    spent: dict[str, float] = {}
    sound = np.random.default_rng(1).standard_normal(N_SAMPLES).astype(np.float32)
    with _timed(spent, "mel"):
        for _ in mels:
            log_mel_spectrogram(sound)
    with _timed(spent, "encoder"):
        rows = [Row(features, "en") for features in decoder.each(decoder.encode, list(mels))]
    threads = torch.get_num_threads() if network.single_threaded else 1
    with ExitStack() as stack:
        for name, (owner, function) in functions.items():
            stack.enter_context(patch.object(owner, function, _wrapped(getattr(owner, function), spent, name, threads)))
        with _timed(spent, "decode loop in all, of which"):
            decoder.decode(rows, exactly=tokens)
    found = {name: seconds / len(mels) for name, seconds in spent.items()}
    order = ["mel", "encoder", "decode loop in all, of which", *functions]
    return {name: found[name] for name in order} | (
        _kernels(network, tokens, threads) if network.single_threaded else {}
    )


def _kernels(network: CompiledTextDecoder, tokens: int, threads: int) -> dict[str, float]:
    """Seconds a window for each kind of sum in the compiled layers, each by itself, on all threads at once."""
    work = {"products": _products, "attention to the sound": _sound, "attention to own tokens": _own}
    with ThreadPoolExecutor(threads) as pool:
        return {
            f"  layers: {name}, by themselves": _least(make, network, tokens, pool, threads) * tokens / ROWS / threads
            for name, make in work.items()
        }


def _least(
    make: Callable[[CompiledTextDecoder, int], Callable[[], None]],
    network: CompiledTextDecoder,
    tokens: int,
    pool: ThreadPoolExecutor,
    threads: int,
) -> float:
    """The seconds of a step of ``ROWS`` rows in each thread."""
    made = [make(network, tokens) for _ in range(threads)]
    taken = []
    for _ in range(7):
        begin = time.perf_counter()
        for one in [pool.submit(work) for work in made]:
            one.result()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def _products(network: CompiledTextDecoder, _: int) -> Callable[[], None]:
    weights = network._weights
    products = [one for one in weights if isinstance(one, StackedLinear)]

    def work() -> None:
        for product in products:
            x = np.ones((ROWS, product.levels.shape[2]), np.float32)
            y = np.empty((ROWS, product.levels.shape[1]), np.float32)
            for layer in zip(*product, strict=True):
                forward.linear(x, *layer, y)

    return work


def _sound(network: CompiledTextDecoder, _: int) -> Callable[[], None]:
    slots, state = network.new_cache(ROWS, 1), network.dims.n_text_state
    for kept in slots.arrays[:4]:
        kept[:] = 1
    query, y, scores = np.ones(state, np.float32), np.empty(state, np.float32), np.empty(1504, np.float32)
    no_scores = np.empty((0, 0), np.float32)

    def work() -> None:
        for layer in range(network.dims.n_text_layer):
            for slot in range(ROWS):
                forward.cross_attention(query, slots.arrays, layer, slot, scores, slots.recorded[layer], no_scores, y)

    return work


def _own(network: CompiledTextDecoder, tokens: int) -> Callable[[], None]:
    dims = network.dims
    slots, state = network.new_cache(ROWS, tokens), dims.n_text_state
    for kept in slots.arrays[4:]:
        kept[:] = 1
    made, y, scores = np.ones(3 * state, np.float32), np.empty(state, np.float32), np.empty(tokens, np.float32)

    def work() -> None:
        for layer in range(dims.n_text_layer):
            for slot in range(ROWS):
                keys, values = slots.arrays.self_keys[layer, slot], slots.arrays.self_values[layer, slot]
                forward.self_attention(made, keys, values, tokens // 2, dims.n_text_head, scores, y)

    return work


@contextmanager
def _timed(spent: dict[str, float], name: str, threads: int = 1) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    with LOCK:
        spent[name] = spent.get(name, 0.0) + (time.perf_counter() - begin) / threads


def _wrapped(
    function: Callable[..., object], spent: dict[str, float], name: str, threads: int
) -> Callable[..., object]:
    def timed(*arguments: object, **named: object) -> object:
        with _timed(spent, name, threads):
            return function(*arguments, **named)

    return timed
