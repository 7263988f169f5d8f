"""The decode loop: rows begin, are written a token at a time side by side, and leave when they are done, so none waits for the slowest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from transcripts.engine.openai_whisper.caches import Caches
from transcripts.engine.openai_whisper.network import Network
from transcripts.engine.openai_whisper.rules import Rules, Written

if TYPE_CHECKING:
    import torch

BEGINNING = 512
"""Tokens of prompts that pass through the decoder at once: they take memory for attention to all of the sound."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A row before its first token: features [1500, state], the tokens before it, of which number ``sot`` starts the transcript."""

    number: int
    features: torch.Tensor
    tokens: tuple[int, ...]
    sot: int
    seed: int
    room: int


@dataclass(slots=True)
class Text:
    """A row while it is written, and when it is done: its tokens, with the end of text if it came to that, and whisper's figures."""

    begin: Begin
    generator: torch.Generator
    no_speech_prob: float
    tokens: list[int] = field(default_factory=list)
    sum_logprobs: float = 0.0
    rules: Written = field(default_factory=Written)

    @property
    def length(self) -> int:
        """Tokens that the caches hold: all but the last."""
        return len(self.begin.tokens) + len(self.tokens) - 1


class Loop:
    """Rows in a batch. It is used once."""

    def __init__(self, network: Network, caches: Caches, rules: Rules, no_speech: int, temperature: float) -> None:
        """``no_speech`` is the token whose probability at the start says that nobody speaks."""
        self._network = network
        self._caches = caches
        self._rules = rules
        self._no_speech = no_speech
        self._temperature = temperature
        self._live: list[Text] = []

    def run(self, rows: Sequence[Begin], capacity: int) -> Iterator[Text]:
        """Write all rows, as many at once as there is room for; each comes as soon as it is done."""
        waiting = deque(rows)
        while waiting or self._live:
            while waiting and len(self._live) < capacity:
                self._begin(_alike(waiting, capacity - len(self._live)))
                yield from self._done()
            if self._live:
                self._step()
                yield from self._done()

    def _begin(self, rows: list[Begin]) -> None:
        """Pass the tokens before the text through the decoder, equally many for all these rows, and choose their first."""
        import torch

        slots = slice(len(self._live), len(self._live) + len(rows))
        for slot, row in enumerate(rows, slots.start):
            self._network.listen(self._caches, slot, row.features)
        tokens = torch.tensor([row.tokens for row in rows], device=rows[0].features.device)
        states = self._network.states(tokens, self._caches, self._caches.first(slots, tokens.shape[1]))
        last = self._network.logits(states[:, -1])
        start = last if rows[0].sot == tokens.shape[1] - 1 else self._network.logits(states[:, rows[0].sot])
        silence = start.softmax(-1)[:, self._no_speech].tolist()
        begun = [Text(row, _generator(row), silent) for row, silent in zip(rows, silence, strict=True)]
        self._live += begun
        self._choose(last, begun)

    def _step(self) -> None:
        import torch

        live = self._live
        tokens = torch.tensor([[text.tokens[-1]] for text in live], device=live[0].begin.features.device)
        states = self._network.states(tokens, self._caches, self._caches.next([text.length for text in live]))
        self._choose(self._network.logits(states[:, 0]), live)

    def _choose(self, logits: torch.Tensor, texts: Sequence[Text]) -> None:
        generators = [text.generator for text in texts]
        chosen = self._rules.choose(logits, [text.rules for text in texts], self._temperature, generators)
        for text, token, logprob in zip(texts, *chosen, strict=True):
            text.tokens.append(token)
            text.sum_logprobs += logprob
            text.rules.add(token, self._rules.begin)

    def _done(self) -> Iterator[Text]:
        """The rows that are done; the last ones in use move into their slots."""
        for slot in reversed(range(len(self._live))):
            text = self._live[slot]
            if text.tokens[-1] == self._rules.eot or len(text.tokens) >= text.begin.room:
                last = self._live.pop()
                if slot < len(self._live):
                    self._live[slot] = last
                    self._caches.move(len(self._live), slot, last.length)
                yield text


def _alike(waiting: deque[Begin], free: int) -> list[Begin]:
    """The next rows that can begin together: equally many tokens, not too many of them."""
    length = len(waiting[0].tokens)
    rows: list[Begin] = []
    while waiting and len(rows) < min(free, max(1, BEGINNING // length)) and len(waiting[0].tokens) == length:
        rows.append(waiting.popleft())
    return rows


def _generator(row: Begin) -> torch.Generator:
    import torch

    return torch.Generator(row.features.device).manual_seed(row.seed)
