"""What the decode loop needs of a decoder: in torch (text_decoder.py), or in machine code on a processor (compiled/)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch
    from whisper.model import ModelDimensions
    from whisper.tokenizer import Tokenizer

    from transcripts.engine.openai_whisper.sampling import Rules


Heads = Sequence[tuple[int, int]]
"""Heads of the attention to the sound, each by its layer and its number there."""


class Slots(Protocol):
    """Keys and values of rows that are being written, each in its slot. ``lengths`` are how many tokens each slot holds.

    ``watched`` is what the heads that are watched made of the tokens that were read last, before the softmax [rows, tokens, heads, times];
    None where none are watched, or where it is not known. What stands behind a row's times counts for nothing.
    """

    capacity: int
    room: int
    lengths: list[int]
    watched: npt.NDArray[np.float32] | None

    def watch(self, heads: Heads) -> None:
        """Watch these heads from now on."""

    def move(self, source: int, target: int) -> None:
        """Put the row of one slot into another."""

    def share(self, count: int) -> None:
        """Put the row of the first slot into so many, which hear the same sound."""

    def reorder(self, parents: Sequence[int]) -> None:
        """Let the first slots, which share their sound, go on with the tokens of others: one for each number."""


C = TypeVar("C", bound=Slots)


class Network(Protocol[C]):
    """A decoder's weights as functions. It chooses no token.

    ``alone`` says that it reads in the thread that asks, in no other; several may then ask at once, each for its own slots.
    """

    alone: bool
    dims: ModelDimensions

    def slots(self, capacity: int, room: int) -> C:
        """Slots for so many rows of up to so many tokens."""

    def bytes_of_row(self, room: int) -> int:
        """How much memory a slot takes."""

    def listen(self, slots: C, slot: int, features: torch.Tensor) -> None:
        """Begin a row in a slot: keep the keys and values of its window's features [times, state], of 1500 at most."""

    def read(self, slots: C, first: int, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """Pass tokens [rows, tokens] of the slots from the first one on through the decoder: states [rows, tokens, state].

        The rows have just begun, or it is one token for each.
        """

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """What each token of the vocabulary is worth, in float32, from states [..., state]."""

    def rules(self, tokenizer: Tokenizer, *, no_end: bool = False) -> Rules:
        """Which token may follow; ``no_end`` forbids the end of text, so that rows can be made equally long (for measuring)."""
