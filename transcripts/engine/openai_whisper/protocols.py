"""What the decode loop needs of a decoder: in torch (text_decoder.py), or in machine code on a processor (compiled/)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import torch
    from whisper.model import ModelDimensions
    from whisper.tokenizer import Tokenizer

    from transcripts.engine.openai_whisper.sampling import Sampler


class KVCache(Protocol):
    """Keys and values of rows that are being written, each in its slot. ``lengths`` are how many tokens each slot holds."""

    capacity: int
    max_tokens: int
    lengths: list[int]

    def move(self, source: int, target: int) -> None:
        """Put the row of one slot into another."""

    def share(self, count: int) -> None:
        """Put the row of the first slot into so many, which hear the same sound."""

    def reorder(self, parents: Sequence[int]) -> None:
        """Let the first slots, which share their sound, go on with the tokens of others: one for each number."""


C = TypeVar("C", bound=KVCache)


class TextDecoder(Protocol[C]):
    """A decoder's weights as functions. It chooses no token.

    ``single_threaded`` says that it reads in the thread that asks, in no other; several may then ask at once, each for its own slots.
    """

    single_threaded: bool
    dims: ModelDimensions

    def new_cache(self, capacity: int, max_tokens: int) -> C:
        """Slots for so many rows of up to so many tokens."""

    def bytes_per_row(self, max_tokens: int) -> int:
        """How much memory a slot takes."""

    def set_audio(self, cache: C, slot: int, features: torch.Tensor) -> None:
        """Begin a row in a slot: keep the keys and values of its window's features [times, state], of 1500 at most."""

    def forward(
        self, cache: C, first: int, tokens: Sequence[Sequence[int]], cross_scores: list[torch.Tensor] | None = None
    ) -> torch.Tensor:
        """Pass tokens [rows, tokens] of the slots from the first one on through the decoder: states [rows, tokens, state].

        The rows have just begun, or it is one token for each. ``cross_scores`` is given each layer's attention to the sound before the
        softmax [rows, heads, tokens, 1500]; what stands behind a row's times counts for nothing.
        """

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """What each token of the vocabulary is worth, in float32, from states [..., state]."""

    def sampler(self, tokenizer: Tokenizer, *, no_end: bool = False) -> Sampler:
        """Which token may follow; ``no_end`` forbids the end of text, so that rows can be made equally long (for measuring)."""
