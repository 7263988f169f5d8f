"""Windows into tokens: the encoder on one window at a time, the decoder on many rows at once.

The result of a row does not depend on the other rows: in int8 to the last bit, in float32 except for the rounding of
matrix products.

linear.py           linear layers in float and int8
layers.py           the layers that encoder and decoder are made of
encoder.py          a window's mel spectrogram into features
protocols.py        what the decode loop needs of a decoder
text_decoder.py     the decoder in torch, with kv_cache.py; cuda_graphs.py replays its steps on a GPU
compiled/           encoder and decoder as machine code
sampling.py         which tokens are allowed, and which is chosen
threads.py          parallel map
repetition.py       text that repeats itself
decode_loop.py      the decode loop
decoded.py          the text of a window, and Whisper's figures
beam_search.py      beam search
batch_size.py       how many rows at once
precision.py        int8, float16 or float32, and why
precision_loss.py   what that costs on real speech; precision_cache.py stores it
word_timestamps.py  word timestamps
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from transcripts.engine.openai_whisper import precision as precisions
from transcripts.engine.openai_whisper import word_timestamps
from transcripts.engine.openai_whisper.batch_size import best_batch_size
from transcripts.engine.openai_whisper.beam_search import BEAM_SIZE, BeamSearch, Hypothesis
from transcripts.engine.openai_whisper.decode_loop import DecodeLoop, RowQueue, RowStart, run_loops
from transcripts.engine.openai_whisper.decoded import Decoded, decoded_hypothesis, decoded_text
from transcripts.engine.openai_whisper.protocols import KVCache
from transcripts.engine.openai_whisper.threads import parallel_map
from transcripts.engine.openai_whisper.tokenizer import tokenizer_for
from transcripts.engine.openai_whisper.word_timestamps import WordAlignment
from transcripts.engine.timestamps import Piece
from transcripts.words import Word

if TYPE_CHECKING:
    import numpy.typing as npt
    import torch
    from whisper.model import Whisper
    from whisper.tokenizer import Tokenizer

T = TypeVar("T")
R = TypeVar("R")


MAX_RECORDED_HEADS = 32
"""Maximum number of heads whose cross-attention is recorded during decoding: each takes 3 kB a token. Official models
have 6 to 23 alignment heads. Of others half of all heads count; for these the text is passed through the decoder again
instead."""


@dataclass(frozen=True, slots=True)
class Row:
    """One window to decode.

    ``features`` [times, state], a language code (None: detect it), prompt tokens, and a seed for temperatures above 0.
    Nothing is written if the no-speech probability is ``no_speech_threshold`` or more. With ``stop_at_loops``, text
    that repeats itself ends. With ``record``, the cross-attention that word timestamps need is recorded.
    """

    features: torch.Tensor
    language: str | None
    prompt: tuple[int, ...] = ()
    seed: int = 0
    no_speech_threshold: float = math.inf
    stop_at_loops: bool = False
    record: bool = False


class Decoder:
    """A model as functions: ``encode``, ``decode``, ``search``. Does not cut audio and does not judge text.

    ``precision`` is the one it computes in; ``reason`` says why, as a sentence.
    """

    def __init__(self, model: Whisper, precision: str = "auto") -> None:
        """Take over a model that whisper has loaded, and free its own weights. Raises PrecisionError."""
        import torch

        self.model = model
        with torch.inference_mode(), self._limited_threads():
            prepared = precisions.choose(model, precision)
        self.precision, self.reason = prepared.precision, prepared.reason
        self._encoder, self._text_decoder = prepared.encoder, prepared.decoder
        self._caches: list[KVCache] = []

    @property
    def best_batch(self) -> int:
        """See ``best_batch_size``."""
        return best_batch_size(self.model.device, self._text_decoder.bytes_per_row(self.model.dims.n_text_ctx))

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """Return the features [frames / 2, state] of one window's log-mel [n_mels, frames], of 3000 frames at most."""
        import torch

        with torch.inference_mode(), self._limited_threads():
            return self._encoder(mel)

    def each(self, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Apply ``work``, which may encode windows, to each item; in parallel where that is faster."""
        import torch

        with self._limited_threads():
            return parallel_map(work, items, torch.get_num_threads() if self.model.device.type == "cpu" else 1)

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of all languages that the model supports."""
        from whisper.tokenizer import LANGUAGES

        return tuple(LANGUAGES)[: self.model.num_languages] if self.model.is_multilingual else ("en",)

    def detect(self, features: torch.Tensor) -> str:
        """Return the code of the likeliest language of features [times, state]."""
        return self.languages[int(self.language_logprobs([features])[0].argmax())]

    def language_logprobs(self, features: Sequence[torch.Tensor]) -> npt.NDArray[np.float32]:
        """Return the natural log of each language's probability [windows, languages].

        ``features`` [times, state] of each window; the order of languages is that of ``languages``.
        """
        import torch

        if not self.model.is_multilingual:
            return np.zeros((len(features), 1), np.float32)
        tokenizer = self._tokenizer(None)
        tokens = [tokenizer.to_language_token(code) for code in self.languages]
        with torch.inference_mode(), self._limited_threads():
            cache = self._text_decoder.new_cache(len(features), 1)
            for slot, one in enumerate(features):
                self._text_decoder.set_audio(cache, slot, one)
            logits = self._text_decoder.logits(self._text_decoder.forward(cache, 0, [[tokenizer.sot]] * len(features)))
            return np.asarray(logits[:, 0, tokens].log_softmax(dim=-1).cpu(), np.float32)

    def decode(self, rows: Sequence[Row], temperature: float = 0.0, *, exactly: int | None = None) -> list[Decoded]:
        """Decode all rows with timestamps, greedily at temperature 0, else by sampling.

        No row is conditioned on earlier text. Rows may have different languages and prompt lengths, and there may be
        any number. ``exactly`` makes each text that many tokens long, ignoring the end of text: for benchmarks.
        """
        import torch

        tokenizer = self._tokenizer(None)
        begun = [self._row_start(number, row, exactly) for number, row in enumerate(rows)]
        with torch.inference_mode(), self._limited_threads():
            sampler = self._text_decoder.sampler(tokenizer, no_end=exactly is not None)
            caches = self._recording(self._take_caches(begun), rows)
            loops = [DecodeLoop(self._text_decoder, one, sampler, tokenizer.no_speech, temperature) for one in caches]
            done = {text.start.number: text for text in run_loops(loops, RowQueue(begun))}
        return [decoded_text(done[number], tokenizer, temperature) for number in range(len(begun))]

    def search(self, rows: Sequence[Row]) -> list[Decoded]:
        """Decode all rows by beam search. Takes several times as long as ``decode``."""
        import torch

        tokenizer = self._tokenizer(None)
        if not rows:
            return []
        begun = [self._row_start(number, row, None) for number, row in enumerate(rows)]
        waiting = RowQueue(begun)
        with torch.inference_mode(), self._limited_threads():
            sampler = self._text_decoder.sampler(tokenizer)
            caches = self._recording(self._take_caches(begun, BEAM_SIZE), rows)
            beams = [BeamSearch(self._text_decoder, one, sampler, tokenizer.no_speech) for one in caches]
            found = parallel_map(lambda one: _run(one, waiting), beams, len(beams), waiting.stop)
        done = {
            row.number: decoded_hypothesis(row, hypothesis, silence, tokenizer)
            for some in found
            for row, hypothesis, silence in some
        }
        return [done[number] for number in range(len(begun))]

    def whisper_words(
        self,
        features: torch.Tensor,
        pieces: Sequence[Piece],
        frames: int,
        language: str | None = "en",
        last_speech: float = 0.0,
    ) -> list[tuple[Word, ...]]:
        """Return the words of each piece of one window, by Whisper's own algorithm.

        Times are seconds from the window's start. ``features`` come from ``encode``, ``pieces`` from
        ``parse_timestamps``, in order. ``frames`` is the sound in the window (100 a second). ``last_speech`` is when
        speech last ended before it, 0 or less. A piece without text has no words.
        """
        import torch

        tokenizer = self._tokenizer(language or self.detect(features))
        with torch.inference_mode(), self._limited_threads():
            timing_model = word_timestamps.TimingModel(self.model, self._text_decoder)
            return word_timestamps.whisper_words(timing_model, tokenizer, features, pieces, frames, last_speech)

    def align_words(
        self,
        features: torch.Tensor,
        decoded: Decoded,
        pieces: Sequence[Piece],
        spoken: word_timestamps.SpeechSteps,
        language: str | None = "en",
    ) -> WordAlignment:
        """Return the words of each piece of one window, placed in speech only. See ``word_timestamps.align_words``."""
        import torch

        tokenizer = self._tokenizer(language or self.detect(features))
        with torch.inference_mode(), self._limited_threads():
            scores: npt.NDArray[Any] | None = decoded.cross_scores
            if scores is None:
                if len(tokenizer.sot_sequence) + len(decoded.tokens) > self.model.dims.n_text_ctx:
                    return WordAlignment([()] * len(pieces))
                timing_model = word_timestamps.TimingModel(self.model, self._text_decoder)
                scores = timing_model.cross_scores(features, tokenizer.sot_sequence, decoded.tokens)
            return word_timestamps.align_words(tokenizer, scores, decoded.logprobs, pieces, spoken)

    def _recording(self, caches: list[KVCache], rows: Sequence[Row]) -> list[KVCache]:
        """Let the caches record the alignment heads, if a row wants that and there are not too many."""
        heads = word_timestamps.alignment_heads(self.model) if any(row.record for row in rows) else []
        for cache in caches:
            cache.record(heads if len(heads) <= MAX_RECORDED_HEADS else [])
        return caches

    def _take_caches(self, begun: Sequence[RowStart], least: int = 1) -> list[KVCache]:
        """Return caches for rows, one for each thread that decodes, with at least ``least`` slots each.

        Fresh memory costs time, so the caches of the last batch are reused if they are large enough.
        """
        import torch

        rows = min(self.best_batch, len(begun))
        max_tokens = max((len(row.tokens) + row.max_tokens for row in begun), default=1)
        threads = max(1, min(rows, torch.get_num_threads() if self._text_decoder.single_threaded else 1))
        capacity = max(least, -(-rows // threads))
        kept = self._caches
        if len(kept) < threads or kept[0].capacity < capacity or kept[0].max_tokens < max_tokens:
            self._caches = kept = []  # free these before allocating the next
            self._caches = kept = [self._text_decoder.new_cache(capacity, max_tokens) for _ in range(threads)]
        return kept[:threads]

    def _row_start(self, number: int, row: Row, exactly: int | None) -> RowStart:
        """Return a row with the tokens before its text, and its maximum length, both as in whisper."""
        tokenizer = self._tokenizer(row.language or self.detect(row.features))
        half = self.model.dims.n_text_ctx // 2
        before = (tokenizer.sot_prev, *row.prompt[-(half - 1) :]) if row.prompt else ()
        tokens = (*before, *tokenizer.sot_sequence)
        max_tokens = min(exactly or half, self.model.dims.n_text_ctx + 1 - len(tokens))
        return RowStart(
            number,
            row.features,
            tokens,
            len(before),
            row.seed,
            max_tokens,
            row.no_speech_threshold,
            row.stop_at_loops and not exactly,
        )

    def _tokenizer(self, language: str | None) -> Tokenizer:
        return tokenizer_for(self.model, language)

    @contextlib.contextmanager
    def _limited_threads(self) -> Iterator[None]:
        """Use one thread for a narrow model, and leave the number of threads unchanged for others."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(1 if self.model.dims.n_text_state < precisions.NARROW else before)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def _run(beams: BeamSearch[Any], waiting: RowQueue) -> list[tuple[RowStart, Hypothesis, float]]:
    import torch

    with torch.inference_mode():  # inference mode is per thread
        return list(beams.run(waiting))
