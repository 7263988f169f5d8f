"""The KV cache: rows at positions of their own."""

from __future__ import annotations

import torch

from tests.transcripts.conftest import random_model
from transcripts.engine.openai_whisper.kv_cache import TorchKVCache


def test_more_rows_than_a_row_has_room_for_tokens_may_stand_at_different_places():
    """On a GPU there are: hundreds of rows, and as few tokens as the texts are long."""
    torch.manual_seed(1)
    dims, count = random_model().dims, 70
    cache = TorchKVCache(dims, count, 32, torch.zeros(1))
    cache.lengths = [row % 5 for row in range(count)]
    made = torch.randn(count, 1, 1, 8)

    cache.store_self(0, cache.next_span(0, count, 1), made, -made)

    assert cache.max_tokens < count
    assert all(torch.equal(cache.self_keys[0][row, :, row % 5], made[row, :, 0]) for row in range(count))
    assert all(torch.equal(cache.self_values[0][row, :, row % 5], -made[row, :, 0]) for row in range(count))
