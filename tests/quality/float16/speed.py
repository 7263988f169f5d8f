"""Tokens a second and memory by how many rows are decoded at once: whether the batch that the engine chooses fits and is worth its room."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from whisper.model import ModelDimensions, Whisper

from transcripts.engine.openai_whisper.checkpoint import read
from transcripts.engine.openai_whisper.decoding import Decoder, Row

TURBO = ModelDimensions(
    n_mels=128, n_audio_ctx=1500, n_audio_state=1280, n_audio_head=20, n_audio_layer=32,
    n_vocab=51866, n_text_ctx=448, n_text_state=1280, n_text_head=20, n_text_layer=4,
)  # fmt: skip
ROWS = (1, 4, 16, 64, 128, 256, 512)
PROMPT = tuple(range(1000, 1170))
"""As many tokens as the longest prompt of the engine."""


def random_model(dims: ModelDimensions, device: str) -> Whisper:
    """Random weights, of the size that trained ones have."""
    torch.manual_seed(0)
    with torch.device(device):
        model = Whisper(dims).eval()
    with torch.no_grad():
        model.decoder.token_embedding.weight.mul_(0.02)
        model.decoder.positional_embedding.normal_(0, 0.01)  # whisper leaves it without values
    return model


def opened(checkpoint: Path | None, device: str, dims: ModelDimensions = TURBO) -> Decoder:
    """A checkpoint's decoder, or one of random weights, in the precision that is chosen by itself."""
    return Decoder(read(str(checkpoint), device=device)[1] if checkpoint else random_model(dims, device))


def curve(decoder: Decoder, tokens: int, rows: tuple[int, ...] = ROWS) -> Iterator[dict[str, Any]]:
    """Figures for each number of rows up to the one that the engine chooses, and for that one, with the longest prompts last."""
    dims, device = decoder.model.dims, decoder.model.device
    mel = torch.rand(dims.n_mels, 2 * dims.n_audio_ctx, device=device) * 2 - 1
    features = decoder.encode(mel)
    yield {"rows": 0, "encode_ms": round(1000 * _seconds(lambda: decoder.encode(mel), device, 10), 2)}
    best = decoder.best_batch
    for number in [*(one for one in rows if one < best), best]:
        yield _figures(decoder, [Row(features, "en")] * number, tokens)
    yield {**_figures(decoder, [Row(features, "en", PROMPT)] * best, tokens), "prompt": len(PROMPT)}


def _figures(decoder: Decoder, rows: list[Row], tokens: int) -> dict[str, Any]:
    device = decoder.model.device
    decoder.decode(rows, exactly=2)  # memory is taken, and what depends on the size is chosen
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    taken = _seconds(lambda: decoder.decode(rows, exactly=tokens), device, 1)
    return {
        "rows": len(rows),
        "tokens_a_second": round(len(rows) * tokens / taken),
        "ms_a_step": round(1000 * taken / tokens, 2),
        "peak_gb": round(torch.cuda.max_memory_reserved() / 1e9, 2) if device.type == "cuda" else None,
    }


def _seconds(work: Any, device: torch.device, times: int) -> float:
    for _ in range(times > 1):
        work()
    begun = _now(device)
    for _ in range(times):
        work()
    return (_now(device) - begun) / times


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()
