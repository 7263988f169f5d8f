"""Kernels for activations: exp, GELU, layer normalization, softmax.

numba compiles kernels when they are first called, and caches them on disk (see ``jit.py``). They release the GIL, so
several threads may each decode their own rows.
"""

from __future__ import annotations

import numpy as np

from transcripts.engine.openai_whisper.compiled.arrays import HALF, ONE, ZERO, Float, Floats
from transcripts.engine.openai_whisper.compiled.jit import fastmath_jit

EPSILON = np.float32(1e-5)
LOG2_E, LN2_HIGH, LN2_LOW = np.float32(1.44269504), np.float32(0.693359375), np.float32(-2.12194440e-4)
EXP = tuple(
    np.float32(value) for value in (1.98756915e-4, 1.39819995e-3, 8.33345191e-3, 4.16657959e-2, 1.66666654e-1, 0.5)
)
"""A polynomial for exp between -ln2/2 and ln2/2 (Cephes)."""
ERF = tuple(np.float32(value) for value in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592))
ERF_SLOPE = np.float32(0.3275911)
"""Abramowitz and Stegun 7.1.26: maximum error 1.5e-7."""
SQRT_HALF = np.float32(0.70710678)


@fastmath_jit
def exp(x: Float) -> Float:
    """Return the exponential of x <= 0. numba's own exp is called for one number at a time."""
    x = max(x, np.float32(-87.0))
    n = np.floor(x * LOG2_E + HALF)
    x = x - n * LN2_HIGH - n * LN2_LOW
    y = EXP[0]
    y = y * x + EXP[1]
    y = y * x + EXP[2]
    y = y * x + EXP[3]
    y = y * x + EXP[4]
    y = y * x + EXP[5]
    y = y * x * x + x + ONE
    return y * np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(
        np.float32
    )  # times 2 to the n, by its exponent bits


@fastmath_jit
def gelu(x: Floats) -> None:
    """Apply exact GELU in place: x/2 (1 + erf(x/sqrt 2))."""
    for row in range(x.shape[0]):
        values = x[row]
        for i in range(x.shape[1]):
            value = values[i]
            z = abs(value) * SQRT_HALF
            t = ONE / (ONE + ERF_SLOPE * z)
            y = ((((ERF[0] * t + ERF[1]) * t + ERF[2]) * t + ERF[3]) * t + ERF[4]) * t
            erf = ONE - y * exp(-z * z)
            values[i] = HALF * (value + abs(value) * erf)


@fastmath_jit
def layer_norm(x: Floats, weight: Floats, bias: Floats, y: Floats) -> None:
    """Normalize each row to mean 0 and variance 1, then apply weight and bias."""
    width = x.shape[1]
    share = ONE / np.float32(width)
    for row in range(x.shape[0]):
        given, made = x[row], y[row]
        total = ZERO
        for i in range(width):
            total += given[i]
        mean = total * share
        squares = ZERO
        for i in range(width):
            squares += (given[i] - mean) * (given[i] - mean)
        scale = ONE / np.sqrt(squares * share + EPSILON)
        for i in range(width):
            made[i] = (given[i] - mean) * scale * weight[i] + bias[i]


@fastmath_jit
def softmax(scores: Floats, count: int) -> Float:
    """Exponentiate the first ``count`` scores in place, shifted by their maximum; return their sum."""
    peak = scores[0]
    for i in range(count):
        peak = max(peak, scores[i])
    total = ZERO
    for i in range(count):
        scores[i] = exp(scores[i] - peak)
        total += scores[i]
    return total
