"""Who is measured: each as a function of the same windows, that writes exactly so many tokens about each."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from whisper.decoding import DecodingOptions, decode
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

from transcripts.engine.openai_whisper.decoding import Decoder, Row

#: Width, heads and layers of encoder and decoder alike.
DIMS = {"tiny": (384, 6, 4), "base": (512, 8, 6), "small": (768, 12, 12)}

VOCABULARY = 51864
BATCH = 16
"""Rows that faster-whisper decodes at once: it is fastest with 8 to 16 here."""


@dataclass(frozen=True)
class Peer:
    """A way to hear windows [n, 80, 3000]; ``most`` is how many it is given of them, where it takes them one by one and slowly."""

    name: str
    hear: Callable[[torch.Tensor], list[int]]
    most: int | None = None


def random_model(dims: str) -> Whisper:
    """Random weights of an official size; the same for everyone."""
    width, heads, layers = DIMS[dims]
    torch.manual_seed(0)
    model = Whisper(ModelDimensions(80, 1500, width, heads, layers, VOCABULARY, 448, width, heads, layers)).eval()
    with torch.no_grad():
        model.decoder.token_embedding.weight.mul_(0.02)
        model.decoder.positional_embedding.normal_(0, 0.01)  # whisper leaves it without values
    return model


def ours(dims: str, tokens: int) -> tuple[Peer, Decoder]:
    """The decode loop, with its encoder."""
    decoder = Decoder(random_model(dims))

    def hear(mels: torch.Tensor) -> list[int]:
        rows = [Row(features, "en") for features in decoder.each(decoder.encode, list(mels))]
        return [len(done.tokens) for done in decoder.decode(rows, exactly=tokens)]

    return Peer("ours", hear), decoder


def whispers(model: Whisper, tokens: int) -> list[Peer]:
    """What ``whisper.transcribe`` and the ``whisper`` command do with one window after the other."""
    eot = get_tokenizer(model.is_multilingual).eot

    def peer(name: str, beam: int | None) -> Peer:
        asked = DecodingOptions(
            language="en", beam_size=beam, fp16=False, sample_len=tokens, suppress_tokens=f"-1,{eot}"
        )
        return Peer(name, lambda mels: [len(decode(model, mel, asked).tokens) for mel in mels], 2 if beam else 4)

    return [peer("whisper.transcribe greedy", None), peer("whisper beam 5", 5)]


def faster_whispers(model: Whisper, tokens: int) -> list[Peer]:
    """faster-whisper's core; none where it is not installed."""
    try:
        import ctranslate2
    except ImportError:
        return []
    from tests.benchmarks import ctranslate

    tokenizer = get_tokenizer(model.is_multilingual)
    with tempfile.TemporaryDirectory() as folder:
        ctranslate.write(model, tokenizer, Path(folder))
        threads = torch.get_num_threads()
        core = ctranslate2.models.Whisper(folder, device="cpu", compute_type="int8", intra_threads=threads)

    def peer(name: str, batch: int, beam: int, most: int | None = None) -> Peer:
        def hear(mels: torch.Tensor) -> list[int]:
            return [length for part in mels.split(batch) for length in _core(core, part, tokenizer, tokens, beam)]

        return Peer(f"faster-whisper {name}", hear, most)

    return [
        peer("int8 greedy", 1, 1, 4),
        peer("int8 beam 5", 1, 5, 2),
        peer("batched int8 greedy", BATCH, 1),
        peer("batched int8 beam 5", BATCH // 2, 5, BATCH // 2),
    ]


def _core(core: object, mels: torch.Tensor, tokenizer: Tokenizer, tokens: int, beam: int) -> list[int]:
    """Encode and write a batch. CTranslate2 halves max_length, whisper's way."""
    import ctranslate2

    features = core.encode(ctranslate2.StorageView.from_array(mels.numpy()))  # type: ignore[attr-defined]
    done = core.generate(  # type: ignore[attr-defined]
        features,
        [[tokenizer.sot]] * len(mels),
        beam_size=beam,
        max_length=2 * tokens,
        suppress_tokens=[tokenizer.eot],
        suppress_blank=False,
    )
    return [len(row.sequences_ids[0]) for row in done]
