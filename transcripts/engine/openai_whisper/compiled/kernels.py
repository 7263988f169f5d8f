"""The inner loops, in machine code that numba makes at their first call and keeps beside this file (or in the user's cache).

Numbers are float32, rows are contiguous, sums run over the last axis of both factors: so written, the compiler makes of each loop what
the processor's vector units do at most. Weights are 8 bits with a scale for each output, and multiplied as float32: it is the reading of
them that takes time. A row's sums are the same whatever stands beside it: products take rows four at a time, filled up with zeros.

They release the GIL, so that several threads may each write rows of their own. All stand in one file, long as it is: numba makes a
function anew when its own file has changed, and does not notice a change in another.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transcripts.engine.openai_whisper.compiled.jit import compiled, kept_in

Floats = NDArray[np.float32]
Levels = NDArray[np.int8]
Integers = NDArray[np.int64]
Float = np.float32

TILE = 4
"""Rows of one product; with two outputs at once they fill the 16 registers that every x86 with AVX2 has."""

LANES = 32
"""Numbers that a loop takes at a time: times are filled up to whole ones."""

NEVER = np.float32(-1e30)
"""Less than any score. Loops are compiled as if there were no infinity."""

SMALLEST = np.float32(1e-30)
"""What is divided by at least."""

HIGHEST = np.float32(127)
"""The highest level of 8 bits."""

EPSILON = np.float32(1e-5)
ZERO, HALF, ONE = np.float32(0), np.float32(0.5), np.float32(1)
LOG2_E, LN2_HIGH, LN2_LOW = np.float32(1.44269504), np.float32(0.693359375), np.float32(-2.12194440e-4)
EXP = tuple(
    np.float32(value) for value in (1.98756915e-4, 1.39819995e-3, 8.33345191e-3, 4.16657959e-2, 1.66666654e-1, 0.5)
)
"""A polynomial for exp between -ln2/2 and ln2/2 (Cephes)."""
ERF = tuple(np.float32(value) for value in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592))
ERF_SLOPE = np.float32(0.3275911)
"""Abramowitz and Stegun 7.1.26: off by 1.5e-7 at most."""
ROOT_HALF = np.float32(0.70710678)


class Product(NamedTuple):
    """Linear layers of the same place in all blocks: levels [layers, out, in], and scales and biases [layers, out]."""

    levels: Levels
    scales: Floats
    biases: Floats


class Norms(NamedTuple):
    """Normalisations of the same place in all blocks, each [layers, state]."""

    weights: Floats
    biases: Floats


class Weights(NamedTuple):
    """The decoder without vocabulary and the layers that keys and values of the sound are made by."""

    embedding: Floats
    places: Floats
    own_norm: Norms
    own: Product
    own_out: Product
    sound_norm: Norms
    sound_query: Product
    sound_out: Product
    mlp_norm: Norms
    mlp_in: Product
    mlp_out: Product
    last_norm: Norms


class Memory(NamedTuple):
    """What is kept of rows.

    Of the sound, in 8 bits [layers, slots, heads, times, width] with scales [layers, slots, state]; of own tokens [layers, slots,
    positions, state]; how many times a slot's sound has [slots], a multiple of 4,
    and which slot's sound a row hears [slots].
    """

    sound_keys: Levels
    sound_key_scales: Floats
    sound_values: Levels
    sound_value_scales: Floats
    own_keys: Floats
    own_values: Floats
    times: Integers
    sounds: Integers


@compiled
def exp(x: Float) -> Float:
    """The exponential of an x up to 0: numba's own is called number by number."""
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
    return y * np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)  # times 2 to the n, by its bits


@compiled
def gelu(x: Floats) -> None:
    """The exact one, in place: x/2 (1 + erf(x/sqrt 2))."""
    for row in range(x.shape[0]):
        values = x[row]
        for i in range(x.shape[1]):
            value = values[i]
            z = abs(value) * ROOT_HALF
            t = ONE / (ONE + ERF_SLOPE * z)
            y = ((((ERF[0] * t + ERF[1]) * t + ERF[2]) * t + ERF[3]) * t + ERF[4]) * t
            erf = ONE - y * exp(-z * z)
            values[i] = HALF * (value + abs(value) * erf)


@compiled
def normalise(x: Floats, weight: Floats, bias: Floats, y: Floats) -> None:
    """Each row with mean 0 and variance 1, then weight and bias."""
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


@compiled
def multiply(x: Floats, levels: Levels, scales: Floats, biases: Floats, y: Floats) -> None:
    """The linear layer of rows [rows, in], a multiple of ``TILE``, into [rows, out]; out is even."""
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


