"""Models of random weights in the form that faster-whisper loads: CTranslate2's weights, and a tokenizer from whisper's own vocabulary."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import tiktoken
    from whisper.model import Whisper

Numbers = npt.NDArray[np.float32]


def convert(model: Whisper, folder: Path) -> Path:
    """Write the model of openai-whisper as faster-whisper's; the folder is made."""
    from ctranslate2.specs import whisper_spec
    from whisper.tokenizer import get_tokenizer

    dims = model.dims
    numbers = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    spec = whisper_spec.WhisperSpec(dims.n_audio_layer, dims.n_audio_head, dims.n_text_layer, dims.n_text_head)
    _layers(spec.encoder, "encoder", dims.n_audio_layer, numbers)
    _layers(spec.decoder, "decoder", dims.n_text_layer, numbers)
    for name in ("conv1", "conv2"):
        layer = getattr(spec.encoder, name)
        layer.weight, layer.bias = numbers[f"encoder.{name}.weight"], numbers[f"encoder.{name}.bias"]
    for side, norm in (("encoder", "ln_post"), ("decoder", "ln")):
        part = getattr(spec, side)
        part.position_encodings.encodings = numbers[f"{side}.positional_embedding"]
        _norm(part.layer_norm, f"{side}.{norm}", numbers)
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = numbers["decoder.token_embedding.weight"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # whisper leaves its vocabulary's file open
        encoding = get_tokenizer(model.is_multilingual, num_languages=model.num_languages).encoding
    spec.register_vocabulary(_words(encoding, dims.n_vocab))
    spec.config.suppress_ids = spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [
        token for name, token in _special(encoding).items() if len(name) in (6, 7) and token > 50257
    ]
    spec.config.alignment_heads = [[dims.n_text_layer - 1, 0]]
    spec.validate()
    spec.optimize(quantization=None)
    folder.mkdir(parents=True)
    spec.save(str(folder))
    write_tokenizer(encoding, folder / "tokenizer.json")
    return folder


def _special(encoding: tiktoken.Encoding) -> Mapping[str, int]:
    return encoding._special_tokens


def _layers(spec: Any, side: str, count: int, numbers: Mapping[str, Numbers]) -> None:
    for at in range(count):
        name, layer = f"{side}.blocks.{at}", spec.layer[at]
        _linear(layer.self_attention.linear[0], numbers, *(f"{name}.attn.{part}" for part in ("query", "key", "value")))
        _linear(layer.self_attention.linear[1], numbers, f"{name}.attn.out")
        _norm(layer.self_attention.layer_norm, f"{name}.attn_ln", numbers)
        if side == "decoder":
            _linear(layer.attention.linear[0], numbers, f"{name}.cross_attn.query")
            _linear(layer.attention.linear[1], numbers, f"{name}.cross_attn.key", f"{name}.cross_attn.value")
            _linear(layer.attention.linear[2], numbers, f"{name}.cross_attn.out")
            _norm(layer.attention.layer_norm, f"{name}.cross_attn_ln", numbers)
        _linear(layer.ffn.linear_0, numbers, f"{name}.mlp.0")
        _linear(layer.ffn.linear_1, numbers, f"{name}.mlp.2")
        _norm(layer.ffn.layer_norm, f"{name}.mlp_ln", numbers)


def _linear(spec: Any, numbers: Mapping[str, Numbers], *names: str) -> None:
    """One layer of several, side by side; keys have no bias."""
    weights = [numbers[f"{name}.weight"] for name in names]
    empty = [np.zeros(len(weight), np.float32) for weight in weights]
    spec.weight = np.concatenate(weights)
    spec.bias = np.concatenate([numbers.get(f"{name}.bias", none) for name, none in zip(names, empty, strict=True)])


def _norm(spec: Any, name: str, numbers: Mapping[str, Numbers]) -> None:
    spec.gamma, spec.beta = numbers[f"{name}.weight"], numbers[f"{name}.bias"]


def _letters() -> Callable[[bytes], str]:
    """How GPT-2's vocabularies write bytes: the printable ones as they are, the others as letters from 256 on."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    table = {byte: chr(byte) for byte in plain} | {byte: chr(256 + at) for at, byte in enumerate(others)}
    return lambda word: "".join(table[byte] for byte in word)


def _words(encoding: tiktoken.Encoding, size: int) -> list[str]:
    """The vocabulary in order of its numbers."""
    names = {number: name for name, number in _special(encoding).items()}
    letters = _letters()
    return [names.get(token) or letters(encoding.decode_single_token_bytes(token)) for token in range(size)]


def write_tokenizer(encoding: tiktoken.Encoding, file: Path) -> None:
    """Write tiktoken's vocabulary as a byte-level BPE of `tokenizers`: each longer token is the merge of its two last parts."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    letters = _letters()
    ranks = encoding._mergeable_ranks
    vocabulary = {letters(word): number for word, number in ranks.items()}
    merges = [
        tuple(map(letters, _parts(ranks, word))) for word in sorted(ranks, key=ranks.__getitem__) if len(word) > 1
    ]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = sorted(_special(encoding).items(), key=lambda pair: pair[1])
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name, _ in special])
    tokenizer.save(str(file))


def _parts(ranks: Mapping[bytes, int], word: bytes) -> tuple[bytes, bytes]:
    """The two tokens that byte-pair encoding joins last to make this one."""
    parts = [bytes([byte]) for byte in word]
    while len(parts) > 2:
        joins = [(ranks.get(parts[at] + parts[at + 1], len(ranks)), at) for at in range(len(parts) - 1)]
        _, at = min(joins)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts[0], parts[1]
