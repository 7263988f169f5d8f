"""When each word was said, from features that are there already: no second pass through the encoder.

The sums are whisper's own (``whisper.timing``): the decoder reads its text once more, all at once, and what its alignment heads attend to
is warped onto the text. There they part. Whisper warps over pauses, too, which then belong to the word behind them, and mends words that
come out too long; ``align_words`` warps over the moments in which somebody speaks, so that no word can lie in a pause.
``whisper_words`` is whisper's own way. Its code wants a whole model, which would encode anew; ``TimingModel`` is what it needs of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from transcripts.engine.dropped_speech import STEP, runs
from transcripts.engine.openai_whisper.protocols import TextDecoder
from transcripts.engine.sentences import TimedWord
from transcripts.engine.timestamps import Piece
from transcripts.words import Word

if TYPE_CHECKING:
    import numpy.typing as npt
    import torch
    from whisper.model import ModelDimensions, Whisper
    from whisper.tokenizer import Tokenizer

    SpeechSteps = npt.NDArray[np.bool_]

EXTRA_TOKENS = 6
"""Tokens before and behind the text at most."""

MEDIAN_WIDTH = 7
"""Steps of the median that smooths attention: whisper's own."""

PREPENDED, APPENDED = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
"""Punctuation that belongs to the word behind it, and to the one before it: whisper's own."""

Hook = Callable[[object, object, tuple["torch.Tensor"]], None]


class HookedLayer:
    """A layer's attention to the sound, which tells its hooks."""

    def __init__(self) -> None:
        self.hooks: list[Hook] = []
        self.cross_attn = self  # whisper looks for it one level down

    def register_forward_hook(self, hook: Hook) -> HookedLayer:
        """Tell the hook from now on."""
        self.hooks.append(hook)
        return self

    def remove(self) -> None:
        """Tell no hook any more."""
        self.hooks.clear()


class TimingModel:
    """What ``whisper.timing`` needs of a model, with features in place of mel. It writes nothing."""

    def __init__(self, model: Whisper, decoder: TextDecoder[Any]) -> None:
        self.dims: ModelDimensions = model.dims
        self.device: torch.device = model.device
        self.alignment_heads: torch.Tensor = model.alignment_heads
        self.blocks = [HookedLayer() for _ in range(model.dims.n_text_layer)]
        self.decoder = self
        self._decoder = decoder

    def __call__(self, features: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """The logits [1, tokens, vocabulary] of tokens [1, tokens] with features [1, times, state]."""
        logits, scores = self.scored(features[0], tokens[0].tolist())
        for block, score in zip(self.blocks, scores, strict=True):
            for hook in block.hooks:
                hook(block, (), (score.float(),))
        return logits[None]

    def scored(self, features: torch.Tensor, tokens: Sequence[int]) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """The logits [tokens, vocabulary], and what each layer attends to before the softmax [1, heads, tokens, 1500]."""
        cache = self._decoder.new_cache(1, len(tokens))
        self._decoder.set_audio(cache, 0, features)
        scores: list[torch.Tensor] = []
        states = self._decoder.forward(cache, 0, [tokens], scores)
        return self._decoder.logits(states)[0], scores


def whisper_words(
    model: TimingModel,
    tokenizer: Tokenizer,
    features: torch.Tensor,
    pieces: Sequence[Piece],
    frames: int,
    last_speech: float,
) -> list[tuple[Word, ...]]:
    """The words of each segment of one window; see ``Decoder.words``."""
    from whisper.timing import add_word_timestamps

    if sum(len(piece.tokens) for piece in pieces) > model.dims.n_text_ctx - EXTRA_TOKENS:
        return [()] * len(pieces)
    found: list[dict[str, Any]] = [
        {"seek": 0, "start": s.start, "end": s.end, "tokens": list(s.tokens), "words": []} for s in pieces
    ]
    add_word_timestamps(
        segments=found,
        model=model,
        tokenizer=tokenizer,
        mel=features,
        num_frames=frames,
        last_speech_timestamp=last_speech,
    )
    return [tuple(_word(word) for word in segment["words"] if word["word"].strip()) for segment in found]


def _word(word: dict[str, Any]) -> Word:
    return Word(float(word["start"]), float(word["end"]), str(word["word"]).strip(), float(word["probability"]))


@dataclass(frozen=True, slots=True, eq=False)
class WordAlignment:
    """The words of each segment, and how much of all tokens' attention falls on each step [steps]; None where nothing was aligned."""

    words: list[tuple[TimedWord, ...]]
    attention: npt.NDArray[np.float64] | None = None


def align_words(
    model: TimingModel, tokenizer: Tokenizer, features: torch.Tensor, pieces: Sequence[Piece], spoken: SpeechSteps
) -> WordAlignment:
    """The words of each segment of one window.

    ``spoken`` says of each step [frames / 2] of the window's sound whether somebody speaks; there must be one, and words lie in such
    ones. A segment without text has no words, and none has any where the text does not fit into the decoder.
    """
    text = [[token for token in piece.tokens if token < tokenizer.eot] for piece in pieces]
    tokens = [token for part in text for token in part]
    if not 0 < len(tokens) <= model.dims.n_text_ctx - EXTRA_TOKENS:
        return WordAlignment([()] * len(pieces))
    attention, probabilities, attended = _attention(model, tokenizer, features, tokens, len(spoken))
    words = _merge_punctuation(_word_timings(tokenizer, tokens, probabilities, attention, np.flatnonzero(spoken)))
    return WordAlignment(_by_segment(words, [len(part) for part in text]), attended)


def _attention(
    model: TimingModel, tokenizer: Tokenizer, features: torch.Tensor, tokens: Sequence[int], steps: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32], npt.NDArray[np.float64]]:
    """How much each token, and the end, attends to each step, for warping [tokens + 1, steps]; how likely each token is [tokens].

    And how much of the attention of all tokens falls on each step [steps].
    """
    import torch

    from transcripts.engine.openai_whisper.compiled.dtw import median_filter  # loads numba

    before = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
    logits, scores = model.scored(features, [*before, *tokens, tokenizer.eot])
    heads = torch.stack([scores[layer][0, head] for layer, head in model.alignment_heads.indices().T.tolist()])
    weights = heads[:, :, :steps].float().softmax(dim=-1)
    std, mean = torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
    matrix = median_filter(((weights - mean) / std).cpu().numpy(), MEDIAN_WIDTH).mean(axis=0)[
        len(tokenizer.sot_sequence) : -1
    ]
    attended = weights.mean(dim=0)[len(tokenizer.sot_sequence) : -1].sum(dim=0)
    likely = logits[len(tokenizer.sot_sequence) : -2, : tokenizer.eot].float().softmax(dim=-1)
    probabilities = likely[range(len(tokens)), list(tokens)]
    return np.asarray(matrix, np.float64), probabilities.cpu().numpy(), attended.double().cpu().numpy()


