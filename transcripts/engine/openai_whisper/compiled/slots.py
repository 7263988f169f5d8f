"""What the compiled decoder keeps of the rows that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled.kernels import Floats, Memory, keep

if TYPE_CHECKING:
    from whisper.model import ModelDimensions

OWN, SOUND = 4, 1
"""Bytes of a number of the row's own tokens, and of its sound."""


class Slots:
    """Room for rows, allocated once; see ``contract.Slots``."""

    def __init__(self, dims: ModelDimensions, capacity: int, room: int) -> None:
        self.capacity = capacity
        self.room = room
        self.lengths = [0] * capacity
        layers, heads, state = dims.n_text_layer, dims.n_text_head, dims.n_text_state
        sound = (layers, capacity, heads, dims.n_audio_ctx, state // heads)
        scales, own = (layers, capacity, state), (layers, capacity, room, state)
        self.memory = Memory(
            np.empty(sound, np.int8),
            np.empty(scales, np.float32),
            np.empty(sound, np.int8),
            np.empty(scales, np.float32),
            np.empty(own, np.float32),
            np.empty(own, np.float32),
        )

    def move(self, source: int, target: int) -> None:
        """Put the row of one slot into another."""
        length = self.lengths[target] = self.lengths[source]
        memory = self.memory
        for own in (memory.own_keys, memory.own_values):
            own[:, target, :length] = own[:, source, :length]
        for sound in memory[:4]:
            sound[:, target] = sound[:, source]

    def hear(self, layer: int, slot: int, made: Floats) -> None:
        """Keep what a layer made of a row's sound: keys and values side by side [1500, 2 state]."""
        memory = self.memory
        keep(made, 0, memory.sound_keys[layer, slot], memory.sound_key_scales[layer, slot])
        keep(made, made.shape[1] // 2, memory.sound_values[layer, slot], memory.sound_value_scales[layer, slot])


def bytes_of_row(dims: ModelDimensions, room: int) -> int:
    """How much memory a slot takes."""
    size: int = dims.n_text_layer * dims.n_text_state * (SOUND * dims.n_audio_ctx + OWN * room)
    return 2 * size
