"""Machine code: close to whisper's own results, each row independent of the others, several threads at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import pytest
import torch
from whisper.model import Whisper

from tests.threads import one_thread
from tests.transcripts.conftest import random_model
from transcripts.engine.openai_whisper import linear
from transcripts.engine.openai_whisper.compiled import activations
from transcripts.engine.openai_whisper.compiled.encoder import CompiledEncoder
from transcripts.engine.openai_whisper.compiled.jit import fastmath_jit
from transcripts.engine.openai_whisper.compiled.text_decoder import CompiledFloatTextDecoder, CompiledTextDecoder
from transcripts.engine.openai_whisper.decoding import Decoder, Row
from transcripts.engine.openai_whisper.linear import FloatLinear
from transcripts.engine.openai_whisper.text_decoder import TorchTextDecoder
from transcripts.engine.openai_whisper.threads import parallel_map

pytestmark = pytest.mark.skipif(not linear.int8_supported(), reason="torch has int8 kernels for x86 only")

PROMPTS = [[50257, 50358, 50363, 200], [50257, 50358, 50363, 999]]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread(), torch.inference_mode():
        yield


def model() -> Whisper:
    """Three heads, two layers."""
    dims = replace(random_model().dims, n_audio_state=96, n_audio_head=3, n_text_state=96, n_text_head=3)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        made = Whisper(replace(dims, n_text_layer=2, n_vocab=51864)).eval()
        torch.nn.init.normal_(made.decoder.positional_embedding, std=0.1)
        torch.nn.init.normal_(made.decoder.token_embedding.weight, std=0.1)
    return made


def features(seed: int) -> torch.Tensor:
    return torch.randn(1500, 96, generator=torch.Generator().manual_seed(seed))


def off(found: torch.Tensor, right: torch.Tensor) -> float:
    return float((found - right).norm() / right.norm())


@pytest.mark.parametrize(("kind", "bound"), [(CompiledTextDecoder, 0.03), (CompiledFloatTextDecoder, 1e-5)])
def test_a_step_is_near_torchs_in_float32_and_so_is_what_it_attends_to(kind: type[CompiledTextDecoder], bound: float):
    exact, fast = TorchTextDecoder(model(), FloatLinear, torch.float32), kind(model())
    heads = [(1, 2), (0, 0), (0, 1)]
    seen: dict[object, list[np.ndarray]] = {exact: [], fast: []}
    found = {}
    for network in (exact, fast):
        slots = network.new_cache(2, 64)
        for slot in (0, 1):
            network.set_audio(slots, slot, features(slot))
        states = [network.forward(slots, 0, PROMPTS)]
        assert slots.cross_scores is None
        slots.record(heads)
        for token in (300, 400, 500):
            states.append(network.forward(slots, 0, [[token], [token + 7]]))
            seen[network].append(slots.cross_scores)
        assert slots.lengths == [7, 7]
        found[network] = torch.cat(states, dim=1)

    assert off(found[fast], found[exact]) < bound
    assert off(fast.logits(found[fast]), exact.logits(found[exact])) < bound
    for ours, right in zip(seen[fast], seen[exact], strict=True):
        assert ours.shape == right.shape == (2, 1, len(heads), 1500)
        assert off(torch.from_numpy(ours), torch.from_numpy(right)) < bound


def torchs(whole: Whisper) -> TorchTextDecoder:
    return TorchTextDecoder(whole, FloatLinear, torch.float32, keep=True)


@pytest.mark.parametrize(
    ("kind", "bound"), [(torchs, 1e-5), (CompiledTextDecoder, 0.03), (CompiledFloatTextDecoder, 1e-5)]
)
def test_rows_of_less_sound_stand_beside_whole_ones(kind: Callable[[Whisper], CompiledTextDecoder], bound: float):
    whole = model()
    given = [features(0), features(1)[:640], features(2)[:1472]]
    tokens = [[*PROMPTS[0], at] for at in (300, 400, 500)]
    right = [whole.decoder(torch.tensor([row]), heard[None])[0] for row, heard in zip(tokens, given, strict=True)]

    network = kind(whole)
    slots = network.new_cache(3, 64)
    for slot, heard in enumerate([features(4), given[1], given[2]]):
        network.set_audio(slots, slot, heard)
    network.set_audio(slots, 0, given[1])
    network.set_audio(slots, 1, given[0])
    slots.move(0, 2)
    slots.move(1, 0)
    network.set_audio(slots, 1, given[1])
    network.set_audio(slots, 2, given[2])
    found = network.logits(network.forward(slots, 0, tokens))
    for ours, theirs in zip(found, right, strict=True):
        assert off(ours, theirs) < bound


@pytest.mark.parametrize("frames", [3000, 1280])
def test_the_encoder_is_near_whispers(frames: int):
    whole = model()
    mel = torch.randn(80, frames, generator=torch.Generator().manual_seed(1))
    exact = CompiledEncoder(whole, keep=True)(mel)
    whole.encoder.positional_embedding = whole.encoder.positional_embedding[: frames // 2]  # whisper takes no less

    assert off(exact, whole.encoder(mel[None])[0]) < 0.04


@pytest.mark.parametrize("kind", [CompiledTextDecoder, CompiledFloatTextDecoder])
def test_a_row_that_moves_goes_on_as_if_it_had_not(kind: type[CompiledTextDecoder]):
    network = kind(model())
    slots, alone = network.new_cache(3, 16), network.new_cache(1, 16)
    for slot in range(3):
        network.set_audio(slots, slot, features(slot))
    network.set_audio(alone, 0, features(2))
    network.forward(slots, 0, [*PROMPTS, PROMPTS[0]])
    network.forward(alone, 0, PROMPTS[:1])
    slots.move(2, 0)

    moved = network.forward(slots, 0, [[321], [654]])[0]
    assert torch.equal(moved, network.forward(alone, 0, [[321]])[0])


@pytest.mark.parametrize("precision", ["int8", "float32"])
def test_more_threads_write_the_same(precision: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("transcripts.engine.openai_whisper.precision.NARROW", 64)
    decoder = Decoder(model(), precision)
    mels = [torch.randn(80, 3000, generator=torch.Generator().manual_seed(seed)) for seed in range(5)]

    def texts() -> list[object]:
        heard = decoder.each(decoder.encode, mels)
        rows = [Row(one, "en", tuple(range(300, 300 + number)), number) for number, one in enumerate(heard)]
        return [decoder.decode(rows, temperature, exactly=9 + at) for at, temperature in enumerate((0.0, 0.8))]

    alone = texts()
    torch.set_num_threads(3)
    assert texts() == alone
    assert torch.get_num_threads() == 3


def test_an_error_in_one_thread_ends_all(monkeypatch: pytest.MonkeyPatch):
    decoder = Decoder(model(), "int8")
    rows = [Row(features(seed), "en", seed=seed) for seed in range(4)]
    torch.set_num_threads(2)
    choose, calls = decoder._text_decoder.logits, []

    def logits(states: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        if len(calls) == 5:
            raise MemoryError("no room")
        return choose(states)

    monkeypatch.setattr(decoder._text_decoder, "logits", logits)
    with pytest.raises(MemoryError, match="no room"):
        decoder.decode(rows, exactly=200)
    assert len(calls) < 60


def test_work_in_parallel_keeps_its_order_and_raises_its_error():
    assert parallel_map(lambda number: number * number, range(20), 3) == [number * number for number in range(20)]
    assert parallel_map(str, [], 3) == []
    with pytest.raises(ZeroDivisionError):
        parallel_map(lambda number: 1 // number, [3, 2, 1, 0], 2)


def test_exp_and_gelu_are_exact_enough():
    x = np.linspace(-87, 0, 4001, dtype=np.float32)
    assert np.allclose([activations.exp(value) for value in x], np.exp(x.astype(np.float64)), rtol=3e-7)
    y = np.linspace(-9, 9, 4001, dtype=np.float32)[None]
    right = torch.nn.functional.gelu(torch.from_numpy(y).double())
    activations.gelu(y)
    assert np.abs(y - right.numpy()).max() < 1e-6


def test_without_a_folder_for_machine_code_it_is_made_anew(monkeypatch: pytest.MonkeyPatch):
    made = numba.njit

    def no_folder(*functions: object, cache: bool = False, **options: object) -> object:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return made(*functions, **options)  # numba's own modules use it, too, where they are first needed

    monkeypatch.setattr(numba, "njit", no_folder)

    def double(number: int) -> int:
        return 2 * number

    assert fastmath_jit(double)(21) == 42


def test_machine_code_is_read_back_without_what_is_needed_for_compiling(tmp_path: Path):
    """In fresh processes: the first compiles and keeps it, the second reads it and compiles what is new, the third is of another source."""
    code = (
        "import sys, numpy as np\n"
        "from transcripts.engine.openai_whisper.compiled import jit\n"
        "if 'other' in sys.argv: jit.source_stamp = lambda: b'other'\n"
        "from transcripts.engine.openai_whisper.compiled.sampling import index_of, max_value\n"
        "print(index_of(np.float32([1, 5, 3]), np.float32(5)), 'numba.cpython.listobj' in sys.modules)\n"
        "if 'more' in sys.argv: print(max_value(np.float32([1, 5, 3])), 'numba.cpython.listobj' in sys.modules)\n"
    )
    place = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", code, *more], env=place, capture_output=True, text=True, check=True
        ).stdout
        for more in ([], ["more"], ["other"])
    ]

    assert said == ["1 True\n", "1 False\n5.0 True\n", "1 True\n"]


def test_exact_weights_are_let_go_as_they_are_taken_and_stay_where_they_are_wanted():
    whole, kept = model(), model()
    before = sum(value.numel() for value in whole.decoder.parameters())
    CompiledFloatTextDecoder(whole)
    CompiledFloatTextDecoder(kept, keep=True)

    assert sum(value.numel() for value in whole.decoder.parameters()) < 0.01 * before
    assert sum(value.numel() for value in kept.decoder.parameters()) == before