@compiled
def keep(made: Floats, first: int, levels: Levels, scales: Floats) -> None:
    """Numbers of the sound [times, from the first on] in 8 bits [heads, times or more, width], with a scale for each number of a state."""
    heads, _, width = levels.shape
    times = made.shape[0]
    scales[:] = SMALLEST
    for time in range(times):
        line = made[time, first : first + len(scales)]
        for i in range(len(scales)):
            scales[i] = max(scales[i], abs(line[i]))
    steps = HIGHEST / scales
    for time in range(times):
        for head in range(heads):
            start = head * width
            line, step, kept = made[time, first + start : first + start + width], steps[start:], levels[head, time]
            for i in range(width):
                kept[i] = np.int8(np.floor(line[i] * step[i] + HALF))
    for i in range(len(scales)):
        scales[i] = scales[i] / HIGHEST


@compiled
def soften(scores: Floats, count: int) -> Float:
    """The first scores as e to what they are below the greatest; their sum."""
    greatest = scores[0]
    for i in range(count):
        greatest = max(greatest, scores[i])
    total = ZERO
    for i in range(count):
        scores[i] = exp(scores[i] - greatest)
        total += scores[i]
    return total


@compiled
def score_sound(query: Floats, keys: Levels, times: int, scores: Floats) -> None:
    """One head's query [width] against the keys [times or more, width], four times at once."""
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


@compiled
def gather_sound(shares: Floats, values: Levels, times: int, y: Floats) -> None:
    """The sum of the values [times or more, width], each by its share."""
    y[:] = ZERO
    for time in range(0, times, 4):
        v0, v1, v2, v3 = values[time], values[time + 1], values[time + 2], values[time + 3]
        s0, s1, s2, s3 = shares[time], shares[time + 1], shares[time + 2], shares[time + 3]
        for i in range(len(y)):
            y[i] += s0 * np.float32(v0[i]) + s1 * np.float32(v1[i]) + s2 * np.float32(v2[i]) + s3 * np.float32(v3[i])


@compiled
def add(x: Floats, given: Floats, product: Product, layer: int, made: Floats) -> None:
    """Add to x what a layer makes of what is given; ``made`` is room for it."""
    multiply(given, product.levels[layer], product.scales[layer], product.biases[layer], made)
    for row in range(x.shape[0]):
        sums, one = x[row], made[row]
        for i in range(x.shape[1]):
            sums[i] += one[i]


@compiled
def prepare(x: Floats, norms: Norms, product: Product, layer: int, normal: Floats, made: Floats) -> None:
    """What a layer makes of x normalised; ``normal`` is room for that."""
    normalise(x, norms.weights[layer], norms.biases[layer], normal)
    multiply(normal, product.levels[layer], product.scales[layer], product.biases[layer], made)


@compiled
def attend_own(made: Floats, keys: Floats, values: Floats, count: int, heads: int, scores: Floats, y: Floats) -> None:
    """One token [3 state: query, key, value] over the first so many of its row's, itself included: [positions, state] to [state]."""
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
        total = soften(scores, count)
        for position in range(count):
            share, value = scores[position] / total, values[position, start : start + width]
            for i in range(width):
                head[i] += share * value[i]


@compiled
def attend_sound(
    query: Floats, memory: Memory, layer: int, slot: int, scores: Floats, seats: Integers, watched: Floats, y: Floats
) -> None:
    """One token's query [state] over the sound of its row: [state].

    ``watched`` [seats, times or more] is given the scores of each head that has a seat there, which is not -1 in ``seats`` [heads].
    """
    heads, _, width = memory.sound_keys.shape[2:]
    times = memory.times[slot]
    whole = (times + LANES - 1) // LANES * LANES
    key_scales, value_scales = memory.sound_key_scales[layer, slot], memory.sound_value_scales[layer, slot]
    scaled = query * key_scales
    for head in range(heads):
        start, end = head * width, (head + 1) * width
        score_sound(scaled[start:end], memory.sound_keys[layer, slot, head], times, scores)
        if seats[head] >= 0:
            watched[seats[head], :times] = scores[:times]
            watched[seats[head], times:] = NEVER
        scores[times:whole] = NEVER
        share = ONE / soften(scores, whole)
        gather_sound(scores, memory.sound_values[layer, slot, head], times, y[start:end])
        for i in range(start, end):
            y[i] *= value_scales[i] * share


