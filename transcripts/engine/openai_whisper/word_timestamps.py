"""When each word was said: what the decoder's alignment heads attend to is warped onto its text, as ``whisper.timing`` does.

``find`` is whisper's own way: the decoder reads its text once more, without timestamps, all at once. Whisper's code wants a whole model,
which would encode anew; ``Reader`` is what it needs of one.

``aligned`` takes what the heads attended to while the text was written, timestamps and all. That costs nothing, and on the recordings of
``tests/quality/real_speech`` (``base``, int8) it is more exact: 96.5% of the segments begin within a second of what was said in place of
95.1, nine tenths of them within 0.24 s in place of 0.39; words are equal. And it warps over the moments in which somebody speaks, so
that no word can lie in a pause; whisper warps over pauses, too, which then belong to the word behind them, and mends words that come out
too long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from transcripts.engine.dropped_speech import STEP, runs
from transcripts.engine.openai_whisper.protocols import Network
from transcripts.engine.sentences import TimedWord
from transcripts.words import Word

if TYPE_CHECKING:
    import numpy.typing as npt
    import torch
    from whisper.model import ModelDimensions, Whisper
    from whisper.tokenizer import Tokenizer

    Spoken = npt.NDArray[np.bool_]

OTHERS = 6
"""Tokens before and behind the text at most."""

WIDTH = 7
"""Steps of the median that smooths attention: whisper's own."""

BEFORE, BEHIND = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
"""Punctuation that belongs to the word behind it, and to the one before it: whisper's own."""

Hook = Callable[[object, object, tuple["torch.Tensor"]], None]


@dataclass(frozen=True, slots=True)
class Said:
    """A segment: its tokens (timestamps among them are passed over), and its times in seconds from the window's start.

    ``at`` is where each of its tokens stands among those of the window, which only ``aligned`` asks for.
    """

    tokens: tuple[int, ...]
    start: float
    end: float
    at: tuple[int, ...] = ()


class Watched:
    """A layer's attention to the sound, which tells its hooks."""

    def __init__(self) -> None:
        self.hooks: list[Hook] = []
        self.cross_attn = self  # whisper looks for it one level down

    def register_forward_hook(self, hook: Hook) -> Watched:
        """Tell the hook from now on."""
        self.hooks.append(hook)
        return self

    def remove(self) -> None:
        """Tell no hook any more."""
        self.hooks.clear()


