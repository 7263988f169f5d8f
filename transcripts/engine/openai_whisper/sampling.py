"""Which token may follow, and which does: the rules of ``whisper.decode`` with timestamps, on all rows at once.

Timestamps come in pairs, except before the end, and never go back; the first stands within the first second; tokens that are no speech
are left out; and where all timestamps together are likelier than any word, a timestamp it is.
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

FIRST_TIMESTAMP = 1.0
"""Seconds into the window by which its text must have begun: whisper's own default."""

WINDOW = 30.0


@dataclass(slots=True)
class Written:
    """What the rules know of one row: whether its last token and the one before were timestamps, and the last timestamp."""

    count: int = 0
    last: bool = False
    before: bool = True
    time: int = -1

    def add(self, token: int, begin: int) -> None:
        """Take note of a token; ``begin`` is the first timestamp."""
        self.before, self.last = self.last or self.count == 0, token >= begin
        if self.last:
            self.time = token - begin
        self.count += 1


class Rules:
    """The rules for one vocabulary. ``no_end`` forbids the end of text, so that rows can be made equally long (for measuring)."""

    def __init__(self, tokenizer: Tokenizer, dims: ModelDimensions, device: torch.device, *, no_end: bool) -> None:
        import torch

        self.eot = tokenizer.eot
        self.begin = tokenizer.timestamp_begin
        self.silent = torch.tensor(_suppressed(tokenizer, no_end=no_end), device=device)
        self._times = torch.arange(dims.n_vocab - self.begin, device=device)
        self._latest = round(FIRST_TIMESTAMP * dims.n_audio_ctx / WINDOW)

    def choose(
        self,
        logits: torch.Tensor,
        written: Sequence[Written],
        temperature: float,
        generators: Sequence[torch.Generator],
    ) -> tuple[list[int], list[float]]:
        """The next token of each row and its log-probability, from logits [rows, vocabulary], which are written over."""
        if temperature:
            return self._choose(
                logits, written, lambda timed: _draw(logits, timed, self.begin, temperature, generators)
            )
        return self.likeliest(logits, written)

    def likeliest(self, logits: torch.Tensor, written: Sequence[Written]) -> tuple[list[int], list[float]]:
        """The same at temperature 0."""
        text, times = logits[:, : self.begin], logits[:, self.begin :]
        return self._choose(
            logits, written, lambda timed: (times.argmax(-1) + self.begin).where(timed, text.argmax(-1))
        )

    def _choose(
        self, logits: torch.Tensor, written: Sequence[Written], pick: Callable[[torch.Tensor], torch.Tensor]
    ) -> tuple[list[int], list[float]]:
        """``pick`` is told which rows must write a timestamp."""
        self._forbid(logits, written)
        text, times = logits[:, : self.begin], logits[:, self.begin :]
        all_times, all_words = times.logsumexp(-1), _logsumexp(text)
        timed = all_times > text.amax(-1)
        total = all_times.where(timed, all_times.logaddexp(all_words))
        tokens = pick(timed)
        chosen = logits.gather(1, tokens[:, None])[:, 0]
        return tokens.tolist(), (chosen - total).tolist()

    def candidates(
        self, logits: torch.Tensor, written: Sequence[Written], count: int
    ) -> tuple[list[list[int]], list[list[float]]]:
        """The likeliest tokens that may follow in each row, and their log-probabilities; logits [rows, vocabulary] are written over."""
        self._forbid(logits, written)
        text, times = logits[:, : self.begin], logits[:, self.begin :]
        timed = times.logsumexp(-1) > text.amax(-1)
        text.masked_fill_(timed[:, None], float("-inf"))
        logprobs, tokens = logits.log_softmax(-1).topk(count, dim=-1)
        return tokens.tolist(), logprobs.tolist()

    def may(self, row: Written) -> tuple[int, int, int, int]:
        """The text tokens, from and to, that a row may write, and the timestamps; some of the former are silent ones."""
        end = self.begin + len(self._times)
        lowest = self.begin + _lowest(row, len(self._times))
        if not row.count:
            return 0, 0, lowest, min(self.begin + self._latest + 1, end)
        return self.eot if row.last and not row.before else 0, self.begin, lowest, end

    def _forbid(self, logits: torch.Tensor, written: Sequence[Written]) -> None:
        never = float("-inf")
        logits.index_fill_(1, self.silent, never)
        lowest = self._times.new_tensor([_lowest(row, len(self._times)) for row in written])
        logits[:, self.begin :].masked_fill_(self._times < lowest[:, None], never)
        for number, row in enumerate(written):
            if not row.count:
                logits[number, : self.begin] = never
                logits[number, self.begin + self._latest + 1 :] = never
            elif row.last and not row.before:
                logits[number, : self.eot] = never


def _lowest(row: Written, times: int) -> int:
    """The first timestamp that may follow: none behind a pair; behind a lone one its like, else a later one."""
    if row.last:
        return times if row.before else row.time
    return row.time + 1


def _suppressed(tokenizer: Tokenizer, *, no_end: bool) -> list[int]:
    """What whisper never lets through by default: sounds and notes, and what only stands in prompts."""
    special = [tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev, tokenizer.sot_lm]
    others = [tokenizer.no_speech, tokenizer.no_timestamps, *([tokenizer.eot] if no_end else [])]
    return sorted({*_no_speech(tokenizer), *special, *(token for token in others if token is not None)})


def _no_speech(tokenizer: Tokenizer) -> tuple[int, ...]:
    """Whisper's own list of signs that nobody says, which it keeps in the tokenizer.

    It asks for each sign in a way that looks for special tokens in it, by a regular expression of 1,600 words that takes a tenth of a
    second to make. There are none in signs: here they are asked for plainly.
    """
    kept = vars(tokenizer)
    if "non_speech_tokens" not in kept:
        plain = SimpleNamespace(encoding=SimpleNamespace(encode=tokenizer.encoding.encode_ordinary))
        kept["non_speech_tokens"] = type(tokenizer).non_speech_tokens.func(plain)
    found: tuple[int, ...] = kept["non_speech_tokens"]
    return found


def _logsumexp(values: torch.Tensor) -> torch.Tensor:
    """Torch's own; a single row, which torch would sum up in as many parts as there are threads, as one of two."""
    return values.logsumexp(-1) if len(values) > 1 else values.expand(2, -1).logsumexp(-1)[:1]


def _draw(
    logits: torch.Tensor, timed: torch.Tensor, begin: int, temperature: float, generators: Sequence[torch.Generator]
) -> torch.Tensor:
    """A token for each row, drawn by its own generator: rows beside it do not count."""
    import torch

    logits[:, :begin].masked_fill_(timed[:, None], float("-inf"))
    likely = (logits / temperature).softmax(-1)
    drawn = [row.multinomial(1, generator=generator) for row, generator in zip(likely, generators, strict=True)]
    return torch.cat(drawn)
