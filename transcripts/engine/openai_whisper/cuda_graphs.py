"""A step of the decoder, one more token for each row, recorded once and replayed.

On a GPU its two hundred calls take several times as long as what they compute. CUDA takes them all at once where they were recorded, but
then they read and write the same memory every time, for as many rows: tokens and positions stand at one place, rows are filled up, and
there is a recording for each such number and each number of blocks that attention reads. What the rows that fill up compute is thrown
away; they write at the first position of slots in which no row lies, and which a row that begins writes over.

Measured with ``base`` in float16 on an H200: 2.0 ms a step in place of 7.9 with 16 rows, 5.6 in place of 13.7 with 256, the same tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from transcripts.engine.openai_whisper.kv_cache import Span, TorchKVCache, whole_blocks

if TYPE_CHECKING:
    import torch
    from whisper.model import ModelDimensions

Run = Callable[[], "torch.Tensor"]
Record = Callable[[Run], Run]
"""From a computation to one that does the same with the same memory, and gives the same tensor each time."""

SMALL_BATCH = 64
"""Rows up to which twice as many cost little more: what a step costs then is its hundred small products one after the other."""

States = Callable[["torch.Tensor", TorchKVCache, Span], "torch.Tensor"]
"""From tokens [rows, 1] in a span of some slots to their states [rows, 1, state]."""


class GraphedKVCache(TorchKVCache):
    """Caches with the recordings that work on them."""

    def __init__(
        self, dims: ModelDimensions, capacity: int, max_tokens: int, like: torch.Tensor, record: Record
    ) -> None:
        import torch

        super().__init__(dims, capacity, max_tokens, like)
        self._given = like.new_zeros((2, capacity), dtype=torch.long)
        self._record = record
        self._runs: dict[tuple[int, int], Run | None] = {}

    def step(self, states: States, tokens: Sequence[int]) -> torch.Tensor:
        """The states of one more token for each of the first rows, beside which there is none; valid until the next step."""
        import torch

        lengths = self.lengths[: len(tokens)]
        self.lengths[: len(tokens)] = [length + 1 for length in lengths]
        rows = padded_rows(len(tokens), self.capacity)
        idle = [0] * (rows - len(tokens))
        self._given[:, :rows].copy_(torch.tensor([[*tokens, *idle], [*lengths, *idle]]))
        return self._run(states, rows, whole_blocks(max(lengths) + 1))()[: len(tokens)]

    def _run(self, states: States, rows: int, length: int) -> Run:
        """Not recorded the first time: many shapes never come again, and the first time chooses how products are computed."""

        def run() -> torch.Tensor:
            return states(
                self._given[0, :rows, None], self, self.span_at(slice(0, rows), self._given[1, :rows, None], length)
            )

        if (rows, length) not in self._runs:
            self._runs[rows, length] = None
            return run
        known = self._runs[rows, length] = self._runs[rows, length] or self._record(run)
        return known


def padded_rows(rows: int, most: int) -> int:
    """The next power of two; of more than ``SMALL_BATCH``, the next multiple of half of that; or the most."""
    half = SMALL_BATCH // 2
    return min(1 << (rows - 1).bit_length() if rows <= SMALL_BATCH else -(-rows // half) * half, most)


def cuda_graph_recorder() -> Record:
    """CUDA graphs, which share the memory for what they compute in between."""
    import torch

    pool = torch.cuda.graph_pool_handle()

    def record(run: Run) -> Run:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=pool, capture_error_mode="thread_local"):  # others may use the GPU meanwhile
            found = run()

        def again() -> torch.Tensor:
            graph.replay()
            return found

        return again

    return record
