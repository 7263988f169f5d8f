"""Kernels for the decoder's forward pass: linear layers, self-attention and cross-attention of one block after another.

Weights have 8 bits and a scale for each output, and are multiplied as float32: reading them is what takes time. The
sums of a row do not depend on other rows: products take rows four at a time, padded with zeros.
"""

from __future__ import annotations

import numpy as np

from transcripts.engine.openai_whisper.compiled.activations import gelu, layer_norm, softmax
from transcripts.engine.openai_whisper.compiled.arrays import (
    HALF,
    INT8_MAX,
    LANES,
    LOWEST,
    ONE,
    TILE,
    TINY,
    ZERO,
    DecoderWeights,
    Floats,
    Integers,
    KVArrays,
    Levels,
    StackedLinear,
    StackedNorms,
)
from transcripts.engine.openai_whisper.compiled.jit import fastmath_jit


@fastmath_jit
def linear(x: Floats, levels: Levels, scales: Floats, biases: Floats, y: Floats) -> None:
    """Apply a linear layer to rows [rows, in], a multiple of ``TILE``: y [rows, out]. ``out`` is even."""
    for row in range(0, x.shape[0], TILE):
        x0, x1, x2, x3 = x[row], x[row + 1], x[row + 2], x[row + 3]
        for out in range(0, levels.shape[0], 2):
            w0, w1 = levels[out], levels[out + 1]
            a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = ZERO
            for i in range(x.shape[1]):
                p, q = np.float32(w0[i]), np.float32(w1[i])
                a0 += x0[i] * p
                a1 += x1[i] * p
                a2 += x2[i] * p
                a3 += x3[i] * p
                b0 += x0[i] * q
                b1 += x1[i] * q
                b2 += x2[i] * q
                b3 += x3[i] * q
            scale, bias = scales[out], biases[out]
            y[row, out], y[row + 1, out] = a0 * scale + bias, a1 * scale + bias
            y[row + 2, out], y[row + 3, out] = a2 * scale + bias, a3 * scale + bias
            scale, bias = scales[out + 1], biases[out + 1]
            y[row, out + 1], y[row + 1, out + 1] = b0 * scale + bias, b1 * scale + bias
            y[row + 2, out + 1], y[row + 3, out + 1] = b2 * scale + bias, b3 * scale + bias


@fastmath_jit
def add_linear(x: Floats, given: Floats, product: StackedLinear, layer: int, made: Floats) -> None:
    """Add the output of a linear layer to x. ``made`` is a buffer for it."""
    linear(given, product.levels[layer], product.scales[layer], product.biases[layer], made)
    for row in range(x.shape[0]):
        sums, one = x[row], made[row]
        for i in range(x.shape[1]):
            sums[i] += one[i]


@fastmath_jit
def norm_linear(
    x: Floats, norms: StackedNorms, product: StackedLinear, layer: int, normal: Floats, made: Floats
) -> None:
    """Apply layer normalization and a linear layer to x. ``normal`` is a buffer for the normalized rows."""
    layer_norm(x, norms.weights[layer], norms.biases[layer], normal)
    linear(normal, product.levels[layer], product.scales[layer], product.biases[layer], made)


@fastmath_jit
def quantize_kv(made: Floats, first: int, levels: Levels, scales: Floats) -> None:
    """Quantize cross-attention keys or values to 8 bits, with a scale for each number of the state.

    From [times, from ``first`` on] to levels [heads, times or more, width].
    """
    heads, _, width = levels.shape
    times = made.shape[0]
    scales[:] = TINY
    for time in range(times):
        line = made[time, first : first + len(scales)]
        for i in range(len(scales)):
            scales[i] = max(scales[i], abs(line[i]))
    steps = INT8_MAX / scales
    for time in range(times):
        for head in range(heads):
            start = head * width
            line, step, kept = made[time, first + start : first + start + width], steps[start:], levels[head, time]
            for i in range(width):
                kept[i] = np.int8(np.floor(line[i] * step[i] + HALF))
    for i in range(len(scales)):
        scales[i] = scales[i] / INT8_MAX


@fastmath_jit
def score_keys(query: Floats, keys: Levels, times: int, scores: Floats) -> None:
    """Multiply one head's query [width] by its keys [times or more, width], four times per iteration."""
    for time in range(0, times, 4):
        k0, k1, k2, k3 = keys[time], keys[time + 1], keys[time + 2], keys[time + 3]
        a = b = c = d = ZERO
        for i in range(len(query)):
            q = query[i]
            a += q * np.float32(k0[i])
            b += q * np.float32(k1[i])
            c += q * np.float32(k2[i])
            d += q * np.float32(k3[i])
        scores[time], scores[time + 1], scores[time + 2], scores[time + 3] = a, b, c, d


