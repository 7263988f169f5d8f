"""Beam search: the likeliest texts of one window side by side, a token at a time, in place of the likeliest token.

It is whisper's own search (``BeamSearchDecoder``, with patience 1 and without a length penalty). All branches hear the same sound, which
is kept once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic

from transcripts.engine.openai_whisper.decode_loop import RowQueue, RowStart
from transcripts.engine.openai_whisper.protocols import C, TextDecoder
from transcripts.engine.openai_whisper.repetition import loop_start
from transcripts.engine.openai_whisper.sampling import Sampler, TimestampState

if TYPE_CHECKING:
    import torch

BEAM_SIZE = 4
"""Branches. Products take rows four at a time, so a fifth, which is usual, would cost as much as eight; on the recordings of
``tests/quality/real_speech`` it makes no fewer errors where it matters (15.8 to 15.8% beside noise)."""

CHECK_EVERY = 32
"""Tokens after which it is looked again whether the likeliest branch only repeats itself."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text and how likely each of its tokens is. ``parent`` is the number of the branch that it grew from."""

    tokens: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    timestamp_state: TimestampState = field(default_factory=TimestampState)
    parent: int = 0
    total: float = 0.0

    def extended(self, token: int, logprob: float, parent: int) -> Hypothesis:
        """The branch with one more token."""
        return Hypothesis(
            (*self.tokens, token), (*self.logprobs, logprob), self.timestamp_state, parent, self.total + logprob
        )

    def accepted(self, timestamp_begin: int) -> Hypothesis:
        """The branch as it goes on: its rules take note of its last token; ``timestamp_begin`` is the first timestamp."""
        state = replace(self.timestamp_state)
        state.add(self.tokens[-1], timestamp_begin)
        return replace(self, timestamp_state=state)


class BeamSearch(Generic[C]):
    """One row after the other, each in several branches."""

    def __init__(self, decoder: TextDecoder[C], cache: C, sampler: Sampler, no_speech: int) -> None:
        """``cache`` has room for ``BEAM_SIZE`` branches; ``no_speech`` is the token whose probability says that nobody speaks."""
        self._decoder = decoder
        self._cache = cache
        self._sampler = sampler
        self._no_speech = no_speech

    def run(self, waiting: RowQueue) -> Iterator[tuple[RowStart, Hypothesis, float]]:
        """Each row with its likeliest text, which ends with the end of text unless it had no room, and its probability of silence."""
        while not waiting.stopped and (rows := waiting.take(1)):
            yield (rows[0], *self._search(rows[0]))

    def _search(self, row: RowStart) -> tuple[Hypothesis, float]:
        decoder, cache, eot = self._decoder, self._cache, self._sampler.eot
        decoder.set_audio(cache, 0, row.features)
        states = decoder.forward(cache, 0, [row.tokens])
        silence = float(decoder.logits(states[:, row.sot])[0].softmax(-1)[self._no_speech])
        cache.share(BEAM_SIZE)
        live, finished = self._expand([Hypothesis()], decoder.logits(states[:, -1]), [])
        while (
            len(finished) < BEAM_SIZE
            and live
            and len(live[0].tokens) < row.max_tokens
            and not _is_looping(row, live[0], eot)
        ):
            cache.reorder([hypothesis.parent for hypothesis in live])
            states = decoder.forward(cache, 0, [hypothesis.tokens[-1:] for hypothesis in live])
            live, finished = self._expand(live, decoder.logits(states[:, 0]), finished)
        open_ones = sorted(live, key=_total)[: max(0, BEAM_SIZE - len(finished))]
        return max([*finished, *open_ones], key=lambda hypothesis: _score(hypothesis, eot)), silence

    def _expand(
        self, live: list[Hypothesis], logits: torch.Tensor, finished: list[Hypothesis]
    ) -> tuple[list[Hypothesis], list[Hypothesis]]:
        """The likeliest branches one token on, and the finished ones with those that ended."""
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
    """The likeliest first."""
    return -hypothesis.total


def _score(hypothesis: Hypothesis, eot: int) -> float:
    """What branches of unequal lengths are compared by: how likely a token is on average."""
    return hypothesis.total / max(1, len(hypothesis.tokens) - (hypothesis.tokens[-1:] == (eot,)))


def _is_looping(row: RowStart, hypothesis: Hypothesis, eot: int) -> bool:
    return (
        row.stop_at_loops
        and len(hypothesis.tokens) % CHECK_EVERY == 0
        and loop_start(hypothesis.tokens, eot) is not None
    )
