"""Beam search: keep the likeliest hypotheses of a window instead of the single likeliest token.

The algorithm is whisper's (``BeamSearchDecoder`` with patience 1 and no length penalty). All hypotheses share the
cross-attention keys and values of their window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic

from transcripts.engine.openai_whisper.decode_loop import RowQueue, RowStart, stored_scores
from transcripts.engine.openai_whisper.protocols import C, TextDecoder
from transcripts.engine.openai_whisper.repetition import loop_start
from transcripts.engine.openai_whisper.sampling import Sampler, TimestampState

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch

BEAM_SIZE = 4
"""Hypotheses (beam width). Products take rows four at a time, so a fifth, which is usual, would cost as much as eight. On the
recordings of ``tests/quality/real_speech`` it makes no fewer errors where it matters (15.8 and 15.8% with background
noise)."""

CHECK_EVERY = 32
"""Tokens between two checks whether the likeliest hypothesis repeats itself."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text with the log-probability of each token. ``parent`` is the index of the hypothesis it extends."""

    tokens: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    cross_scores: tuple[npt.NDArray[np.float16], ...] = ()
    timestamp_state: TimestampState = field(default_factory=TimestampState)
    parent: int = 0
    total: float = 0.0

    def extended(self, token: int, logprob: float, parent: int) -> Hypothesis:
        """Return the hypothesis with one more token."""
        tokens, logprobs = (*self.tokens, token), (*self.logprobs, logprob)
        return Hypothesis(tokens, logprobs, self.cross_scores, self.timestamp_state, parent, self.total + logprob)

    def recorded(self, scores: npt.NDArray[np.float16]) -> Hypothesis:
        """Return the hypothesis with the cross-attention scores by which its next token is chosen."""
        return replace(self, cross_scores=(*self.cross_scores, scores))

    def accepted(self, timestamp_begin: int) -> Hypothesis:
        """Return the hypothesis with its last token recorded in its timestamp state.

        ``timestamp_begin`` is the first timestamp.
        """
        state = replace(self.timestamp_state)
        state.add(self.tokens[-1], timestamp_begin)
        return replace(self, timestamp_state=state)


class BeamSearch(Generic[C]):
    """Decodes one row after another, each with several hypotheses."""

    def __init__(self, decoder: TextDecoder[C], cache: C, sampler: Sampler, no_speech: int) -> None:
        """``cache`` has ``BEAM_SIZE`` slots. The probability of token ``no_speech`` is the no-speech probability."""
        self._decoder = decoder
        self._cache = cache
        self._sampler = sampler
        self._no_speech = no_speech

    def run(self, waiting: RowQueue) -> Iterator[tuple[RowStart, Hypothesis, float]]:
        """Yield each row with its best hypothesis and its no-speech probability.

        The hypothesis ends with the end of text unless it reached its maximum length.
        """
        while not waiting.stopped and (rows := waiting.take(1)):
            yield (rows[0], *self._search(rows[0]))

    def _search(self, row: RowStart) -> tuple[Hypothesis, float]:
        decoder, cache, eot = self._decoder, self._cache, self._sampler.eot
        decoder.set_audio(cache, 0, row.features)
        states = decoder.forward(cache, 0, [row.tokens])
        silence = float(decoder.logits(states[:, row.sot])[0].softmax(-1)[self._no_speech])
        cache.share(BEAM_SIZE)
        live, finished = self._expand(self._record([Hypothesis()], row), decoder.logits(states[:, -1]), [])
        while (
            len(finished) < BEAM_SIZE
            and live
            and len(live[0].tokens) < row.max_tokens
            and not _is_looping(row, live[0], eot)
        ):
            cache.reorder([hypothesis.parent for hypothesis in live])
            states = decoder.forward(cache, 0, [hypothesis.tokens[-1:] for hypothesis in live])
            live, finished = self._expand(self._record(live, row), decoder.logits(states[:, 0]), finished)
        open_ones = sorted(live, key=_total)[: max(0, BEAM_SIZE - len(finished))]
        return max([*finished, *open_ones], key=lambda hypothesis: _score(hypothesis, eot)), silence

    def _record(self, live: list[Hypothesis], row: RowStart) -> list[Hypothesis]:
        recorded = self._cache.cross_scores
        if recorded is None:
            return live
        pairs = zip(live, recorded[:, -1], strict=True)
        return [hypothesis.recorded(stored_scores(scores, row)) for hypothesis, scores in pairs]

    def _expand(
        self, live: list[Hypothesis], logits: torch.Tensor, finished: list[Hypothesis]
    ) -> tuple[list[Hypothesis], list[Hypothesis]]:
        """Return the likeliest hypotheses one token longer, and the finished ones including those that ended."""
        tokens, logprobs = self._sampler.top_candidates(
            logits, [hypothesis.timestamp_state for hypothesis in live], BEAM_SIZE + 1
        )
        extended = [
            hypothesis.extended(token, logprob, number)
            for number, hypothesis in enumerate(live)
            for token, logprob in zip(tokens[number], logprobs[number], strict=True)
            if logprob > float("-inf")
        ]
        goes_on: list[Hypothesis] = []
        for hypothesis in sorted(extended, key=_total):
            if len(goes_on) == BEAM_SIZE:
                break
            if hypothesis.tokens[-1] == self._sampler.eot:
                finished = [*finished, hypothesis][:BEAM_SIZE]
            else:
                goes_on.append(hypothesis.accepted(self._sampler.timestamp_begin))
        return goes_on, finished


def _total(hypothesis: Hypothesis) -> float:
    """Sort key: the likeliest first."""
    return -hypothesis.total


def _score(hypothesis: Hypothesis, eot: int) -> float:
    """Return the average log-probability of a token, which compares hypotheses of different lengths."""
    return hypothesis.total / max(1, len(hypothesis.tokens) - (hypothesis.tokens[-1:] == (eot,)))


def _is_looping(row: RowStart, hypothesis: Hypothesis, eot: int) -> bool:
    return (
        row.stop_at_loops
        and len(hypothesis.tokens) % CHECK_EVERY == 0
        and loop_start(hypothesis.tokens, eot) is not None
    )
