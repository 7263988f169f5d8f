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

from transcripts.engine.openai_whisper.compiled import kernels
from transcripts.engine.openai_whisper.compiled.text_decoder import CompiledNetwork
from transcripts.engine.openai_whisper.decode_loop import Loop
from transcripts.engine.openai_whisper.decoding import Decoder, Row
from transcripts.engine.openai_whisper.sampling import Rules

LOCK = Lock()
ROWS = 8
"""Rows of the kernels that are measured by themselves."""


def parts(decoder: Decoder, mels: torch.Tensor, tokens: int) -> dict[str, float]:
    """Seconds a window for each part. Timing itself costs a little; what several threads do at once is shared out among them."""
    network = decoder._network
    functions = {
        "keys and values of the sound": (type(network), "listen"),
        "layers": (type(network), "read"),
        "logits": (type(network), "logits"),
        "rules": (Rules, "choose"),
        "rows that move up": (Loop, "_done"),
    }
    spent: dict[str, float] = {}
    sound = np.random.default_rng(1).standard_normal(N_SAMPLES).astype(np.float32)
    with _timed(spent, "mel"):
        for _ in mels:
            log_mel_spectrogram(sound)
    with _timed(spent, "encoder"):
        rows = [Row(features, "en") for features in decoder.each(decoder.encode, list(mels))]
    threads = torch.get_num_threads() if network.alone else 1
    with ExitStack() as stack:
        for name, (owner, function) in functions.items():
            stack.enter_context(patch.object(owner, function, _wrapped(getattr(owner, function), spent, name, threads)))
        with _timed(spent, "decode loop in all, of which"):
            decoder.decode(rows, exactly=tokens)
    found = {name: seconds / len(mels) for name, seconds in spent.items()}
    order = ["mel", "encoder", "decode loop in all, of which", *functions]
    return {name: found[name] for name in order} | (_kernels(network, tokens, threads) if network.alone else {})


def _kernels(network: CompiledNetwork, tokens: int, threads: int) -> dict[str, float]:
    """Seconds a window for each kind of sum in the compiled layers, each by itself, on all threads at once."""
    work = {"products": _products, "attention to the sound": _sound, "attention to own tokens": _own}
    with ThreadPoolExecutor(threads) as pool:
        return {
            f"  layers: {name}, by themselves": _least(make, network, tokens, pool, threads) * tokens / ROWS / threads
            for name, make in work.items()
        }


def _least(
    make: Callable[[CompiledNetwork, int], Callable[[], None]],
    network: CompiledNetwork,
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


def _products(network: CompiledNetwork, _: int) -> Callable[[], None]:
    weights = network._weights
    products = [one for one in weights if isinstance(one, kernels.Product)]

    def work() -> None:
        for product in products:
            x = np.ones((ROWS, product.levels.shape[2]), np.float32)
            y = np.empty((ROWS, product.levels.shape[1]), np.float32)
            for layer in zip(*product, strict=True):
                kernels.multiply(x, *layer, y)

    return work


def _sound(network: CompiledNetwork, _: int) -> Callable[[], None]:
    slots, state = network.slots(ROWS, 1), network.dims.n_text_state
    for kept in slots.memory[:4]:
        kept[:] = 1
    query, y, scores = np.ones(state, np.float32), np.empty(state, np.float32), np.empty(1504, np.float32)
    nobody = np.empty((0, 0), np.float32)

    def work() -> None:
        for layer in range(network.dims.n_text_layer):
            for slot in range(ROWS):
                kernels.attend_sound(query, slots.memory, layer, slot, scores, nobody, y)

    return work


def _own(network: CompiledNetwork, tokens: int) -> Callable[[], None]:
    dims = network.dims
    slots, state = network.slots(ROWS, tokens), dims.n_text_state
    for kept in slots.memory[4:]:
        kept[:] = 1
    made, y, scores = np.ones(3 * state, np.float32), np.empty(state, np.float32), np.empty(tokens, np.float32)

    def work() -> None:
        for layer in range(dims.n_text_layer):
            for slot in range(ROWS):
                keys, values = slots.memory.own_keys[layer, slot], slots.memory.own_values[layer, slot]
                kernels.attend_own(made, keys, values, tokens // 2, dims.n_text_head, scores, y)

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
