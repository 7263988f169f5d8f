"""Linear layers in the precisions, as functions of rows.

An int8 row is scaled by its own greatest value before the product, and back behind it, in a range that is fixed for all: integers add
up exactly, so what comes of a row does not depend, to the last bit, on the rows beside it. torch's own dynamic quantisation takes one
range for the whole batch.
"""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import torch

KERNEL = "fbgemm"
"""torch's int8 kernels for x86. On others there are none that take a fixed range, and auto means float32."""

TILE = 8
"""Rows. A product of a multiple of 4 rows rounds each as any other such product does (MKL, AVX2); 8 is for wider processors."""

FEW = 200_000
"""Numbers that fit into the cache."""

SMALLEST = 1e-30
"""What a row of zeros is divided by."""


class Linear(Protocol):
    """[..., in] to [..., out]."""

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The product, with the bias. The input may be written over."""


L = TypeVar("L", bound=Linear)

Make = Callable[["torch.Tensor", "torch.Tensor | None"], L]
"""A layer from its weight [out, in] and bias [out]."""


class FloatLinear:
    """The plain product in the weight's own type, in whole tiles of rows: how sums are rounded depends on what is left over."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None = None) -> None:
        self._weight = weight
        self._bias = bias

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """See ``Linear``."""
        from torch.nn.functional import linear, pad

        rows = x.flatten(0, -2)
        odd = -len(rows) % TILE if x.device.type == "cpu" else 0
        y = linear(pad(rows, (0, 0, 0, odd)) if odd else rows, self._weight, self._bias)
        return y[: len(rows)].unflatten(0, x.shape[:-1])


class Int8Linear:
    """Weights of 8 bits with a scale for each output; inputs of 8 or 7 bits with a scale for each row."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None = None) -> None:
        import torch

        self._levels = levels()
        self._packed = packed(weight)
        self.bias = weight.new_zeros(len(weight)) if bias is None else bias.detach().float()
        self._product = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32.default

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """See ``Linear``."""
        scale = _greatest(x).clamp_min_(SMALLEST)
        return self.levelled(x.div_(scale)).mul_(scale).add_(self.bias)

    def levelled(self, x: torch.Tensor) -> torch.Tensor:
        """The product of rows whose numbers lie between -1 and 1, without the bias."""
        y: torch.Tensor = self._product(x, 1 / self._levels, self._levels + 1, self._packed)
        return y


def _greatest(x: torch.Tensor) -> torch.Tensor:
    """The greatest absolute value of each row [..., 1]: of few rows in the fewest calls, of many without a copy of them."""
    import torch

    if x.numel() < FEW:
        return x.abs().amax(-1, keepdim=True)
    return torch.maximum(x.amax(-1, keepdim=True), x.amin(-1, keepdim=True).neg_())


def supported() -> bool:
    """Whether this torch has the int8 kernels."""
    import torch

    return KERNEL in torch.backends.quantized.supported_engines


def packed(weight: torch.Tensor) -> torch.ScriptObject:
    """A weight [out, in] as the int8 kernels keep it, with a scale for each output."""
    import torch

    scales = (weight.detach().abs().amax(1) / 127).clamp_min(SMALLEST).double().cpu()
    zeros = torch.zeros(len(scales), dtype=torch.long)
    with _kernel():
        whole = torch.quantize_per_channel(weight.detach().float(), scales, zeros, 0, torch.qint8)
        return torch.ops.quantized.linear_prepack(whole, None)


@functools.cache
def levels() -> int:
    """How many steps an input has on each side of zero: 127, or 63 on a processor whose products of 8 bits overflow (no VNNI)."""
    import torch

    length = 64
    highest = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
        torch.ones(1, length), 1 / 127, 128, packed(torch.ones(16, length))
    )
    return 127 if torch.allclose(highest, torch.tensor(float(length)), rtol=1e-3) else 63


@contextlib.contextmanager
def _kernel() -> Iterator[None]:
    """Packing asks torch's setting which kernels it is for, and warns that a later torch (ours is pinned) makes such weights otherwise."""
    import torch

    before = torch.backends.quantized.engine
    torch.backends.quantized.engine = KERNEL
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        torch.backends.quantized.engine = before