@fastmath_jit
def weigh_values(shares: Floats, values: Levels, times: int, y: Floats) -> None:
    """Sum the values [times or more, width] weighted by their shares."""
    y[:] = ZERO
    for time in range(0, times, 4):
        v0, v1, v2, v3 = values[time], values[time + 1], values[time + 2], values[time + 3]
        s0, s1, s2, s3 = shares[time], shares[time + 1], shares[time + 2], shares[time + 3]
        for i in range(len(y)):
            y[i] += s0 * np.float32(v0[i]) + s1 * np.float32(v1[i]) + s2 * np.float32(v2[i]) + s3 * np.float32(v3[i])


@fastmath_jit
def self_attention(
    made: Floats, keys: Floats, values: Floats, count: int, heads: int, scores: Floats, y: Floats
) -> None:
    """Attend from one token [3 state: query, key, value] to the first ``count`` tokens of its row, itself included.

    Keys and values are [positions, state], the result y is [state].
    """
    state = len(y)
    width = state // heads
    keys[count - 1], values[count - 1] = made[state : 2 * state], made[2 * state :]
    y[:] = ZERO
    for start in range(0, state, width):
        query, head = made[start : start + width], y[start : start + width]
        for position in range(count):
            key, score = keys[position, start : start + width], ZERO
            for i in range(width):
                score += query[i] * key[i]
            scores[position] = score
        total = softmax(scores, count)
        for position in range(count):
            share, value = scores[position] / total, values[position, start : start + width]
            for i in range(width):
                head[i] += share * value[i]


@fastmath_jit
def cross_attention(
    query: Floats,
    arrays: KVArrays,
    layer: int,
    slot: int,
    scores: Floats,
    recorded: Integers,
    scores_out: Floats,
    y: Floats,
) -> None:
    """Attend from one token's query [state] to the audio of its row: y [state].

    ``scores_out`` [recorded heads, times or more] receives the scores of each recorded head: ``recorded`` [heads] is
    its index there, or -1.
    """
    heads, _, width = arrays.cross_keys.shape[2:]
    times = arrays.audio_lengths[slot]
    whole = (times + LANES - 1) // LANES * LANES
    key_scales, value_scales = arrays.cross_key_scales[layer, slot], arrays.cross_value_scales[layer, slot]
    scaled = query * key_scales
    for head in range(heads):
        start, end = head * width, (head + 1) * width
        score_keys(scaled[start:end], arrays.cross_keys[layer, slot, head], times, scores)
        if recorded[head] >= 0:
            scores_out[recorded[head], :times] = scores[:times]
            scores_out[recorded[head], times:] = LOWEST
        scores[times:whole] = LOWEST
        share = ONE / softmax(scores, whole)
        weigh_values(scores, arrays.cross_values[layer, slot, head], times, y[start:end])
        for i in range(start, end):
            y[i] *= value_scales[i] * share


@fastmath_jit
def forward(
    tokens: Integers,
    slots: Integers,
    positions: Integers,
    weights: DecoderWeights,
    arrays: KVArrays,
    recorded: Integers,
    scores_out: Floats,
    states: Floats,
) -> None:
    """Run the forward pass. Token n is that of a slot at a position; the tokens of a slot are in order.

    ``scores_out`` [tokens, recorded heads, times] receives the cross-attention scores of each recorded head:
    ``recorded`` [layers, heads] is its index there, or -1. ``states`` [tokens padded to TILE, state] receives the
    hidden states.
    """
    rows, state = states.shape
    heads, times = arrays.cross_keys.shape[2:4]
    x = np.zeros_like(states)
    for n in range(len(tokens)):
        x[n] = weights.embedding[tokens[n]] + weights.positions[positions[n]]
    normal, attended, made = np.zeros_like(x), np.zeros_like(x), np.empty_like(x)
    wide = np.empty((rows, 3 * state), np.float32)
    inner = np.empty((rows, weights.mlp_in.levels.shape[1]), np.float32)
    scores = np.empty((times + LANES - 1) // LANES * LANES, np.float32)
    own_scores = np.empty(arrays.self_keys.shape[2], np.float32)
    for layer in range(weights.self_qkv.levels.shape[0]):
        norm_linear(x, weights.self_norm, weights.self_qkv, layer, normal, wide)
        for n in range(len(tokens)):
            keys, values = arrays.self_keys[layer, slots[n]], arrays.self_values[layer, slots[n]]
            self_attention(wide[n], keys, values, positions[n] + 1, heads, own_scores, attended[n])
        add_linear(x, attended, weights.self_out, layer, made)
        norm_linear(x, weights.cross_norm, weights.cross_query, layer, normal, made)
        for n in range(len(tokens)):
            slot = arrays.audio_slots[slots[n]]
            cross_attention(made[n], arrays, layer, slot, scores, recorded[layer], scores_out[n], attended[n])
        add_linear(x, attended, weights.cross_out, layer, made)
        norm_linear(x, weights.mlp_norm, weights.mlp_in, layer, normal, inner)
        gelu(inner)
        add_linear(x, inner, weights.mlp_out, layer, made)
    layer_norm(x, weights.last_norm.weights[0], weights.last_norm.biases[0], states)
