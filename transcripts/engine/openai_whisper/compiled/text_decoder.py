"""The compiled decoder as the decode loop sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled import kernels
from transcripts.engine.openai_whisper.compiled import kv_cache as memory
from transcripts.engine.openai_whisper.compiled.int8_linear import Int8Linear, vocabulary
from transcripts.engine.openai_whisper.compiled.kv_cache import Slots
from transcripts.engine.openai_whisper.compiled.sampling import CompiledRules
from transcripts.engine.openai_whisper.compiled.weights import weights_of
from transcripts.engine.openai_whisper.layers import forget, join
from transcripts.engine.openai_whisper.linear import FloatLinear
from transcripts.engine.openai_whisper.sampling import Rules

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper
    from whisper.tokenizer import Tokenizer

HEAD = 4
"""The loops take so many numbers of a head at once."""


class CompiledNetwork:
    """A ``Network`` whose steps are single calls of machine code."""

    alone = True

    def __init__(self, model: Whisper, *, keep: bool = False) -> None:
        """The model's own weights are let go, unless ``keep``."""
        import torch

        decoder = model.decoder
        self.dims = model.dims
        self._weights = weights_of(decoder)
        self._sound = [
            forget(join([block.cross_attn.key, block.cross_attn.value], Int8Linear, torch.float32), block, keep=keep)
            for block in decoder.blocks
        ]
        logits = vocabulary(decoder.token_embedding.weight)
        self._vocabulary = forget(logits, decoder.token_embedding, keep=keep)

    def slots(self, capacity: int, room: int) -> Slots:
        """See ``Network.slots``."""
        return Slots(self.dims, capacity, room)

    def bytes_of_row(self, room: int) -> int:
        """See ``Network.bytes_of_row``."""
        return memory.bytes_of_row(self.dims, room)

    def rules(self, tokenizer: Tokenizer, *, no_end: bool = False) -> Rules:
        """See ``Network.rules``."""
        import torch

        return CompiledRules(tokenizer, self.dims, torch.device("cpu"), no_end=no_end)

    def listen(self, slots: Slots, slot: int, features: torch.Tensor) -> None:
        """See ``Network.listen``."""
        slots.lengths[slot] = 0
        x, scales = features.clone(), np.empty(len(features), np.float32)
        self._sound[0].scale_down(x, scales)
        for layer, product in enumerate(self._sound):
            made = product.levelled(x).numpy()
            kernels.scale_up(made, scales, product.bias.numpy())
            slots.hear(layer, slot, made)

    def read(self, slots: Slots, first: int, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """See ``Network.read``."""
        import torch

        given = np.array(tokens, np.int64)
        rows, count = given.shape
        lengths = slots.lengths[first : first + rows]
        positions = np.add.outer(lengths, np.arange(count))
        states = np.empty((-(-given.size // kernels.TILE) * kernels.TILE, self.dims.n_text_state), np.float32)
        watched = np.empty((given.size, slots.seats.max() + 1, self.dims.n_audio_ctx), np.float32)
        kernels.read(
            given.ravel(),
            np.repeat(np.arange(first, first + rows), count),
            positions.ravel(),
            self._weights,
            slots.memory,
            slots.seats,
            watched,
            states,
        )
        slots.lengths[first : first + rows] = [length + count for length in lengths]
        slots.watched = watched.reshape(rows, count, *watched.shape[1:]) if watched.size else None
        return torch.from_numpy(states)[: given.size].unflatten(0, (rows, count))

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """See ``Network.logits``."""
        return self._vocabulary(states.clone())


class CompiledFloatNetwork(CompiledNetwork):
    """The same in float32: nothing is rounded to 8 bits, and what torch multiplies it multiplies in float32, too."""

    def __init__(self, model: Whisper, *, keep: bool = False) -> None:
        """The model's own weights are let go as they are taken, unless ``keep``."""
        import torch

        decoder = model.decoder
        self.dims = model.dims
        self._sound_exactly = [
            join([block.cross_attn.key, block.cross_attn.value], FloatLinear, torch.float32) for block in decoder.blocks
        ]
        for block in decoder.blocks:
            forget(None, block.cross_attn.key, keep=keep)
            forget(None, block.cross_attn.value, keep=keep)
        self._weights = weights_of(decoder, exact=True, keep=keep)
        self._logits = FloatLinear(torch.from_numpy(self._weights.embedding))
        forget(None, decoder.blocks, keep=keep)
        forget(None, decoder.token_embedding, keep=keep)

    def slots(self, capacity: int, room: int) -> Slots:
        """See ``Network.slots``."""
        return Slots(self.dims, capacity, room, exact=True)

    def bytes_of_row(self, room: int) -> int:
        """See ``Network.bytes_of_row``."""
        return memory.bytes_of_row(self.dims, room, exact=True)

    def listen(self, slots: Slots, slot: int, features: torch.Tensor) -> None:
        """See ``Network.listen``."""
        slots.lengths[slot] = 0
        for layer, product in enumerate(self._sound_exactly):
            slots.hear(layer, slot, product(features).numpy())

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """See ``Network.logits``."""
        return self._logits(states)
