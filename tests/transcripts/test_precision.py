"""Which precision a model gets, and why."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import whisper
from whisper.model import Whisper

from tests.transcripts.conftest import random_model, tokenizer
from transcripts.engine.openai_whisper import linear, precision, precision_cache
from transcripts.engine.openai_whisper.compiled import quantize
from transcripts.engine.openai_whisper.compiled.int8_linear import Int8Linear, ResidualInt8Linear, rotation
from transcripts.engine.openai_whisper.decoding import Decoder, Row
from transcripts.engine.openai_whisper.linear import FloatLinear
from transcripts.engine.openai_whisper.precision import choose
from transcripts.engine.openai_whisper.precision_loss import PrecisionLoss
from transcripts.errors import PrecisionError


@pytest.fixture(autouse=True)
def _vocabulary() -> None:
    tokenizer()


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where findings are kept, with none in it."""
    monkeypatch.setattr(quantize, "cache_folder", lambda: tmp_path / "kept")
    return tmp_path / "kept"


def wide_model() -> Whisper:
    """One layer of the narrowest official width."""
    dims = replace(
        random_model().dims,
        n_audio_state=384,
        n_audio_head=6,
        n_text_state=384,
        n_text_head=6,
        n_vocab=51864,
    )
    with torch.random.fork_rng():
        torch.manual_seed(2)
        model = Whisper(dims).eval()
        torch.nn.init.normal_(model.decoder.positional_embedding, std=0.02)
        torch.nn.init.normal_(model.decoder.token_embedding.weight, std=0.02)
    return model


@pytest.mark.skipif(not linear.int8_supported(), reason="torch has int8 kernels for x86 only")
def test_a_wide_model_is_int8_on_a_processor_and_lets_its_own_weights_go():
    model = wide_model()
    before = sum(value.numel() for value in model.parameters())
    decoder = Decoder(model)
    gc.collect()

    assert (decoder.precision, "differs from float32 by" in decoder.reason) == ("int8", True)
    assert sum(value.numel() for value in model.parameters()) < 0.1 * before
    assert decoder.model.device.type == "cpu"
    assert decoder.decode([Row(decoder.encode(torch.zeros(80, 3000)), "en")])[0].tokens


def spoil(layers: torch.nn.Sequential) -> None:
    """Two weights, which cancel each other out, are so great that 8 bits leave nothing of the others."""
    into, out = layers[0], layers[2]
    with torch.no_grad():
        into.weight[1], into.bias[1] = into.weight[0], into.bias[0]
        out.weight *= 20
        out.weight[:, 0], out.weight[:, 1] = 1e4, -1e4


@pytest.mark.skipif(not linear.int8_supported(), reason="torch has int8 kernels for x86 only")
@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_a_model_that_does_not_bear_int8_is_float32(part: str):
    model = wide_model()
    spoil(getattr(model, part).blocks[0].mlp)
    decoder = Decoder(model)

    assert (decoder.precision, "int8 would differ" in decoder.reason) == ("float32", True)
    assert decoder.decode([Row(decoder.encode(torch.zeros(80, 3000)), "en")])[0].tokens


@pytest.mark.skipif(not linear.int8_supported(), reason="torch has int8 kernels for x86 only")
@pytest.mark.parametrize("name", ["tiny.en", "base"])
def test_official_models_bear_int8(name: str):
    """A folder with their checkpoints is named by NIR_WEIGHTS, as ``tests.quality.real_speech`` makes it."""
    path = Path(os.environ.get("NIR_WEIGHTS", "nowhere"), f"{name}.pt")
    if not path.is_file():
        pytest.skip("no official weights: NIR_WEIGHTS names no folder that has them")
    with torch.inference_mode():
        found = choose(whisper.load_model(str(path), device="cpu"))

    assert (found.precision, "by 0.000" in found.reason) == ("int8", True)


@pytest.mark.skipif(not linear.int8_supported(), reason="torch has int8 kernels for x86 only")
def test_a_trial_is_made_once_for_the_same_weights(kept: Path, monkeypatch: pytest.MonkeyPatch):
    first = Decoder(wide_model())
    monkeypatch.setattr(precision, "measure_loss", lambda *_: pytest.fail("tried again"))
    second = Decoder(wide_model())

    assert (second.precision, second.reason) == (first.precision, first.reason)
    assert len(list(kept.iterdir())) == 1
    other = wide_model()
    with torch.no_grad():
        other.decoder.blocks[0].mlp[0].weight[3, 5] += 1e-3
    with pytest.raises(pytest.fail.Exception, match="tried again"):
        Decoder(other)


