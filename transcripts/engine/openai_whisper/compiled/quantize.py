"""Kernels for quantization around torch's int8 products: rotate and scale rows, and scale back to float32."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from transcripts.engine.openai_whisper.compiled.arrays import HALF, INT8_MAX, ONE, TINY, Floats, Levels
from transcripts.engine.openai_whisper.compiled.jit import cache_path, fastmath_jit


@fastmath_jit
def rotate(values: Floats, signs: Floats, lane: int) -> None:
    """Rotate a row in place, to spread outliers over all numbers a multiple of ``lane`` apart.

    A Hadamard transform after random sign changes, which keep numbers of one sign from adding up in one place.
    ``signs`` include the factor that makes it a rotation.
    """
    for i in range(len(values)):
        values[i] *= signs[i]
    step = lane
    while step < len(values):
        for start in range(0, len(values), 2 * step):
            left, right = values[start : start + step], values[start + step : start + 2 * step]
            for i in range(step):
                a, b = left[i], right[i]
                left[i], right[i] = a + b, a - b
        step *= 2


@fastmath_jit
def quantize_weight(weight: Floats, signs: Floats, lane: int, levels: Levels, scales: Floats) -> None:
    """Rotate each row of a weight [out, in] and quantize it, with a scale for each output."""
    row = np.empty(weight.shape[1], np.float32)
    for out in range(weight.shape[0]):
        row[:] = weight[out]
        rotate(row, signs, lane)
        most = TINY
        for i in range(len(row)):
            most = max(most, abs(row[i]))
        step, kept = INT8_MAX / most, levels[out]
        for i in range(len(row)):
            kept[i] = np.int8(np.floor(row[i] * step + HALF))
        scales[out] = most / INT8_MAX


@fastmath_jit
def rotate_and_scale(x: Floats, signs: Floats, lane: int, scales: Floats) -> None:
    """Rotate each row, and divide it by its greatest absolute value, which goes to ``scales``."""
    for row in range(x.shape[0]):
        values = x[row]
        rotate(values, signs, lane)
        most = TINY
        for i in range(len(values)):
            most = max(most, abs(values[i]))
        scales[row] = most
        share = ONE / most
        for i in range(len(values)):
            values[i] *= share


@fastmath_jit
def rescale(x: Floats, scales: Floats, biases: Floats) -> None:
    """Multiply each row by its scale, and add the biases."""
    for row in range(x.shape[0]):
        values, scale = x[row], scales[row]
        for i in range(len(values)):
            values[i] = values[i] * scale + biases[i]


@fastmath_jit
def add_rescaled(sums: Floats, x: Floats, scales: Floats, biases: Floats) -> None:
    """Add to the sums what ``rescale`` makes of x."""
    for row in range(x.shape[0]):
        total, values, scale = sums[row], x[row], scales[row]
        for i in range(len(values)):
            total[i] += values[i] * scale + biases[i]


def cache_folder() -> Path | None:
    """Return the folder of the cached machine code, or None."""
    return cache_path(rotate)
