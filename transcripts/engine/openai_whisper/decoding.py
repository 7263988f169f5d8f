"""Windows into tokens: the encoder one window at a time, the decoder on many rows at once.

A row's outcome does not depend on the rows beside it: in int8 to the last bit, in float32 but for the rounding of matrix products.

linear.py               layers in int8 and float
layers.py               what encoder and decoder are made of
encoder.py              a window's mel into features
protocols.py            what the loop needs of a decoder
text_decoder.py         the decoder in torch, a token at a time, on kv_cache.py; cuda_graphs.py replays its steps on a GPU
compiled/               the decoder in machine code
sampling.py             which token may follow
threads.py              work side by side
repetition.py           text that only repeats itself
decode_loop.py          rows side by side, each leaving when it is done
beam_search.py          beam search
precision.py            int8, float16 or float32, and why
precision_loss.py       what a model loses in them, on real speech; precision_cache.py keeps it
word_timestamps.py      when each word was said
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from transcripts.engine.openai_whisper import precision as precisions
from transcripts.engine.openai_whisper import word_timestamps
from transcripts.engine.openai_whisper.beam_search import WIDTH, Beams, Branch
from transcripts.engine.openai_whisper.decode_loop import Begin, Loop, Text, Waiting, write
from transcripts.engine.openai_whisper.memory import installed
from transcripts.engine.openai_whisper.protocols import Slots
from transcripts.engine.openai_whisper.repetition import loop_of
from transcripts.engine.openai_whisper.threads import side_by_side
from transcripts.engine.openai_whisper.word_timestamps import Aligned, Said
from transcripts.words import Word

if TYPE_CHECKING:
    import numpy.typing as npt
    import torch
    from whisper.model import Whisper
    from whisper.tokenizer import Tokenizer

T = TypeVar("T")
R = TypeVar("R")

MEMORY = 1_000_000_000
"""Bytes that the rows of a batch may take on a CPU, or an eighth of the memory, if that is less; on a GPU it may be a third."""

ROWS = 16
"""Rows for each thread of a CPU. More at once gain nothing: reading the keys and values of the sound takes the time, and each row has
its own."""

HEADS = 32
"""Heads that are watched while a text is written, at most: each takes 3 kB a token. Official models have 6 to 23 that align; of others
half of all heads count, and their text is read once more in place of that."""

ROWS_OF_GPU = 256
"""More at once gain a fifth (large-v3-turbo's dimensions) or a quarter (base) at most, measured in float16 on an H200 by
``python -m tests.quality.float16``. They would take all of its memory, and a batch is what a run that is broken off loses."""


@dataclass(frozen=True, slots=True)
class Row:
    """One window to decode: its features [times, state], language code, prompt tokens, and what a temperature above 0 draws from.

    Nothing is written where Whisper's probability of silence is ``nobody`` or more; with ``bounded`` a text ends that only repeats itself;
    with ``watched`` what its words are timed by is kept.
    """

    features: torch.Tensor
    language: str | None
    prompt: tuple[int, ...] = ()
    seed: int = 0
    nobody: float = math.inf
    bounded: bool = False
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was written about one window: tokens without the final end-of-text, and Whisper's figures (None: it gave no number).

    ``looped`` says that behind the tokens it only repeated itself, which is left out. ``logprobs`` are of each token, natural log.
    ``attention`` is what the model's alignment heads attended to when each token, and what follows the last, was chosen, before the softmax
    [tokens + 1, heads, times], of a row that was ``watched``; None where that is not known.
    """

    tokens: tuple[int, ...]
    avg_logprob: float | None
    compression_ratio: float
    no_speech_prob: float | None
    temperature: float
    looped: bool = False
    logprobs: tuple[float, ...] = ()
    attention: npt.NDArray[np.float16] | None = field(default=None, compare=False, repr=False)


class Decoder:
    """A model as two functions, ``encode`` and ``decode``. It cuts no sound, and judges no text.

    ``precision`` is the one it computes in, and ``why`` says in a sentence why it is that.
    """

    def __init__(self, model: Whisper, precision: str = "auto") -> None:
        """Take over a model as whisper loads it, whose own weights are let go; raises PrecisionError."""
        import torch

        self.model = model
        with torch.inference_mode(), self._few_threads():
            weights = precisions.choose(model, precision)
        self.precision, self.why = weights.precision, weights.why
        self._encoder, self._network = weights.encoder, weights.network
        self._slots: list[Slots] = []

    @property
    def best_batch(self) -> int:
        """How many rows at once are fastest and fit into memory."""
        import torch

        row: int = self._network.bytes_of_row(self.model.dims.n_text_ctx)
        if self.model.device.type == "cuda":
            return max(1, min(ROWS_OF_GPU, int(torch.cuda.mem_get_info(self.model.device)[1]) // 3 // row))
        return max(1, min(ROWS * int(torch.get_num_threads()), min(MEMORY, installed() // 8) // row))

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """The features [frames / 2, state] of one window's log-mel [n_mels, frames], of 3000 at most."""
        import torch

        with torch.inference_mode(), self._few_threads():
            return self._encoder(mel)

    def each(self, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """What ``work``, in which windows are encoded, makes of each item, several at once where that is faster."""
        import torch

        with self._few_threads():
            return side_by_side(work, items, torch.get_num_threads() if self.model.device.type == "cpu" else 1)

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of all languages that the model knows."""
        from whisper.tokenizer import LANGUAGES

        return tuple(LANGUAGES)[: self.model.num_languages] if self.model.is_multilingual else ("en",)

    def detect(self, features: torch.Tensor) -> str:
        """The likeliest language's code, of features [times, state]."""
        return self.languages[int(self.language_logprobs([features])[0].argmax())]

    def language_logprobs(self, features: Sequence[torch.Tensor]) -> npt.NDArray[np.float32]:
        """How likely each window is in each of ``languages``, natural log [windows, languages], from features [times, state] each."""
        import torch

        if not self.model.is_multilingual:
            return np.zeros((len(features), 1), np.float32)
        tokenizer = self._tokenizer(None)
        tokens = [tokenizer.to_language_token(code) for code in self.languages]
        with torch.inference_mode(), self._few_threads():
            slots = self._network.slots(len(features), 1)
            for slot, one in enumerate(features):
                self._network.listen(slots, slot, one)
            logits = self._network.logits(self._network.read(slots, 0, [[tokenizer.sot]] * len(features)))
            return np.asarray(logits[:, 0, tokens].log_softmax(dim=-1).cpu(), np.float32)

    def decode(self, rows: Sequence[Row], temperature: float = 0.0, *, exactly: int | None = None) -> list[Decoded]:
        """Decode all rows with timestamps, without text of earlier windows: greedily at 0, else drawing at this temperature.

        They may be any number, of any languages, with prompts of any lengths. ``exactly`` makes each text so many tokens long, end or
        no end: for benchmarks.
        """
        import torch

        tokenizer = self._tokenizer(None)
        begun = [self._begin(number, row, exactly) for number, row in enumerate(rows)]
        with torch.inference_mode(), self._few_threads():
            rules = self._network.rules(tokenizer, no_end=exactly is not None)
            slots = self._watching(self._room(begun), rows)
            loops = [Loop(self._network, one, rules, tokenizer.no_speech, temperature) for one in slots]
            done = {text.begin.number: text for text in write(loops, Waiting(begun))}
        return [_decoded(done[number], tokenizer, temperature) for number in range(len(begun))]

    def search(self, rows: Sequence[Row]) -> list[Decoded]:
        """Decode all rows by beam search; see ``beam_search.py``. It takes several times as long as ``decode``."""
        import torch

        tokenizer = self._tokenizer(None)
        if not rows:
            return []
        begun = [self._begin(number, row, None) for number, row in enumerate(rows)]
        waiting = Waiting(begun)
        with torch.inference_mode(), self._few_threads():
            rules = self._network.rules(tokenizer)
            slots = self._watching(self._room(begun, WIDTH), rows)
            beams = [Beams(self._network, one, rules, tokenizer.no_speech) for one in slots]
            found = side_by_side(lambda one: _run(one, waiting), beams, len(beams), waiting.stop)
        done = {
            row.number: _searched(row, branch, silence, tokenizer) for some in found for row, branch, silence in some
        }
        return [done[number] for number in range(len(begun))]

    def words(
        self,
        features: torch.Tensor,
        segments: Sequence[Said],
        frames: int,
        language: str | None = "en",
        last_speech: float = 0.0,
    ) -> list[tuple[Word, ...]]:
        """The words of each segment of one window with their times, in seconds from the window's start.

        ``features`` are those that ``encode`` gave; a segment is ``Said(piece.tokens, piece.start, piece.end)`` for each piece that
        ``cut`` found, in order; ``frames`` is how much of the window is sound (100 a second); ``last_speech`` is when somebody spoke
        last before it, which is 0 or less. A segment without text has no words.
        """
        import torch

        tokenizer = self._tokenizer(language or self.detect(features))
        with torch.inference_mode(), self._few_threads():
            reader = word_timestamps.Reader(self.model, self._network)
            return word_timestamps.find(reader, tokenizer, features, segments, frames, last_speech)

    def timed(
        self,
        features: torch.Tensor,
        decoded: Decoded,
        segments: Sequence[Said],
        spoken: word_timestamps.Spoken,
        language: str | None = "en",
    ) -> Aligned:
        """The words of each segment of what was decoded of one window; see ``word_timestamps.aligned``."""
        import torch

        tokenizer = self._tokenizer(language or self.detect(features))
        with torch.inference_mode(), self._few_threads():
            attention: npt.NDArray[Any] | None = decoded.attention
            if attention is None:
                if len(tokenizer.sot_sequence) + len(decoded.tokens) > self.model.dims.n_text_ctx:
                    return Aligned([()] * len(segments))
                reader = word_timestamps.Reader(self.model, self._network)
                attention = reader.attention(features, tokenizer.sot_sequence, decoded.tokens)
            return word_timestamps.aligned(tokenizer, attention, decoded.logprobs, segments, spoken)

    def _watching(self, slots: list[Slots], rows: Sequence[Row]) -> list[Slots]:
        """Slots that watch the alignment heads, where a row wants that and they are not too many."""
        heads = word_timestamps.heads_of(self.model) if any(row.watched for row in rows) else []
        for one in slots:
            one.watch(heads if len(heads) <= HEADS else [])
        return slots

    def _room(self, begun: Sequence[Begin], least: int = 1) -> list[Slots]:
        """Slots for rows, as many as are fastest at once: for each thread that may write some, and ``least`` at least for each.

        Fresh memory costs time: those of the last batch, if they do.
        """
        import torch

        rows = min(self.best_batch, len(begun))
        room = max((len(row.tokens) + row.room for row in begun), default=1)
        threads = max(1, min(rows, torch.get_num_threads() if self._network.alone else 1))
        capacity = max(least, -(-rows // threads))
        kept = self._slots
        if len(kept) < threads or kept[0].capacity < capacity or kept[0].room < room:
            self._slots = kept = []  # let go before the next are made
            self._slots = kept = [self._network.slots(capacity, room) for _ in range(threads)]
        return kept[:threads]

    def _begin(self, number: int, row: Row, exactly: int | None) -> Begin:
        """A row with the tokens before its text, as whisper puts them, and the room that whisper gives it."""
        tokenizer = self._tokenizer(row.language or self.detect(row.features))
        half = self.model.dims.n_text_ctx // 2
        before = (tokenizer.sot_prev, *row.prompt[-(half - 1) :]) if row.prompt else ()
        tokens = (*before, *tokenizer.sot_sequence)
        room = min(exactly or half, self.model.dims.n_text_ctx + 1 - len(tokens))
        return Begin(number, row.features, tokens, len(before), row.seed, room, row.nobody, row.bounded and not exactly)

    def _tokenizer(self, language: str | None) -> Tokenizer:
        from whisper.tokenizer import get_tokenizer

        model = self.model
        return get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language=language)

    @contextlib.contextmanager
    def _few_threads(self) -> Iterator[None]:
        """One thread for a narrow model, as many as there were for every other."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(1 if self.model.dims.n_text_state < precisions.NARROW else before)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def _decoded(text: Text, tokenizer: Tokenizer, temperature: float) -> Decoded:
    from whisper.utils import compression_ratio

    tokens = text.tokens[: text.loop] if text.tokens[-1] != tokenizer.eot else text.tokens[:-1]
    seen = text.attention[: len(tokens) + 1]
    return Decoded(
        tuple(tokens),
        _figure(sum(text.logprobs[: len(tokens) + 1]) / (len(tokens) + 1)),
        float(compression_ratio(tokenizer.decode(tokens).strip())),
        _figure(text.no_speech_prob),
        float(temperature),
        text.loop is not None,
        tuple(text.logprobs[: len(tokens)]),
        np.stack(seen) if seen else None,
    )


def _run(beams: Beams[Any], waiting: Waiting) -> list[tuple[Begin, Branch, float]]:
    import torch

    with torch.inference_mode():  # each thread has its own
        return list(beams.run(waiting))


def _searched(row: Begin, branch: Branch, silence: float, tokenizer: Tokenizer) -> Decoded:
    text = Text(row, None, silence, list(branch.tokens), list(branch.logprobs), list(branch.attention))
    text.loop = loop_of(branch.tokens, tokenizer.eot) if row.bounded else None
    return _decoded(text, tokenizer, 0.0)


def _figure(value: float) -> float | None:
    """A plain float; None for what is no number (a vocabulary without the no-speech token gives that)."""
    return float(value) if math.isfinite(value) else None
