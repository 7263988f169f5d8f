"""The decode loop: rows begin, are written a token at a time side by side, and leave when they are done, so none waits for the slowest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic

from transcripts.engine.openai_whisper.protocols import C, Network
from transcripts.engine.openai_whisper.repetition import Repeats
from transcripts.engine.openai_whisper.sampling import Rules, Written
from transcripts.engine.openai_whisper.threads import side_by_side

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch

BEGINNING = 512
"""Tokens of prompts that pass through the decoder at once: they take memory for attention to all of the sound."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A row before its first token: features [times, state], the tokens before it, of which number ``sot`` starts the transcript.

    Where Whisper's probability of silence is ``nobody`` or more, nothing is written; with ``bounded`` a text ends that only repeats itself.
    """

    number: int
    features: torch.Tensor
    tokens: tuple[int, ...]
    sot: int
    seed: int
    room: int
    nobody: float
    bounded: bool


@dataclass(slots=True)
class Text:
    """A row while it is written, and when it is done: its tokens, with the end of text if it came to that, and whisper's figures.

    ``loop`` is where it began to repeat itself, if it was ended for that. ``attention`` is what the watched heads attended to when each
    token was chosen, before the softmax [heads, times], if any are watched.
    """

    begin: Begin
    generator: torch.Generator | None
    no_speech_prob: float
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    attention: list[npt.NDArray[np.float16]] = field(default_factory=list)
    rules: Written = field(default_factory=Written)
    repeats: Repeats = field(default_factory=Repeats)
    loop: int | None = None

    def add(self, token: int, logprob: float, rules: Rules) -> None:
        """Write one more token."""
        if self.begin.bounded and token < rules.eot:
            self.loop = self.repeats.add(token, len(self.tokens))
        self.tokens.append(token)
        self.logprobs.append(logprob)
        self.rules.add(token, rules.begin)

    def over(self, eot: int) -> bool:
        """Nothing more is to be written."""
        nobody = self.no_speech_prob >= self.begin.nobody
        return nobody or self.loop is not None or self.tokens[-1] == eot or len(self.tokens) >= self.begin.room


class Waiting:
    """The rows that have not begun; several loops may take of them at once."""

    def __init__(self, rows: Iterable[Begin]) -> None:
        self._rows = deque(rows)
        self._lock = Lock()
        self.stopped = False

    def stop(self) -> None:
        """Let nobody go on."""
        self.stopped = True

    def take(self, free: int) -> list[Begin]:
        """The next rows that can begin together: equally many tokens, not too many of them; none, if none are left."""
        taken: list[Begin] = []
        with self._lock:
            most = min(free, max(1, BEGINNING // len(self._rows[0].tokens))) if self._rows else 0
            while (
                self._rows and len(taken) < most and len(self._rows[0].tokens) == len((taken or self._rows)[0].tokens)
            ):
                taken.append(self._rows.popleft())
        return taken


class Loop(Generic[C]):
    """Rows in a batch. It is used once."""

    def __init__(self, network: Network[C], slots: C, rules: Rules, no_speech: int, temperature: float) -> None:
        """``no_speech`` is the token whose probability at the start says that nobody speaks."""
        self._network = network
        self._slots = slots
        self._rules = rules
        self._no_speech = no_speech
        self._temperature = temperature
        self._live: list[Text] = []

    def run(self, waiting: Waiting) -> list[Text]:
        """Write rows, as many at once as there is room for, until none wait."""
        done: list[Text] = []
        while not waiting.stopped:
            while rows := waiting.take(self._slots.capacity - len(self._live)):
                self._begin(rows)
                done += self._done()
            if not self._live:
                break
            self._step()
            done += self._done()
        return done

    def _begin(self, rows: list[Begin]) -> None:
        """Pass the tokens before the text through the decoder, equally many for all these rows, and choose their first."""
        first, sot = len(self._live), rows[0].sot
        for slot, row in enumerate(rows, first):
            self._network.listen(self._slots, slot, row.features)
        states = self._network.read(self._slots, first, [row.tokens for row in rows])
        last = self._network.logits(states[:, -1])
        start = last if sot == states.shape[1] - 1 else self._network.logits(states[:, sot])
        silence = start.softmax(-1)[:, self._no_speech].tolist()
        begun = [Text(row, _generator(row), silent) for row, silent in zip(rows, silence, strict=True)]
        self._live += begun
        self._choose(last, begun)
        self._watch(begun)

    def _step(self) -> None:
        states = self._network.read(self._slots, 0, [text.tokens[-1:] for text in self._live])
        self._choose(self._network.logits(states[:, 0]), self._live)
        self._watch(self._live)

    def _choose(self, logits: torch.Tensor, texts: Sequence[Text]) -> None:
        generators = [text.generator for text in texts if text.generator]
        chosen = self._rules.choose(logits, [text.rules for text in texts], self._temperature, generators)
        for text, token, logprob in zip(texts, *chosen, strict=True):
            text.add(token, logprob, self._rules)

    def _watch(self, texts: Sequence[Text]) -> None:
        """Keep what led to each text's last token."""
        watched = self._slots.watched
        if watched is not None:
            for text, seen in zip(texts, watched[:, -1], strict=True):
                text.attention.append(kept(seen, text.begin))

    def _done(self) -> Iterator[Text]:
        """The rows that are done; the last ones in use move into their slots."""
        for slot in reversed(range(len(self._live))):
            text = self._live[slot]
            if text.over(self._rules.eot):
                last = self._live.pop()
                if slot < len(self._live):
                    self._live[slot] = last
                    self._slots.move(len(self._live), slot)
                yield text


def write(loops: Sequence[Loop[C]], waiting: Waiting) -> list[Text]:
    """Write all rows, each loop in a thread of its own if there are several. An error in one ends all."""

    def run(loop: Loop[C]) -> list[Text]:
        import torch

        try:
            with torch.inference_mode():
                return loop.run(waiting)
        except BaseException:
            waiting.stop()
            raise

    return [text for done in side_by_side(run, loops, len(loops), waiting.stop) for text in done]


def kept(seen: npt.NDArray[np.float32], row: Begin) -> npt.NDArray[np.float16]:
    """What watched heads [heads, times or more] attended to, in half the memory."""
    return seen[:, : len(row.features)].astype("float16")


def _generator(row: Begin) -> torch.Generator:
    import torch

    return torch.Generator(row.features.device).manual_seed(row.seed)
