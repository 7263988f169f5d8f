"""The likeliest token in one pass over the vocabulary; what torch does takes a dozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.compiled.kernels import NEVER, choose
from transcripts.engine.openai_whisper.sampling import Rules, Written

if TYPE_CHECKING:
    import torch


class CompiledRules(Rules):
    """``Rules`` whose choice at temperature 0 is compiled. Higher ones draw, as torch does."""

    def likeliest(self, logits: torch.Tensor, written: Sequence[Written]) -> tuple[list[int], list[float]]:
        """See ``Rules.likeliest``."""
        numbers = logits.numpy()
        numbers[:, self.silent.numpy()] = NEVER
        ranges = np.array([self.may(row) for row in written], np.int64)
        tokens, logprobs = np.empty(len(ranges), np.int64), np.empty(len(ranges), np.float32)
        choose(numbers, ranges, tokens, logprobs)
        return tokens.tolist(), logprobs.tolist()
