"""Choose the next token of each row: the logit filters of ``whisper.decode``, then greedy or sampled decoding.

The filters: timestamps come in pairs, except before the end, and never decrease; the first is within the first second;
non-speech tokens are suppressed; and if all timestamps together are likelier than any text token, a timestamp is
chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from whisper.model import ModelDimensions
    from whisper.tokenizer import Tokenizer

MAX_INITIAL_TIMESTAMP = 1.0
"""Seconds into the window by which its text must begin: whisper's default."""

WINDOW = 30.0


@dataclass(slots=True)
class TimestampState:
    """The state of the filters for one row.

    It holds whether its last token and the one before were timestamps, and the last timestamp.
    """

    count: int = 0
    last: bool = False
    before: bool = True
    time: int = -1

    def add(self, token: int, timestamp_begin: int) -> None:
        """Record a token. ``timestamp_begin`` is the first timestamp token."""
        self.before, self.last = self.last or self.count == 0, token >= timestamp_begin
        if self.last:
            self.time = token - timestamp_begin
        self.count += 1


class Sampler:
    """The filters for one vocabulary. ``no_end`` forbids the end of text, to make rows equally long for benchmarks."""

    def __init__(self, tokenizer: Tokenizer, dims: ModelDimensions, device: torch.device, *, no_end: bool) -> None:
        import torch

        self.eot = tokenizer.eot
        self.timestamp_begin = tokenizer.timestamp_begin
        self.suppressed = torch.tensor(_suppressed(tokenizer, no_end=no_end), device=device)
        self._timestamps = torch.arange(dims.n_vocab - self.timestamp_begin, device=device)
        self._latest = round(MAX_INITIAL_TIMESTAMP * dims.n_audio_ctx / WINDOW)

    def choose(
        self,
        logits: torch.Tensor,
        states: Sequence[TimestampState],
        temperature: float,
        generators: Sequence[torch.Generator],
    ) -> tuple[list[int], list[float]]:
        """Return the next token of each row and its log-probability. Overwrites the logits [rows, vocabulary]."""
        if temperature:
            return self._choose(
                logits, states, lambda timed: _sample(logits, timed, self.timestamp_begin, temperature, generators)
            )
        return self.greedy(logits, states)

    def greedy(self, logits: torch.Tensor, states: Sequence[TimestampState]) -> tuple[list[int], list[float]]:
        """Return the likeliest token of each row and its log-probability (temperature 0)."""
        text, times = logits[:, : self.timestamp_begin], logits[:, self.timestamp_begin :]
        return self._choose(
            logits, states, lambda timed: (times.argmax(-1) + self.timestamp_begin).where(timed, text.argmax(-1))
        )

    def _choose(
        self, logits: torch.Tensor, states: Sequence[TimestampState], pick: Callable[[torch.Tensor], torch.Tensor]
    ) -> tuple[list[int], list[float]]:
        """``pick`` receives which rows must choose a timestamp."""
        self._mask(logits, states)
        text, times = logits[:, : self.timestamp_begin], logits[:, self.timestamp_begin :]
        all_times, all_words = times.logsumexp(-1), _logsumexp(text)
        timed = all_times > text.amax(-1)
        total = all_times.where(timed, all_times.logaddexp(all_words))
        tokens = pick(timed)
        chosen = logits.gather(1, tokens[:, None])[:, 0]
        return tokens.tolist(), (chosen - total).tolist()

    def top_candidates(
        self, logits: torch.Tensor, states: Sequence[TimestampState], count: int
    ) -> tuple[list[list[int]], list[list[float]]]:
        """Return the ``count`` likeliest allowed tokens of each row and their log-probabilities.

        Overwrites the logits.
        """
        self._mask(logits, states)
        text, times = logits[:, : self.timestamp_begin], logits[:, self.timestamp_begin :]
        timed = times.logsumexp(-1) > text.amax(-1)
        text.masked_fill_(timed[:, None], float("-inf"))
        logprobs, tokens = logits.log_softmax(-1).topk(count, dim=-1)
        return tokens.tolist(), logprobs.tolist()

    def allowed_ranges(self, row: TimestampState) -> tuple[int, int, int, int]:
        """Return the allowed text tokens, from and to, and timestamps, from and to.

        Suppressed tokens may be among them.
        """
        end = self.timestamp_begin + len(self._timestamps)
        lowest = self.timestamp_begin + _first_allowed(row, len(self._timestamps))
        if not row.count:
            return 0, 0, lowest, min(self.timestamp_begin + self._latest + 1, end)
        return self.eot if row.last and not row.before else 0, self.timestamp_begin, lowest, end

    def _mask(self, logits: torch.Tensor, states: Sequence[TimestampState]) -> None:
        never = float("-inf")
        logits.index_fill_(1, self.suppressed, never)
        lowest = self._timestamps.new_tensor([_first_allowed(row, len(self._timestamps)) for row in states])
        logits[:, self.timestamp_begin :].masked_fill_(self._timestamps < lowest[:, None], never)
        for number, row in enumerate(states):
            if not row.count:
                logits[number, : self.timestamp_begin] = never
                logits[number, self.timestamp_begin + self._latest + 1 :] = never
            elif row.last and not row.before:
                logits[number, : self.eot] = never


def _first_allowed(row: TimestampState, times: int) -> int:
    """Return the first allowed timestamp: none after a pair, the same or later after a single one, else a later one."""
    if row.last:
        return times if row.before else row.time
    return row.time + 1


def _suppressed(tokenizer: Tokenizer, *, no_end: bool) -> list[int]:
    """Return the tokens that whisper suppresses by default: non-speech tokens, and those that only occur in prompts."""
    special = [tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev, tokenizer.sot_lm]
    others = [tokenizer.no_speech, tokenizer.no_timestamps, *([tokenizer.eot] if no_end else [])]
    return sorted({*_non_speech_tokens(tokenizer), *special, *(token for token in others if token is not None)})


def _non_speech_tokens(tokenizer: Tokenizer) -> tuple[int, ...]:
    """Return whisper's own list of non-speech tokens, which it caches in the tokenizer.

    whisper encodes each symbol with a check for special tokens, by a regular expression of 1,600 words that takes a
    tenth of a second to compile. The symbols contain none, so they are encoded without that check.
    """
    kept = vars(tokenizer)
    if "non_speech_tokens" not in kept:
        plain = SimpleNamespace(encoding=SimpleNamespace(encode=tokenizer.encoding.encode_ordinary))
        kept["non_speech_tokens"] = type(tokenizer).non_speech_tokens.func(plain)
    found: tuple[int, ...] = kept["non_speech_tokens"]
    return found


def _logsumexp(values: torch.Tensor) -> torch.Tensor:
    """Use torch's logsumexp. It would split a single row among all threads, so that is computed as one of two rows."""
    return values.logsumexp(-1) if len(values) > 1 else values.expand(2, -1).logsumexp(-1)[:1]


def _sample(
    logits: torch.Tensor,
    timed: torch.Tensor,
    timestamp_begin: int,
    temperature: float,
    generators: Sequence[torch.Generator],
) -> torch.Tensor:
    """Sample a token for each row with the row's own generator, so that the other rows do not matter."""
    import torch

    logits[:, :timestamp_begin].masked_fill_(timed[:, None], float("-inf"))
    likely = (logits / temperature).softmax(-1)
    drawn = [row.multinomial(1, generator=generator) for row, generator in zip(likely, generators, strict=True)]
    return torch.cat(drawn)
