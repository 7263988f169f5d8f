"""What the decode loop needs of a text decoder.

Implemented in torch (``text_decoder.py``, ``kv_cache.py``) and as machine code for CPUs (``compiled/``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch
    from whisper.model import ModelDimensions
    from whisper.tokenizer import Tokenizer

    from transcripts.engine.openai_whisper.sampling import Sampler


Heads = Sequence[tuple[int, int]]
"""Cross-attention heads, each by its layer and its index there."""


class KVCache(Protocol):
    """Self-attention and cross-attention keys and values of the rows being decoded, each row in a slot.

    ``lengths`` is the number of tokens in each slot. ``cross_scores`` holds the scores of the recorded heads in the last
    forward pass, before the softmax [rows, tokens, heads, times]; None if no heads are recorded, or the scores are
    unknown. Ignore scores beyond the end of a row's audio.
    """

    capacity: int
    max_tokens: int
    lengths: list[int]
    cross_scores: npt.NDArray[np.float32] | None

    def record(self, heads: Heads) -> None:
        """Record the scores of these heads from now on."""

    def move(self, source: int, target: int) -> None:
        """Move a row from one slot to another."""

    def share(self, count: int) -> None:
        """Copy the row of the first slot into the first ``count`` slots, which have the same audio."""

    def reorder(self, parents: Sequence[int]) -> None:
        """Give each of the first slots the tokens of slot ``parents[i]``. The slots share their audio."""


C = TypeVar("C", bound=KVCache)


class TextDecoder(Protocol[C]):
    """The weights of a text decoder as functions. Chooses no tokens.

    If ``single_threaded``, it computes in the calling thread only; several threads may then call it at once, each with
    its own cache.
    """

    single_threaded: bool
    dims: ModelDimensions

    def new_cache(self, capacity: int, max_tokens: int) -> C:
        """Allocate a cache for ``capacity`` rows of up to ``max_tokens`` tokens."""

    def bytes_per_row(self, max_tokens: int) -> int:
        """Return the memory of one slot in bytes."""

    def set_audio(self, cache: C, slot: int, features: torch.Tensor) -> None:
        """Begin a row in a slot: compute its cross-attention keys and values.

        ``features`` [times, state] has 1500 times at most.
        """

    def forward(self, cache: C, first: int, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """Run the forward pass on tokens [rows, tokens] of the slots from ``first`` on.

        Returns hidden states [rows, tokens, state]. Either the rows have just begun, or there is one token for each.
        """

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """Return the logits of the vocabulary in float32 from hidden states [..., state]."""

    def sampler(self, tokenizer: Tokenizer, *, no_end: bool = False) -> Sampler:
        """Return the sampler. ``no_end`` forbids the end of text, to make rows equally long for benchmarks."""
