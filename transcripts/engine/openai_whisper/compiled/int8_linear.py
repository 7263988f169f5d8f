"""A linear layer in int8: torch's integer product between two kernels.

Whisper's activations have a few outliers, twenty times as large as the other numbers of their row. They determine the
row's scale, and leave few levels for the others. So weights and rows are first rotated by the same rotation (a Hadamard
transform, as in QuaRot, arXiv:2404.00456), which spreads outliers and leaves the product unchanged. Each row is divided
by its own maximum before the product and multiplied by it afterwards, within a fixed range: integer sums are exact, so
the result of a row does not depend on the other rows, to the last bit. torch's own dynamic quantization uses one range
for the whole batch.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled import quantize
from transcripts.engine.openai_whisper.compiled.arrays import Floats
from transcripts.engine.openai_whisper.linear import FULL_RANGE, input_levels, pack_weights

if TYPE_CHECKING:
    import torch

ROTATION_SIZE = 32
"""Maximum number of values over which outliers are spread. More gain little on official `tiny.en` and `base`, and cost time."""

AVX_FLOATS = 8
"""Floats in an AVX2 register."""


class Int8Linear:
    """Weights of 8 bits with a scale for each output; inputs of 8 or 7 bits with a scale for each row."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None = None) -> None:
        """Quantize weight [out, in] and bias [out]."""
        import torch

        self._levels = input_levels()
        self._rotation = rotation(weight.shape[1])
        self._packed = pack_weights(*self._quantized(weight))
        self.bias = weight.new_zeros(len(weight)) if bias is None else bias.detach().float()
        self._product = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32.default

    def _quantized(self, weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        import torch

        found, scales = np.empty(weight.shape, np.int8), np.empty(len(weight), np.float32)
        quantize.quantize_weight(weight.detach().float().contiguous().numpy(), *self._rotation, found, scales)
        return torch.from_numpy(found), torch.from_numpy(scales)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """See ``linear.Linear``."""
        rows = x.flatten(0, -2)
        scales = np.empty(len(rows), np.float32)
        self.rotate_and_scale(rows, scales)
        y = self.matmul(rows)
        quantize.rescale(y.numpy(), scales, self.bias.numpy())
        return y.unflatten(0, x.shape[:-1])

    def rotate_and_scale(self, x: torch.Tensor, scales: Floats) -> None:
        """Rotate rows [rows, in] in place, and divide them by their scales [rows], which are filled in."""
        quantize.rotate_and_scale(x.numpy(), *self._rotation, scales)

    def matmul(self, x: torch.Tensor) -> torch.Tensor:
        """Multiply scaled rows [rows, in] by the weight, without bias. Layers of the same width share scaled rows."""
        y: torch.Tensor = self._product(x, 1 / self._levels, self._levels + 1, self._packed)
        return y


@functools.cache
def rotation(width: int) -> tuple[Floats, int]:
    """Return the signs [width] and the lane of ``quantize.rotate`` for rows of a width."""
    points = ROTATION_SIZE
    while width % (points * AVX_FLOATS) and points > 1:
        points //= 2
    signs = np.random.default_rng(width).choice(np.array([-1, 1], np.float32), width)
    return signs / np.sqrt(np.float32(points)), width // points


class ResidualInt8Linear(Int8Linear):
    """The same for few rows that need accuracy: the rounding error of an input is multiplied, too.

    For the output layer on a processor with 63 levels: a single rounding of its inputs causes 0.0008 of the 0.0027 nats
    a token by which int8 diverges from float32 on real speech with official `base`. It takes twice as long as one
    product, 3% of the time of a window. With 127 levels the loss is a quarter of that, and the plain layer is used.
    """

    def matmul(self, x: torch.Tensor) -> torch.Tensor:
        """See ``Int8Linear.matmul``."""
        import torch

        most = self._levels
        first = (x * most).round_().div_(most)
        rest = x.sub_(first).mul_(2 * most)
        high, low = super().matmul(torch.cat([first, rest])).chunk(2)
        return high.add_(low, alpha=1 / (2 * most))


def output_layer(weight: torch.Tensor) -> Int8Linear:
    """Return the layer that computes the logits, from the embedding [vocabulary, state]."""
    return Int8Linear(weight) if input_levels() == FULL_RANGE else ResidualInt8Linear(weight)