@pytest.mark.skipif(not linear.int8_supported(), reason="torch has int8 kernels for x86 only")
def test_a_refusal_is_kept_too(kept: Path, monkeypatch: pytest.MonkeyPatch):
    found = []
    for _ in range(2):
        model = wide_model()
        spoil(model.decoder.blocks[0].mlp)
        found.append(Decoder(model).reason)
        monkeypatch.setattr(precision, "measure_loss", lambda *_: pytest.fail("tried again"))

    assert found[0] == found[1]
    assert "would differ" in found[0]


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"nats": 0, "off": 0}', '{"key": "other", "nats": 0, "off": 0}',
                                     '{"key": "KEY", "nats": "x", "off": 0}', '{"key": "KEY", "nats": NaN, "off": 0}'])  # fmt: skip
def test_a_file_that_is_no_finding_is_not_believed(kept: Path, content: str):
    precision_cache.save(kept, "KEY", PrecisionLoss(0.001, 0.02))
    (file,) = kept.iterdir()
    assert precision_cache.load(kept, "KEY") == PrecisionLoss(0.001, 0.02)
    file.write_text(content)

    assert precision_cache.load(kept, "KEY") is None


def test_what_cannot_be_kept_is_no_matter(tmp_path: Path):
    (tmp_path / "file").touch()
    precision_cache.save(tmp_path / "file", "KEY", PrecisionLoss(0.001, 0.02))
    precision_cache.save(None, "KEY", PrecisionLoss(0.001, 0.02))

    assert precision_cache.load(tmp_path / "file", "KEY") is precision_cache.load(None, "KEY") is None


def test_a_narrow_model_is_float32():
    decoder = Decoder(random_model())
    assert (decoder.precision, "too narrow" in decoder.reason) == ("float32", True)


def test_without_kernels_auto_is_float32_and_int8_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(linear, "KERNEL", "a processor without")
    assert Decoder(wide_model()).precision == "float32"
    with pytest.raises(PrecisionError, match="int8"):
        Decoder(random_model(), "int8")


@pytest.mark.parametrize("asked", ["int4", "float16", ""])
def test_what_a_processor_cannot_is_reported(asked: str):
    with pytest.raises(PrecisionError, match="auto"):
        Decoder(random_model(), asked)


@pytest.mark.skipif(not linear.int8_supported(), reason="torch has int8 kernels for x86 only")
def test_an_int8_layer_is_near_the_exact_one_and_each_row_is_by_itself():
    torch.manual_seed(1)
    weight, bias = torch.randn(96, 64), torch.randn(96)
    x = torch.randn(9, 64) * torch.logspace(-3, 3, 9)[:, None]
    x[4] = 0
    exact, found = FloatLinear(weight, bias)(x.clone()) - bias, Int8Linear(weight, bias)(x.clone())

    for row in range(9):
        assert (found[row] - bias - exact[row]).norm() <= 0.02 * exact[row].norm() + 1e-5
        assert torch.equal(Int8Linear(weight, bias)(x[row : row + 1].clone())[0], found[row])
    assert torch.equal(found[4], bias)


@pytest.mark.skipif(not linear.int8_supported(), reason="torch has int8 kernels for x86 only")
@pytest.mark.parametrize("width", [64, 384, 1536, 100])
def test_what_stands_out_in_a_row_leaves_the_others_their_levels(width: int):
    """As in whisper's own layers: few inputs twenty times as great, whose weights are small. Unturned they lose 13 to 20%."""
    torch.manual_seed(1)
    weight, x = torch.randn(96, width), torch.randn(20, width)
    high = torch.randperm(width)[: width // 64 + 1]
    x[:, high], weight[:, high] = 20 * x[:, high], weight[:, high] / 20
    exact, found = FloatLinear(weight)(x.clone()), Int8Linear(weight)(x.clone())

    assert (found - exact).norm() < (0.2 if width % 16 else 0.1) * exact.norm()


@pytest.mark.parametrize("width", [8, 64, 96, 384, 512, 1280, 5120, 100, 7])
def test_a_row_and_a_weight_that_are_turned_give_the_same_product(width: int):
    rng = np.random.default_rng(1)
    row, weight = rng.standard_normal((2, width), np.float32)
    turned = [one.copy() for one in (row, weight)]
    for one in turned:
        quantize.rotate(one, *rotation(width))

    assert turned[0] @ turned[1] == pytest.approx(row @ weight, rel=1e-3, abs=1e-3)
    assert np.linalg.norm(turned[0]) == pytest.approx(np.linalg.norm(row), rel=1e-5)


@pytest.mark.skipif(not linear.int8_supported(), reason="torch has int8 kernels for x86 only")
def test_a_fine_layer_loses_by_its_weights_only_and_each_row_is_by_itself():
    torch.manual_seed(1)
    weight, x = torch.randn(4096, 384), torch.randn(5, 384)
    exact = FloatLinear(weight)(x.clone())
    plain, fine = Int8Linear(weight)(x.clone()), ResidualInt8Linear(weight)(x.clone())

    assert (fine - exact).norm() < 0.75 * (plain - exact).norm()
    assert torch.equal(ResidualInt8Linear(weight)(x[3:4].clone())[0], fine[3])
