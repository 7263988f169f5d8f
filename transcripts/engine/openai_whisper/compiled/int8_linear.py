"""A linear layer in int8: torch's product of levels, between passes of machine code over the rows.

Whisper's activations have a few numbers that stand out twenty times above the others of their row; a row's scale is theirs, and leaves
the others a few levels. So weights and rows are turned by the same rotation first, which shares out what stands out (a Hadamard
transform, as in QuaRot, arXiv:2404.00456) and changes no product. A row is scaled by its own greatest value before the product, and
back behind it, in a range that is fixed for all: integers add up exactly, so what comes of a row does not depend, to the last bit, on
the rows beside it. torch's own dynamic quantisation takes one range for the whole batch.
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
"""Among so many numbers what stands out is shared, at most. More bring little on official `tiny.en` and `base`, and cost time."""

AVX_FLOATS = 8
"""Neighbours that AVX2 takes at a time."""


class Int8Linear:
    """Weights of 8 bits with a scale for each output; inputs of 8 or 7 bits with a scale for each row."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None = None) -> None:
        """From weight [out, in] and bias [out]."""
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
        """Turn rows [rows, in] in place, and divide them by their scales [rows], which are written down."""
        quantize.rotate_and_scale(x.numpy(), *self._rotation, scales)

    def matmul(self, x: torch.Tensor) -> torch.Tensor:
        """The product of rows [rows, in] that were scaled down, without the bias. Layers of equal width scale down in the same way."""
        y: torch.Tensor = self._product(x, 1 / self._levels, self._levels + 1, self._packed)
        return y


@functools.cache
def rotation(width: int) -> tuple[Floats, int]:
    """The signs [width] and the lane of ``quantize.rotate`` for rows of a width."""
    points = ROTATION_SIZE
    while width % (points * AVX_FLOATS) and points > 1:
        points //= 2
    signs = np.random.default_rng(width).choice(np.array([-1, 1], np.float32), width)
    return signs / np.sqrt(np.float32(points)), width // points


class ResidualInt8Linear(Int8Linear):
    """The same for few rows that must be exact: what the first rounding of an input leaves is multiplied, too.

    It is the vocabulary's on a processor with 63 levels: one rounding of its inputs alone makes up 0.0008 of the 0.0027 nats a token by
    which int8 diverges from float32 on real speech with official `base`. It takes twice a product's time, 3% of a window's. With 127
    levels a quarter of that would be lost, and the plain one does.
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
    """The layer that tells what each token is worth, from the embedding [vocabulary, state]."""
    return Int8Linear(weight) if input_levels() == FULL_RANGE else ResidualInt8Linear(weight)
