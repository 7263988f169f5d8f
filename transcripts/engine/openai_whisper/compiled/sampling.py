"""The likeliest token in one pass over the vocabulary; what torch does takes a dozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled.kernels import LOWEST, greedy
from transcripts.engine.openai_whisper.sampling import Sampler, TimestampState

if TYPE_CHECKING:
    import torch


class CompiledSampler(Sampler):
    """``Sampler`` whose choice at temperature 0 is compiled. Higher ones draw, as torch does."""

    def greedy(self, logits: torch.Tensor, states: Sequence[TimestampState]) -> tuple[list[int], list[float]]:
        """See ``Sampler.greedy``."""
        numbers = logits.numpy()
        numbers[:, self.suppressed.numpy()] = LOWEST
        ranges = np.array([self.allowed_ranges(row) for row in states], np.int64)
        tokens, logprobs = np.empty(len(ranges), np.int64), np.empty(len(ranges), np.float32)
        greedy(numbers, ranges, tokens, logprobs)
        return tokens.tolist(), logprobs.tolist()
