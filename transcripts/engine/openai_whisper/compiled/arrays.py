"""The arrays that the kernels take, and the numbers that several of them share.

Numbers are float32, rows are contiguous, and sums run over the last axis of both factors: written in this way, the compiler makes of each
loop what the processor's vector units can do at most.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Levels = NDArray[np.int8]
Integers = NDArray[np.int64]
Float = np.float32

TILE = 4
"""Rows of one product; with two outputs at once they fill the 16 registers that every x86 with AVX2 has."""

LANES = 32
"""Numbers that a loop takes at a time: times are filled up to whole ones."""

LOWEST = np.float32(-1e30)
"""Less than any score. Loops are compiled as if there were no infinity."""

TINY = np.float32(1e-30)
"""What is divided by at least."""

INT8_MAX = np.float32(127)
"""The highest level of 8 bits."""

ZERO, HALF, ONE = np.float32(0), np.float32(0.5), np.float32(1)


class StackedLinear(NamedTuple):
    """Linear layers of the same place in all blocks: levels [layers, out, in], and scales and biases [layers, out]."""

    levels: Levels
    scales: Floats
    biases: Floats


class StackedNorms(NamedTuple):
    """Normalisations of the same place in all blocks, each [layers, state]."""

    weights: Floats
    biases: Floats


class DecoderWeights(NamedTuple):
    """The decoder without vocabulary and the layers that keys and values of the sound are made by."""

    embedding: Floats
    positions: Floats
    self_norm: StackedNorms
    self_qkv: StackedLinear
    self_out: StackedLinear
    cross_norm: StackedNorms
    cross_query: StackedLinear
    cross_out: StackedLinear
    mlp_norm: StackedNorms
    mlp_in: StackedLinear
    mlp_out: StackedLinear
    last_norm: StackedNorms


class KVArrays(NamedTuple):
    """What is kept of rows.

    Of the sound, in 8 bits [layers, slots, heads, times, width] with scales [layers, slots, state]; of own tokens [layers, slots,
    positions, state]; how many times a slot's sound has [slots], a multiple of 4,
    and which slot's sound a row hears [slots].
    """

    cross_keys: Levels
    cross_key_scales: Floats
    cross_values: Levels
    cross_value_scales: Floats
    self_keys: Floats
    self_values: Floats
    audio_lengths: Integers
    audio_slots: Integers
