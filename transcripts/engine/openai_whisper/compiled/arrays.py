"""The arrays of the kernels, and constants that several kernels share.

Numbers are float32, rows are contiguous, and sums run over the last axis of both factors. That lets the compiler use
the processor's vector units fully.
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
"""Rows of one product. With two outputs at once they fill the 16 registers of every x86 with AVX2."""

LANES = 32
"""Numbers that a loop processes at once; the number of times is padded to a multiple."""

LOWEST = np.float32(-1e30)
"""Less than any score. Kernels are compiled as if there were no infinity."""

TINY = np.float32(1e-30)
"""Minimum divisor."""

INT8_MAX = np.float32(127)
"""The highest level of 8 bits."""

ZERO, HALF, ONE = np.float32(0), np.float32(0.5), np.float32(1)


class StackedLinear(NamedTuple):
    """The same linear layer of all blocks: levels [layers, out, in], and scales and biases [layers, out]."""

    levels: Levels
    scales: Floats
    biases: Floats


class StackedNorms(NamedTuple):
    """The same layer normalization of all blocks, each [layers, state]."""

    weights: Floats
    biases: Floats


class DecoderWeights(NamedTuple):
    """The decoder without the output layer, and without the layers of the cross-attention keys and values."""

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
    """The keys and values of rows.

    Cross-attention: 8 bits [layers, slots, heads, times, width] with scales [layers, slots, state]. Self-attention:
    [layers, slots, positions, state]. ``audio_lengths`` [slots] is the number of times of each slot's audio, a multiple
    of 4; ``audio_slots`` [slots] is the slot whose audio a row attends to.
    """

    cross_keys: Levels
    cross_key_scales: Floats
    cross_values: Levels
    cross_value_scales: Floats
    self_keys: Floats
    self_values: Floats
    audio_lengths: Integers
    audio_slots: Integers
