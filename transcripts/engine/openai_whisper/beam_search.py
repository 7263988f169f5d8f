"""Beam search: the likeliest texts of one window side by side, a token at a time, in place of the likeliest token.

It is whisper's own search (``BeamSearchDecoder``, with patience 1 and without a length penalty). All branches hear the same sound, which
is kept once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic

from transcripts.engine.openai_whisper.decode_loop import Begin, Waiting, kept
from transcripts.engine.openai_whisper.protocols import C, Network
from transcripts.engine.openai_whisper.repetition import loop_of
from transcripts.engine.openai_whisper.sampling import Rules, Written

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch

WIDTH = 4
"""Branches. Products take rows four at a time, so a fifth, which is usual, would cost as much as eight; on the recordings of
``tests/quality/real_speech`` it makes no fewer errors where it matters (15.8 to 15.8% beside noise)."""

LOOK = 32
"""Tokens after which it is looked again whether the likeliest branch only repeats itself."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A text, how likely each of its tokens is, and what it was chosen by (see ``decode_loop.Text.attention``).

    ``parent`` is the number of the branch that it grew from.
    """

    tokens: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    attention: tuple[npt.NDArray[np.float16], ...] = ()
    rules: Written = field(default_factory=Written)
    parent: int = 0
    total: float = 0.0

    def grown(self, token: int, logprob: float, parent: int) -> Branch:
        """The branch with one more token."""
        tokens, logprobs = (*self.tokens, token), (*self.logprobs, logprob)
        return Branch(tokens, logprobs, self.attention, self.rules, parent, self.total + logprob)

    def seen(self, attention: npt.NDArray[np.float16]) -> Branch:
        """The branch before it grows, with what its next token is chosen by."""
        return replace(self, attention=(*self.attention, attention))

    def taken(self, begin: int) -> Branch:
        """The branch as it goes on: its rules take note of its last token; ``begin`` is the first timestamp."""
        rules = replace(self.rules)
        rules.add(self.tokens[-1], begin)
        return replace(self, rules=rules)


class Beams(Generic[C]):
    """One row after the other, each in several branches."""

    def __init__(self, network: Network[C], slots: C, rules: Rules, no_speech: int) -> None:
        """``slots`` has room for ``WIDTH`` branches; ``no_speech`` is the token whose probability says that nobody speaks."""
        self._network = network
        self._slots = slots
        self._rules = rules
        self._no_speech = no_speech

    def run(self, waiting: Waiting) -> Iterator[tuple[Begin, Branch, float]]:
        """Each row with its likeliest text, which ends with the end of text unless it had no room, and its probability of silence."""
        while not waiting.stopped and (rows := waiting.take(1)):
            yield (rows[0], *self._search(rows[0]))

    def _search(self, row: Begin) -> tuple[Branch, float]:
        network, slots, eot = self._network, self._slots, self._rules.eot
        network.listen(slots, 0, row.features)
        states = network.read(slots, 0, [row.tokens])
        silence = float(network.logits(states[:, row.sot])[0].softmax(-1)[self._no_speech])
        slots.share(WIDTH)
        live, finished = self._grown(self._seen([Branch()], row), network.logits(states[:, -1]), [])
        while len(finished) < WIDTH and live and len(live[0].tokens) < row.room and not _stuck(row, live[0], eot):
            slots.reorder([branch.parent for branch in live])
            states = network.read(slots, 0, [branch.tokens[-1:] for branch in live])
            live, finished = self._grown(self._seen(live, row), network.logits(states[:, 0]), finished)
        open_ones = sorted(live, key=_total)[: max(0, WIDTH - len(finished))]
        return max([*finished, *open_ones], key=lambda branch: _worth(branch, eot)), silence

    def _seen(self, live: list[Branch], row: Begin) -> list[Branch]:
        watched = self._slots.watched
        if watched is None:
            return live
        return [branch.seen(kept(seen, row)) for branch, seen in zip(live, watched[:, -1], strict=True)]

    def _grown(
        self, live: list[Branch], logits: torch.Tensor, finished: list[Branch]
    ) -> tuple[list[Branch], list[Branch]]:
        """The likeliest branches one token on, and the finished ones with those that ended."""
        tokens, logprobs = self._rules.candidates(logits, [branch.rules for branch in live], WIDTH + 1)
        grown = [
            branch.grown(token, logprob, number)
            for number, branch in enumerate(live)
            for token, logprob in zip(tokens[number], logprobs[number], strict=True)
            if logprob > float("-inf")
        ]
        goes_on: list[Branch] = []
        for branch in sorted(grown, key=_total):
            if len(goes_on) == WIDTH:
                break
            if branch.tokens[-1] == self._rules.eot:
                finished = [*finished, branch][:WIDTH]
            else:
                goes_on.append(branch.taken(self._rules.begin))
        return goes_on, finished


def _total(branch: Branch) -> float:
    """The likeliest first."""
    return -branch.total


def _worth(branch: Branch, eot: int) -> float:
    """What branches of unequal lengths are compared by: how likely a token is on average."""
    return branch.total / max(1, len(branch.tokens) - (branch.tokens[-1:] == (eot,)))


def _stuck(row: Begin, branch: Branch, eot: int) -> bool:
    return row.bounded and len(branch.tokens) % LOOK == 0 and loop_of(branch.tokens, eot) is not None
