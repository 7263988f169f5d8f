"""The text of one window as the decoder wrote it, with Whisper's figures."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.openai_whisper.beam_search import Hypothesis
from transcripts.engine.openai_whisper.decode_loop import RowStart, RowText
from transcripts.engine.openai_whisper.repetition import loop_start

if TYPE_CHECKING:
    import numpy.typing as npt
    from whisper.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of one window: tokens without the end-of-text token, and Whisper's figures (None if not finite).

    If ``looped``, the text repeated itself after these tokens; the repetitions are cut off. ``logprobs`` are the natural
    logs of each token's probability. ``cross_scores`` are the scores of the model's alignment heads before the softmax
    when each token, and what follows the last, was chosen [tokens + 1, heads, times]; None unless all were recorded.
    """

    tokens: tuple[int, ...]
    avg_logprob: float | None
    compression_ratio: float
    no_speech_prob: float | None
    temperature: float
    looped: bool = False
    logprobs: tuple[float, ...] = ()
    cross_scores: npt.NDArray[np.float16] | None = field(default=None, compare=False, repr=False)


def decoded_text(text: RowText, tokenizer: Tokenizer, temperature: float) -> Decoded:
    """Return the text of a row that is done."""
    from whisper.utils import compression_ratio

    tokens = text.tokens[: text.loop] if text.tokens[-1] != tokenizer.eot else text.tokens[:-1]
    scores = text.cross_scores[: len(tokens) + 1]
    return Decoded(
        tuple(tokens),
        _finite(sum(text.logprobs[: len(tokens) + 1]) / (len(tokens) + 1)),
        float(compression_ratio(tokenizer.decode(tokens).strip())),
        _finite(text.no_speech_prob),
        float(temperature),
        text.loop is not None,
        tuple(text.logprobs[: len(tokens)]),
        np.stack(scores) if len(scores) == len(tokens) + 1 else None,  # incomplete if the text has no end, or on a GPU
    )


def decoded_hypothesis(row: RowStart, hypothesis: Hypothesis, silence: float, tokenizer: Tokenizer) -> Decoded:
    """Return the text of the best hypothesis of a row."""
    figures = list(hypothesis.logprobs), list(hypothesis.cross_scores)
    text = RowText(row, None, silence, list(hypothesis.tokens), *figures)
    text.loop = loop_start(hypothesis.tokens, tokenizer.eot) if row.stop_at_loops else None
    return decoded_text(text, tokenizer, 0.0)


def _finite(value: float) -> float | None:
    """Return a float, or None if it is not finite: a vocabulary without a no-speech token gives NaN."""
    return float(value) if math.isfinite(value) else None
