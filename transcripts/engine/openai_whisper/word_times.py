"""When each word was said, from features that are there already: no second pass through the encoder.

The sums are whisper's own (``whisper.timing``): the decoder reads its text once more, all at once, what its alignment heads attend to is
warped onto the text, and words that come out too long beside a pause are mended. Its code wants a whole model, which would encode anew;
``Reader`` is what it needs of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transcripts.engine.openai_whisper.contract import Network
from transcripts.words import Word

if TYPE_CHECKING:
    import torch
    from whisper.model import ModelDimensions, Whisper
    from whisper.tokenizer import Tokenizer

Hook = Callable[[object, object, tuple["torch.Tensor"]], None]


@dataclass(frozen=True, slots=True)
class Said:
    """A segment: its tokens (timestamps among them are passed over), and its times in seconds from the window's start."""

    tokens: tuple[int, ...]
    start: float
    end: float


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
        self.blocks = [Watched() for _ in range(model.dims.n_text_layer)]
        self.decoder = self
        self._network = network

    def __call__(self, features: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """The logits [1, tokens, vocabulary] of tokens [1, tokens] with features [1, 1500, state]."""
        slots = self._network.slots(1, tokens.shape[1])
        self._network.listen(slots, 0, features[0])
        scores: list[torch.Tensor] = []
        states = self._network.read(slots, 0, tokens.tolist(), scores)
        for block, score in zip(self.blocks, scores, strict=True):
            for hook in block.hooks:
                hook(block, (), (score.float(),))
        return self._network.logits(states)


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