def _token_starts(attention: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The step with which each row of attention [rows, steps] begins, warped so that the rows follow each other."""
    from transcripts.engine.openai_whisper.compiled.dtw import dtw

    rows, steps = dtw(-attention)
    return np.asarray(steps[np.flatnonzero(np.diff(rows, prepend=-1))], np.int64)


def _word_timings(
    tokenizer: Tokenizer,
    tokens: Sequence[int],
    probabilities: npt.NDArray[np.float32],
    attention: npt.NDArray[np.float64],
    steps: npt.NDArray[np.int64],
) -> list[Any]:
    """Whisper's own ``WordTiming`` of each word, from attention [tokens + 1, all steps], in the steps in which somebody speaks."""
    from whisper.timing import WordTiming

    words, parts = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
    bounds = np.cumsum([0, *(len(part) for part in parts[:-1])])
    firsts = _token_starts(attention[:, steps])[bounds]
    found = []
    for word, part, at, first, following in zip(words[:-1], parts[:-1], bounds, firsts, firsts[1:], strict=False):
        rows = slice(at, at + len(part))
        own = _most_attended_run(steps[first : max(following, first + 1)], attention[rows])
        likely = float(probabilities[rows].mean())
        found.append(WordTiming(word, part, float(own[0] * STEP), float((own[-1] + 1) * STEP), likely))
    return found


def _most_attended_run(steps: npt.NDArray[np.int64], attention: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Of a word's steps, which may lie on both sides of a pause, those on the side where it is attended to most."""
    return max(runs(steps), key=lambda run: float(attention[:, run].max()))


def _merge_punctuation(words: list[Any]) -> list[Any]:
    """Words with the punctuation that belongs to them; a mark that was joined is left behind without text or tokens."""
    from whisper.timing import merge_punctuations

    merge_punctuations(words, PREPENDED, APPENDED)
    return [word for word in words if word.tokens]


def _by_segment(words: Sequence[Any], lengths: Sequence[int]) -> list[tuple[TimedWord, ...]]:
    """Each segment's words, by how many tokens it has; a word that lies in two belongs to the first."""
    found: list[tuple[TimedWord, ...]] = []
    coming, taken, until = iter(words), 0, 0
    for length in lengths:
        until += length
        own = []
        while taken < until and (word := next(coming, None)):
            taken += len(word.tokens)
            own.append(TimedWord(word.word, round(word.start, 3), round(word.end, 3), float(word.probability)))
        found.append(tuple(own))
    return found
