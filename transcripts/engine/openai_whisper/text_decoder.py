"""Whisper's text decoder on its own weights, many rows at once, a token at a time.

The same sums as whisper's, in another order: query, key and value are one product, the scale of attention is inside the queries'
weights, keys and values of the sound are computed once and kept as [row, head, width, 1500], in which a CPU reads them fastest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transcripts.engine.openai_whisper import kv_cache as memory
from transcripts.engine.openai_whisper.cuda_graphs import Recorded, graphs
from transcripts.engine.openai_whisper.kv_cache import Caches, Span
from transcripts.engine.openai_whisper.layers import Norm, forget, gelu, join, norm, query
from transcripts.engine.openai_whisper.linear import Linear, Make
from transcripts.engine.openai_whisper.sampling import Rules

if TYPE_CHECKING:
    import torch
    from whisper.model import ResidualAttentionBlock, Whisper
    from whisper.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Layer:
    """A block of the decoder."""

    own_norm: Norm
    own: Linear
    own_out: Linear
    sound_norm: Norm
    sound_query: Linear
    sound_key: Linear
    sound_value: Linear
    sound_out: Linear
    mlp_norm: Norm
    mlp_in: Linear
    mlp_out: Linear


class TorchNetwork:
    """A ``Network`` in torch's own operations, which take all threads."""

    alone = False

    def __init__(self, model: Whisper, make: Make[Linear], dtype: torch.dtype, *, keep: bool = False) -> None:
        """The model's own weights are let go as they are taken, unless ``keep``: two models at once may be more than fits."""
        decoder = model.decoder
        self.dims = model.dims
        self.heads = model.dims.n_text_head
        self._embedding = decoder.token_embedding.weight.detach().to(dtype)
        self._places = decoder.positional_embedding.detach().to(dtype)
        self._layers = [forget(_layer(block, make, dtype), block, keep=keep) for block in decoder.blocks]
        self._norm = norm(decoder.ln, dtype)
        self._vocabulary = forget(make(self._embedding, None), decoder.token_embedding, keep=keep)
        self._recorder = graphs if self._embedding.device.type == "cuda" else None

    def slots(self, capacity: int, room: int) -> Caches:
        """See ``Network.slots``."""
        if self._recorder:
            return Recorded(self.dims, capacity, room, self._embedding, self._recorder())
        return Caches(self.dims, capacity, room, self._embedding)

    def bytes_of_row(self, room: int) -> int:
        """See ``Network.bytes_of_row``."""
        return memory.bytes_of_row(self.dims, room, self._embedding.element_size())

    def rules(self, tokenizer: Tokenizer, *, no_end: bool = False) -> Rules:
        """See ``Network.rules``."""
        return Rules(tokenizer, self.dims, self._embedding.device, no_end=no_end)

    def listen(self, slots: Caches, slot: int, features: torch.Tensor) -> None:
        """See ``Network.listen``."""
        slots.lengths[slot] = 0
        features = features.to(self._embedding.dtype)
        for number, layer in enumerate(self._layers):
            slots.hear(number, slot, layer.sound_key(features.clone()), layer.sound_value(features.clone()))

    def read(self, slots: Caches, first: int, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """See ``Network.read``."""
        import torch

        slots.watched = None
        if isinstance(slots, Recorded) and first == 0 and len(tokens[0]) == 1:
            return slots.step(self._states, [token for (token,) in tokens])
        given = torch.tensor(tokens, device=self._embedding.device)
        scores: list[torch.Tensor] | None = [] if slots.heads else None
        states = self._states(given, slots, slots.span(first, *given.shape), scores)
        if scores:
            seen = torch.stack([scores[layer][:, head] for layer, head in slots.heads], dim=2)
            slots.watched = seen.float().cpu().numpy()
        return states

    def _states(
        self, tokens: torch.Tensor, caches: Caches, span: Span, watch: list[torch.Tensor] | None = None
    ) -> torch.Tensor:
        x = self._embedding[tokens] + self._places[span.positions]
        for number, layer in enumerate(self._layers):
            x += layer.own_out(self._own(number, layer.own(layer.own_norm(x)), caches, span))
            x += layer.sound_out(self._sound(number, layer.sound_query(layer.sound_norm(x)), caches, span, watch))
            x += layer.mlp_out(gelu(layer.mlp_in(layer.mlp_norm(x))))
        return self._norm(x)

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """See ``Network.logits``."""
        return self._vocabulary(states).float()

    def _own(self, number: int, made: torch.Tensor, caches: Caches, span: Span) -> torch.Tensor:
        """Attention to the row's own tokens."""
        rows, tokens = made.shape[:2]
        query, key, value = made.view(rows, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        caches.put(number, span, key, value)
        keys = caches.keys[number][span.slots, :, : span.length]
        values = caches.values[number][span.slots, :, : span.length]
        weights = (query @ keys.transpose(-1, -2)).add_(span.mask).softmax(-1)
        return (weights @ values).transpose(1, 2).reshape(rows, tokens, -1)

    def _sound(
        self, number: int, made: torch.Tensor, caches: Caches, span: Span, watch: list[torch.Tensor] | None
    ) -> torch.Tensor:
        """Attention to the sound."""
        rows, tokens = made.shape[:2]
        query = made.view(rows, tokens, self.heads, -1).transpose(1, 2)
        scores = query @ caches.sound_keys[number][span.slots] + caches.behind[span.slots]
        if watch is not None:
            watch.append(scores)
        values = caches.sound_values[number][span.slots]
        return (scores.softmax(-1) @ values.transpose(-1, -2)).transpose(1, 2).reshape(rows, tokens, -1)


def _layer(block: ResidualAttentionBlock, make: Make[Linear], dtype: torch.dtype) -> Layer:
    own, sound = block.attn, block.cross_attn
    return Layer(
        norm(block.attn_ln, dtype),
        join([query(own), own.key, own.value], make, dtype),
        join([own.out], make, dtype),
        norm(block.cross_attn_ln, dtype),
        join([query(sound)], make, dtype),
        join([sound.key], make, dtype),
        join([sound.value], make, dtype),
        join([sound.out], make, dtype),
        norm(block.mlp_ln, dtype),
        join([block.mlp[0]], make, dtype),
        join([block.mlp[2]], make, dtype),
    )
