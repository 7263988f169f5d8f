"""Greedy decoding in one pass over the vocabulary, for which torch takes a dozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled.activations import exp
from transcripts.engine.openai_whisper.compiled.arrays import LOWEST, ZERO, Float, Floats, Integers
from transcripts.engine.openai_whisper.compiled.jit import fastmath_jit
from transcripts.engine.openai_whisper.sampling import Sampler, TimestampState

if TYPE_CHECKING:
    import torch


@fastmath_jit
def max_value(values: Floats) -> Float:
    """Return the maximum, or ``LOWEST`` if there are no values."""
    found = LOWEST
    for i in range(len(values)):
        found = max(found, values[i])
    return found


@fastmath_jit
def exp_sum(values: Floats, top: Float) -> Float:
    """Return the sum of exponentials, shifted by ``top``."""
    total = ZERO
    for i in range(len(values)):
        total += exp(values[i] - top)
    return total


@fastmath_jit
def index_of(values: Floats, value: Float) -> int:
    """Return the first index of a value, or 0."""
    for i in range(len(values)):
        if values[i] == value:
            return i
    return 0


@fastmath_jit
def greedy(logits: Floats, ranges: Integers, tokens: Integers, logprobs: Floats) -> None:
    """Choose the likeliest token of each row of logits [rows, vocabulary], and return its log-probability.

    It is a text token or, if all timestamps together are likelier than any of those, a timestamp. ``ranges`` [rows, 4]
    are the allowed text tokens, from and to, and the allowed timestamps, from and to. Other forbidden tokens have the
    logit ``LOWEST``.
    """
    for row in range(logits.shape[0]):
        text, times = logits[row, ranges[row, 0] : ranges[row, 1]], logits[row, ranges[row, 2] : ranges[row, 3]]
        best_text, best_time = max_value(text), max_value(times)
        all_times = best_time + np.log(exp_sum(times, best_time)) if len(times) else LOWEST
        if all_times > best_text:
            tokens[row] = ranges[row, 2] + index_of(times, best_time)
            logprobs[row] = best_time - all_times
        else:
            top = max(best_text, best_time)
            total = exp_sum(text, top) + (exp_sum(times, top) if len(times) else ZERO)
            tokens[row] = ranges[row, 0] + index_of(text, best_text)
            logprobs[row] = best_text - top - np.log(total)


class CompiledSampler(Sampler):
    """A ``Sampler`` with compiled greedy decoding. Higher temperatures use torch."""

    def greedy(self, logits: torch.Tensor, states: Sequence[TimestampState]) -> tuple[list[int], list[float]]:
        """See ``Sampler.greedy``."""
        numbers = logits.numpy()
        numbers[:, self.suppressed.numpy()] = LOWEST
        ranges = np.array([self.allowed_ranges(row) for row in states], np.int64)
        tokens, logprobs = np.empty(len(ranges), np.int64), np.empty(len(ranges), np.float32)
        greedy(numbers, ranges, tokens, logprobs)
        return tokens.tolist(), logprobs.tolist()
