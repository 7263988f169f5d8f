"""The decode loop: rows of a batch grow by one token a step.

A row leaves as soon as it is done and another takes its place, so no row waits for the slowest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic

from transcripts.engine.openai_whisper.protocols import C, TextDecoder
from transcripts.engine.openai_whisper.repetition import RepetitionDetector
from transcripts.engine.openai_whisper.sampling import Sampler, TimestampState
from transcripts.engine.openai_whisper.threads import parallel_map

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch

PREFILL_TOKENS = 512
"""Maximum number of prompt tokens in one forward pass: each needs memory for attention to all of the audio."""


@dataclass(frozen=True, slots=True)
class RowStart:
    """A row before its first token.

    ``features`` [times, state]; ``tokens`` are those before the text, of which number ``sot`` starts the transcript.
    Nothing is written if the no-speech probability is ``no_speech_threshold`` or more. With ``stop_at_loops``, text
    that repeats itself ends.
    """

    number: int
    features: torch.Tensor
    tokens: tuple[int, ...]
    sot: int
    seed: int
    max_tokens: int
    no_speech_threshold: float
    stop_at_loops: bool


@dataclass(slots=True)
class RowText:
    """The text of a row, in progress or done.

    Its tokens, including the end of text if it was reached, and Whisper's figures. ``loop`` is where it began to repeat
    itself, if that ended it. ``cross_scores`` are the scores of the recorded heads, before the softmax, when each token
    was chosen [heads, times], if heads are recorded.
    """

    start: RowStart
    generator: torch.Generator | None
    no_speech_prob: float
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    cross_scores: list[npt.NDArray[np.float16]] = field(default_factory=list)
    timestamp_state: TimestampState = field(default_factory=TimestampState)
    repeats: RepetitionDetector = field(default_factory=RepetitionDetector)
    loop: int | None = None

    def add(self, token: int, logprob: float, sampler: Sampler) -> None:
        """Append a token."""
        if self.start.stop_at_loops and token < sampler.eot:
            self.loop = self.repeats.add(token, len(self.tokens))
        self.tokens.append(token)
        self.logprobs.append(logprob)
        self.timestamp_state.add(token, sampler.timestamp_begin)

    def is_done(self, eot: int) -> bool:
        """Return whether the text is complete."""
        no_speech = self.no_speech_prob >= self.start.no_speech_threshold
        return no_speech or self.loop is not None or self.tokens[-1] == eot or len(self.tokens) >= self.start.max_tokens


class RowQueue:
    """The rows that have not begun. Thread-safe: several loops may take from it."""

    def __init__(self, rows: Iterable[RowStart]) -> None:
        self._rows = deque(rows)
        self._lock = Lock()
        self.stopped = False

    def stop(self) -> None:
        """Stop all loops."""
        self.stopped = True

    def take(self, free: int) -> list[RowStart]:
        """Take the next rows that can begin together: equally many prompt tokens, and not too many of them."""
        taken: list[RowStart] = []
        with self._lock:
            most = min(free, max(1, PREFILL_TOKENS // len(self._rows[0].tokens))) if self._rows else 0
            while (
                self._rows and len(taken) < most and len(self._rows[0].tokens) == len((taken or self._rows)[0].tokens)
            ):
                taken.append(self._rows.popleft())
        return taken


class DecodeLoop(Generic[C]):
    """A batch of rows. Used once."""

    def __init__(self, decoder: TextDecoder[C], cache: C, sampler: Sampler, no_speech: int, temperature: float) -> None:
        """``no_speech`` is the token whose probability at the start is the no-speech probability."""
        self._decoder = decoder
        self._cache = cache
        self._sampler = sampler
        self._no_speech = no_speech
        self._temperature = temperature
        self._live: list[RowText] = []

    def run(self, waiting: RowQueue) -> list[RowText]:
        """Decode rows until the queue is empty, as many at once as fit into the cache."""
        done: list[RowText] = []
        while not waiting.stopped:
            while rows := waiting.take(self._cache.capacity - len(self._live)):
                self._prefill(rows)
                done += self._pop_done()
            if not self._live:
                break
            self._decode_step()
            done += self._pop_done()
        return done

    def _prefill(self, rows: list[RowStart]) -> None:
        """Pass the prompt tokens of new rows, equally many each, through the decoder. Choose their first tokens."""
        first, sot = len(self._live), rows[0].sot
        for slot, row in enumerate(rows, first):
            self._decoder.set_audio(self._cache, slot, row.features)
        states = self._decoder.forward(self._cache, first, [row.tokens for row in rows])
        last = self._decoder.logits(states[:, -1])
        start = last if sot == states.shape[1] - 1 else self._decoder.logits(states[:, sot])
        silence = start.softmax(-1)[:, self._no_speech].tolist()
        begun = [RowText(row, _generator(row), silent) for row, silent in zip(rows, silence, strict=True)]
        self._live += begun
        self._choose(last, begun)
        self._record(begun)

    def _decode_step(self) -> None:
        states = self._decoder.forward(self._cache, 0, [text.tokens[-1:] for text in self._live])
        self._choose(self._decoder.logits(states[:, 0]), self._live)
        self._record(self._live)

    def _choose(self, logits: torch.Tensor, texts: Sequence[RowText]) -> None:
        generators = [text.generator for text in texts if text.generator]
        chosen = self._sampler.choose(logits, [text.timestamp_state for text in texts], self._temperature, generators)
        for text, token, logprob in zip(texts, *chosen, strict=True):
            text.add(token, logprob, self._sampler)

    def _record(self, texts: Sequence[RowText]) -> None:
        """Store the cross-attention scores of each text's last token."""
        recorded = self._cache.cross_scores
        if recorded is not None:
            for text, scores in zip(texts, recorded[:, -1], strict=True):
                text.cross_scores.append(stored_scores(scores, text.start))

    def _pop_done(self) -> Iterator[RowText]:
        """Yield the rows that are done, and move the last rows into their slots."""
        for slot in reversed(range(len(self._live))):
            text = self._live[slot]
            if text.is_done(self._sampler.eot):
                last = self._live.pop()
                if slot < len(self._live):
                    self._live[slot] = last
                    self._cache.move(len(self._live), slot)
                yield text


def run_loops(loops: Sequence[DecodeLoop[C]], waiting: RowQueue) -> list[RowText]:
    """Decode all rows, with one thread for each loop. An error in one loop stops all."""

    def run(loop: DecodeLoop[C]) -> list[RowText]:
        import torch

        try:
            with torch.inference_mode():
                return loop.run(waiting)
        except BaseException:
            waiting.stop()
            raise

    return [text for done in parallel_map(run, loops, len(loops), waiting.stop) for text in done]


def stored_scores(scores: npt.NDArray[np.float32], row: RowStart) -> npt.NDArray[np.float16]:
    """Return the scores [heads, times or more] of the row's audio, in half the memory."""
    return scores[:, : len(row.features)].astype("float16")


def _generator(row: RowStart) -> torch.Generator:
    import torch

    return torch.Generator(row.features.device).manual_seed(row.seed)