class Reader:
    """What ``whisper.timing`` needs of a model, with features in place of mel. It writes nothing."""

    def __init__(self, model: Whisper, network: Network[Any]) -> None:
        self.dims: ModelDimensions = model.dims
        self.device: torch.device = model.device
        self.alignment_heads: torch.Tensor = model.alignment_heads
        self.heads = heads_of(model)
        self.blocks = [Watched() for _ in range(model.dims.n_text_layer)]
        self.decoder = self
        self._network = network

    def __call__(self, features: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """The logits [1, tokens, vocabulary] of tokens [1, tokens] with features [1, times, state]."""
        import torch

        states, watched = self._read(features[0], tokens[0].tolist())
        scores = torch.zeros(len(self.blocks), 1, self.dims.n_text_head, *watched.shape[::2])
        for seat, (layer, head) in enumerate(self.heads):
            scores[layer, 0, head] = torch.from_numpy(watched[:, seat])
        for block, score in zip(self.blocks, scores, strict=True):
            for hook in block.hooks:
                hook(block, (), (score.to(self.device),))
        return self._network.logits(states)

    def attention(
        self, features: torch.Tensor, before: Sequence[int], tokens: Sequence[int]
    ) -> npt.NDArray[np.float32]:
        """``Decoded.attention`` of tokens behind those that begin a text, for features [times, state]: both are read once more."""
        watched = self._read(features, [*before, *tokens])[1]
        return watched[len(before) - 1 :, :, : len(features)]

    def _read(self, features: torch.Tensor, tokens: Sequence[int]) -> tuple[torch.Tensor, npt.NDArray[np.float32]]:
        """The states [1, tokens, state], and what the alignment heads attend to before the softmax [tokens, heads, 1500]."""
        slots = self._network.slots(1, len(tokens))
        slots.watch(self.heads)
        self._network.listen(slots, 0, features)
        states = self._network.read(slots, 0, [tokens])
        return states, slots.watched[0]


def heads_of(model: Whisper) -> list[tuple[int, int]]:
    """The model's alignment heads, each by its layer and its number there."""
    return [(layer, head) for layer, head in model.alignment_heads.indices().T.tolist()]


def find(
    reader: Reader,
    tokenizer: Tokenizer,
    features: torch.Tensor,
    segments: Sequence[Said],
    frames: int,
    last_speech: float,
) -> list[tuple[Word, ...]]:
    """The words of each segment of one window; see ``Decoder.words``."""
    from whisper.timing import add_word_timestamps

    if sum(len(said.tokens) for said in segments) > reader.dims.n_text_ctx - OTHERS:
        return [()] * len(segments)
    found: list[dict[str, Any]] = [
        {"seek": 0, "start": s.start, "end": s.end, "tokens": list(s.tokens), "words": []} for s in segments
    ]
    add_word_timestamps(
        segments=found,
        model=reader,
        tokenizer=tokenizer,
        mel=features,
        num_frames=frames,
        last_speech_timestamp=last_speech,
    )
    return [tuple(_word(word) for word in segment["words"] if word["word"].strip()) for segment in found]


def _word(word: dict[str, Any]) -> Word:
    return Word(float(word["start"]), float(word["end"]), str(word["word"]).strip(), float(word["probability"]))


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """The words of each segment, and how much of all tokens' attention falls on each step [steps]; None where nothing was aligned."""

    words: list[tuple[TimedWord, ...]]
    attention: npt.NDArray[np.float64] | None = None


def aligned(
    tokenizer: Tokenizer,
    attention: npt.NDArray[np.floating[Any]],
    logprobs: Sequence[float],
    segments: Sequence[Said],
    spoken: Spoken,
) -> Aligned:
    """The words of each segment of one window; ``attention`` and ``logprobs`` are those of ``Decoded``.

    ``spoken`` says of each step [frames / 2] of the window's sound whether somebody speaks; there must be one, and words lie in such
    ones. A segment without text has no words.
    """
    text = [
        [(token, at) for token, at in zip(said.tokens, said.at, strict=True) if token < tokenizer.eot]
        for said in segments
    ]
    places = [at for piece in text for _, at in piece]
    if not places:
        return Aligned([()] * len(segments))
    tokens = [token for piece in text for token, _ in piece]
    weights = _weights(attention[[*places, places[-1] + 1]], len(spoken))
    likely = np.exp([logprobs[at] for at in places])
    words = _merged(_timed(tokenizer, tokens, likely, _prominent(weights), np.flatnonzero(spoken)))
    attended = weights.mean(axis=1).sum(axis=0, dtype=np.float64)
    return Aligned(_by_segment(words, [len(piece) for piece in text]), attended)


def _weights(scores: npt.NDArray[np.floating[Any]], steps: int) -> npt.NDArray[np.float32]:
    """The softmax over the first steps of scores [tokens, heads, times]."""
    scores = scores[..., :steps].astype(np.float32)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), np.float32)


def _prominent(weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """How much more each token attends to a step than the others do, of all heads [tokens, heads, steps] -> [tokens, steps]."""
    from transcripts.engine.openai_whisper.compiled.dtw import median  # loads numba

    mean, std = weights.mean(axis=0), np.maximum(weights.std(axis=0), np.finfo(np.float32).tiny)
    return np.asarray(median((weights - mean) / std, WIDTH).mean(axis=1), np.float64)


def _begins(attention: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The step with which each row of attention [rows, steps] begins, warped so that the rows follow each other."""
    from transcripts.engine.openai_whisper.compiled.dtw import dtw

    rows, steps = dtw(-attention)
    return np.asarray(steps[np.flatnonzero(np.diff(rows, prepend=-1))], np.int64)


def _timed(
    tokenizer: Tokenizer,
    tokens: Sequence[int],
    probabilities: npt.NDArray[np.floating[Any]],
    attention: npt.NDArray[np.float64],
    steps: npt.NDArray[np.int64],
) -> list[Any]:
    """Whisper's own ``WordTiming`` of each word, from attention [tokens + 1, all steps], in the steps in which somebody speaks."""
    from whisper.timing import WordTiming

    words, parts = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
    bounds = np.cumsum([0, *(len(part) for part in parts[:-1])])
    firsts = _begins(attention[:, steps])[bounds]
    found = []
    for word, part, at, first, following in zip(words[:-1], parts[:-1], bounds, firsts, firsts[1:], strict=False):
        rows = slice(at, at + len(part))
        own = _heard(steps[first : max(following, first + 1)], attention[rows])
        likely = float(probabilities[rows].mean())
        found.append(WordTiming(word, part, float(own[0] * STEP), float((own[-1] + 1) * STEP), likely))
    return found


def _heard(steps: npt.NDArray[np.int64], attention: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Of a word's steps, which may lie on both sides of a pause, those on the side where it is attended to most."""
    return max(runs(steps), key=lambda run: float(attention[:, run].max()))


def _merged(words: list[Any]) -> list[Any]:
    """Words with the punctuation that belongs to them; a mark that was joined is left behind without text or tokens."""
    from whisper.timing import merge_punctuations

    merge_punctuations(words, BEFORE, BEHIND)
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
