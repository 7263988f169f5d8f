"""Linear layers as functions of rows, in float.

Those in int8 are in ``compiled/int8_linear.py``, on the int8 products of torch that are wrapped here.
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
"""torch's int8 kernels for x86. Other processors have none with a fixed range; there auto means float32."""

FULL_RANGE, REDUCED_RANGE = 127, 63
"""Quantization levels of an input on each side of zero: all of 8 bits, or half of them on a processor whose 8-bit
products overflow (no VNNI)."""

TILE = 8
"""Rows. A product with a multiple of 4 rows rounds each as any other such product does (MKL, AVX2); 8 is for wider processors."""


class Linear(Protocol):
    """A function from [..., in] to [..., out]."""

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Return the product plus bias. May overwrite its input."""


L = TypeVar("L", bound=Linear)

MakeLinear = Callable[["torch.Tensor", "torch.Tensor | None"], L]
"""Create a layer from its weight [out, in] and bias [out]."""


class FloatLinear:
    """A product in the weight's own dtype, on whole tiles of rows: the rounding of sums depends on the remainder."""

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


def int8_supported() -> bool:
    """Return whether this torch has the int8 kernels."""
    import torch

    return KERNEL in torch.backends.quantized.supported_engines


def pack_weights(levels: torch.Tensor, scales: torch.Tensor) -> torch.ScriptObject:
    """Pack quantized weights [out, in] and the per-channel scales [out] for torch's int8 kernels."""
    import torch

    zeros = torch.zeros(len(scales), dtype=torch.long)
    with _kernel():
        whole = torch._make_per_channel_quantized_tensor(levels, scales.double(), zeros, 0)  # noqa: SLF001 - the public one rounds again
        return torch.ops.quantized.linear_prepack(whole, None)


@functools.cache
def input_levels() -> int:
    """Return how many levels this processor supports on each side of zero: ``FULL_RANGE`` or ``REDUCED_RANGE``."""
    import torch

    length = 64
    highest = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
        torch.ones(1, length),
        1 / FULL_RANGE,
        FULL_RANGE + 1,
        pack_weights(torch.full((16, length), FULL_RANGE, dtype=torch.int8), torch.full((16,), 1 / FULL_RANGE)),
    )
    return FULL_RANGE if torch.allclose(highest, torch.tensor(float(length)), rtol=1e-3) else REDUCED_RANGE


@contextlib.contextmanager
def _kernel() -> Iterator[None]:
    """Select the int8 kernels for packing.

    Silences torch's warning that a later version (ours is pinned) makes such weights differently.
    """
    import torch

    before = torch.backends.quantized.engine
    torch.backends.quantized.engine = KERNEL
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        torch.backends.quantized.engine = before
