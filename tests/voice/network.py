"""The tiny Whisper itself, and the ways of starting it that make it learn in minutes on a processor."""

from __future__ import annotations

import lzma
import math
from dataclasses import asdict
from pathlib import Path

import torch
from torch.nn import functional
from whisper.model import ModelDimensions, ResidualAttentionBlock, Whisper, sinusoids

from tests.voice.talk import TEXTS, TIMES, TOKENIZER

WIDTH, HEADS, VOCABULARY = 64, 4, 51864
DIMENSIONS = ModelDimensions(80, 1500, WIDTH, HEADS, 3, VOCABULARY, 448, WIDTH, HEADS, 2)
LOOKS = ((-3, 3, -8, 8), (-6, 6, -15, 15), (-10, 10, -25, 25))
"""For each encoder layer, how many frames away its heads look at first."""
GUIDED = (2, 4)
"""For each decoder layer, how many heads are guided to the frames of the token being written. All of the last one: these
are the heads that `word_timestamps` looks at in a checkpoint that Whisper does not know by name."""

SPOKEN = sorted({token for tokens in TEXTS for token in tokens})
_SPECIAL = {
    TOKENIZER.eot, TOKENIZER.sot, TOKENIZER.sot_prev, TOKENIZER.no_timestamps, TOKENIZER.no_speech,
}  # fmt: skip
USED = torch.tensor(sorted({*SPOKEN, *_SPECIAL, *range(TIMES, TIMES + 1501)}))
"""The rows of the vocabulary that live. The others stay zero, which compresses to nothing."""
ROW = {int(token): row for row, token in enumerate(USED)}
SILENT_ROWS = math.log(VOCABULARY - len(USED))
"""Log of the sum of exp(logit) over the zero rows: each has logit 0, and the loss must count them."""


def new_network() -> Whisper:
    """An untrained network, started as described in `train`."""
    model = Whisper(DIMENSIONS)
    with torch.no_grad():
        rows = model.decoder.token_embedding.weight
        rows.zero_()
        rows[USED] = torch.randn(len(USED), WIDTH) * 0.05
        # A timestamp starts out looking like the encoder's own position: times are learnt at once.
        rows[TIMES : TIMES + 1501] = sinusoids(1501, WIDTH) * 0.15
        model.decoder.positional_embedding.normal_(0, 0.02)
        for block, shifts in zip(model.encoder.blocks, LOOKS, strict=True):
            _look_near(block, shifts)
    return model


def _look_near(block: ResidualAttentionBlock, shifts: tuple[int, ...]) -> None:
    """Start the heads of an encoder layer looking a fixed number of frames away.

    With absolute sinusoids as positions, a query rotated by the shift matches the key that many frames off. Heads
    from random weights had heard under 5% of frames after ten minutes, these 96% after two and a half.
    """
    size, half = WIDTH // HEADS, WIDTH // 2
    rates = torch.exp(-math.log(10000) / (half - 1) * torch.arange(half))
    query, key = torch.zeros(WIDTH, WIDTH), torch.zeros(WIDTH, WIDTH)
    for head, shift in enumerate(shifts):
        for pair in range(size // 2):
            wave, row = min(half - 1, 1 + 2 * pair), head * size + 2 * pair
            cos, sin = torch.cos(rates[wave] * shift), torch.sin(rates[wave] * shift)
            query[row, wave], query[row, half + wave] = cos, sin
            query[row + 1, half + wave], query[row + 1, wave] = cos, -sin
            key[row, wave], key[row + 1, half + wave] = 1, 1
    block.attn.query.weight.copy_(query * 2.2)
    block.attn.key.weight.copy_(key * 2.2)
    block.attn.query.bias.zero_()


def continued(start: Path) -> Whisper:
    """A network from an earlier checkpoint of the same dimensions; rows of words that it did not know start anew."""
    model = new_network()
    fresh = model.decoder.token_embedding.weight.detach().clone()
    with lzma.open(start) if start.suffix == ".xz" else start.open("rb") as file:
        model.load_state_dict(torch.load(file, weights_only=True)["model_state_dict"])
    with torch.no_grad():
        rows = model.decoder.token_embedding.weight
        unknown = (rows == 0).all(1, keepdim=True)
        live = torch.zeros(VOCABULARY, 1, dtype=torch.bool)
        live[USED] = True
        rows.copy_(torch.where(unknown, fresh, rows) * live)
    return model


def encode(model: Whisper, mel: torch.Tensor, offset: int = 0) -> torch.Tensor:
    """The encoder, for windows shorter than 30 s too: [batch, 80, 2 * frames] -> [batch, frames, width].

    offset: at which frame of the 30 s the window is said to begin.
    """
    encoder = model.encoder
    x = functional.gelu(encoder.conv2(functional.gelu(encoder.conv1(mel)))).permute(0, 2, 1)
    x = x + encoder.positional_embedding[offset : offset + x.shape[1]]
    for block in encoder.blocks:
        x = block(x)
    return encoder.ln_post(x)


def decode(model: Whisper, tokens: torch.Tensor, sound: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The decoder with its looks: logits of the used rows [batch, tokens, used], scores [batch, head, tokens, frames]."""
    decoder = model.decoder
    x = decoder.token_embedding(tokens) + decoder.positional_embedding[: tokens.shape[1]]
    looks = []
    for block in decoder.blocks:
        x = x + block.attn(block.attn_ln(x), mask=decoder.mask)[0]
        cross, asked = block.cross_attn, block.cross_attn_ln(x)
        scores = _heads(cross.query(asked)) @ _heads(cross.key(sound)).transpose(-1, -2) * (WIDTH // HEADS) ** -0.5
        looks.append(scores)
        x = x + cross.out((scores.softmax(-1) @ _heads(cross.value(sound))).permute(0, 2, 1, 3).flatten(2))
        x = x + block.mlp(block.mlp_ln(x))
    return decoder.ln(x) @ decoder.token_embedding.weight[USED].T, looks


def _heads(x: torch.Tensor) -> torch.Tensor:
    return x.view(*x.shape[:2], HEADS, -1).permute(0, 2, 1, 3)


def save(model: Whisper, path: Path) -> None:
    """Write what `whisper.load_model` reads, in half precision; compressed if `path` ends in .xz. All or nothing."""
    state = {name: value.detach().half() for name, value in model.state_dict().items()}
    part = path.with_name(path.name + ".part")
    with lzma.open(part, "wb", preset=9 | lzma.PRESET_EXTREME) if path.suffix == ".xz" else part.open("wb") as file:
        torch.save({"dims": asdict(DIMENSIONS), "model_state_dict": state}, file)
    part.replace(path)