@compiled
def read(
    tokens: Integers,
    slots: Integers,
    positions: Integers,
    weights: Weights,
    memory: Memory,
    seats: Integers,
    watched: Floats,
    states: Floats,
) -> None:
    """Pass tokens through the decoder: token n is that of a slot at a position, and those of a slot come in their order.

    ``watched`` [tokens, seats, times] is given the scores of the sound of each head that has a seat there, which is not -1 in ``seats``
    [layers, heads]; ``states`` [tokens filled up to TILE, state] what comes of it.
    """
    rows, state = states.shape
    heads, times = memory.sound_keys.shape[2:4]
    x = np.zeros_like(states)
    for n in range(len(tokens)):
        x[n] = weights.embedding[tokens[n]] + weights.places[positions[n]]
    normal, attended, made = np.zeros_like(x), np.zeros_like(x), np.empty_like(x)
    wide = np.empty((rows, 3 * state), np.float32)
    inner = np.empty((rows, weights.mlp_in.levels.shape[1]), np.float32)
    scores = np.empty((times + LANES - 1) // LANES * LANES, np.float32)
    own_scores = np.empty(memory.own_keys.shape[2], np.float32)
    for layer in range(weights.own.levels.shape[0]):
        prepare(x, weights.own_norm, weights.own, layer, normal, wide)
        for n in range(len(tokens)):
            keys, values = memory.own_keys[layer, slots[n]], memory.own_values[layer, slots[n]]
            attend_own(wide[n], keys, values, positions[n] + 1, heads, own_scores, attended[n])
        add(x, attended, weights.own_out, layer, made)
        prepare(x, weights.sound_norm, weights.sound_query, layer, normal, made)
        for n in range(len(tokens)):
            attend_sound(made[n], memory, layer, memory.sounds[slots[n]], scores, seats[layer], watched[n], attended[n])
        add(x, attended, weights.sound_out, layer, made)
        prepare(x, weights.mlp_norm, weights.mlp_in, layer, normal, inner)
        gelu(inner)
        add(x, inner, weights.mlp_out, layer, made)
    normalise(x, weights.last_norm.weights[0], weights.last_norm.biases[0], states)


@compiled
def greatest(values: Floats) -> Float:
    """The greatest of some values, NEVER of none."""
    found = NEVER
    for i in range(len(values)):
        found = max(found, values[i])
    return found


@compiled
def powers(values: Floats, top: Float) -> Float:
    """The sum of e to what each value is below the top."""
    total = ZERO
    for i in range(len(values)):
        total += exp(values[i] - top)
    return total


@compiled
def first(values: Floats, value: Float) -> int:
    """Where a value stands first; 0 if it does not."""
    for i in range(len(values)):
        if values[i] == value:
            return i
    return 0


@compiled
def choose(logits: Floats, ranges: Integers, tokens: Integers, logprobs: Floats) -> None:
    """The likeliest token of each row of logits [rows, vocabulary], and its log-probability.

    It is a text token or, where all timestamps together are likelier than any of those, a timestamp. ``ranges`` [rows, 4] are the text
    tokens, from and to, and the timestamps, from and to, that a row may write. What else is forbidden among them has NEVER for its logit.
    """
    for row in range(logits.shape[0]):
        text, times = logits[row, ranges[row, 0] : ranges[row, 1]], logits[row, ranges[row, 2] : ranges[row, 3]]
        best_text, best_time = greatest(text), greatest(times)
        all_times = best_time + np.log(powers(times, best_time)) if len(times) else NEVER
        if all_times > best_text:
            tokens[row] = ranges[row, 2] + first(times, best_time)
            logprobs[row] = best_time - all_times
        else:
            top = max(best_text, best_time)
            total = powers(text, top) + (powers(times, top) if len(times) else ZERO)
            tokens[row] = ranges[row, 0] + first(text, best_text)
            logprobs[row] = best_text - top - np.log(total)


@compiled
def spread(values: Floats, signs: Floats, lane: int) -> None:
    """Turn a row so that what stands out in one number is shared out among all that are a multiple of ``lane`` away from it, in place.

    A Hadamard transform behind a change of signs, which keeps numbers of one sign from adding up in one place. ``signs`` have the scale
    in them that makes it a rotation.
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


@compiled
def quantise(weight: Floats, signs: Floats, lane: int, levels: Levels, scales: Floats) -> None:
    """A weight [out, in], each row turned by ``spread``, as levels with a scale for each output."""
    row = np.empty(weight.shape[1], np.float32)
    for out in range(weight.shape[0]):
        row[:] = weight[out]
        spread(row, signs, lane)
        most = SMALLEST
        for i in range(len(row)):
            most = max(most, abs(row[i]))
        step, kept = HIGHEST / most, levels[out]
        for i in range(len(row)):
            kept[i] = np.int8(np.floor(row[i] * step + HALF))
        scales[out] = most / HIGHEST


@compiled
def scale_down(x: Floats, signs: Floats, lane: int, scales: Floats) -> None:
    """Turn each row by ``spread``, and divide it by its greatest absolute value, which is kept."""
    for row in range(x.shape[0]):
        values = x[row]
        spread(values, signs, lane)
        most = SMALLEST
        for i in range(len(values)):
            most = max(most, abs(values[i]))
        scales[row] = most
        share = ONE / most
        for i in range(len(values)):
            values[i] *= share


@compiled
def scale_up(x: Floats, scales: Floats, biases: Floats) -> None:
    """Multiply each row by its scale, and add the biases."""
    for row in range(x.shape[0]):
        values, scale = x[row], scales[row]
        for i in range(len(values)):
            values[i] = values[i] * scale + biases[i]


@compiled
def add_up(sums: Floats, x: Floats, scales: Floats, biases: Floats) -> None:
    """Add to the sums what ``scale_up`` makes of x."""
    for row in range(x.shape[0]):
        total, values, scale = sums[row], x[row], scales[row]
        for i in range(len(values)):
            total[i] += values[i] * scale + biases[i]


def folder() -> Path | None:
    """Where the machine code is kept; None where there is no such place."""
    return kept_in(spread)
