"""Time warping and median filter in machine code give what whisper's own give."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import whisper.timing

from transcripts.engine.openai_whisper.compiled.dtw import dtw, median_filter


@pytest.fixture(autouse=True)
def _uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whisper's own as plain Python: compiling takes longer."""
    monkeypatch.setattr(whisper.timing, "backtrace", whisper.timing.backtrace.py_func)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (5, 40), (40, 5), (24, 150)])
@pytest.mark.parametrize("steps", [1, 3, 1000])
def test_the_cheapest_way_is_whispers(shape: tuple[int, int], steps: int) -> None:
    """Costs of few values have many equally cheap ways. Whole ones add up exactly in every type."""
    cost = np.random.default_rng(7 * shape[0] + steps).integers(-steps, steps, shape, endpoint=True).astype(np.float64)
    tokens, moments = dtw(cost)
    expected = whisper.timing.dtw_cpu.py_func(cost)

    assert tokens.tolist() == expected[0].tolist()
    assert moments.tolist() == expected[1].tolist()


def test_any_kind_of_number_and_order_in_memory_will_do() -> None:
    cost = np.random.default_rng(1).standard_normal((30, 12)).astype(np.float32)
    plain = dtw(cost.T.copy())

    assert [one.tolist() for one in dtw(cost.T)] == [one.tolist() for one in plain]
    assert [one.tolist() for one in dtw(cost.T.astype(np.float64))] == [one.tolist() for one in plain]


@pytest.mark.parametrize("shape", [(3,), (4,), (7, 40), (2, 5, 151), (3, 4, 8)])
@pytest.mark.parametrize("steps", [2, 1000])
def test_the_median_is_whispers(shape: tuple[int, ...], steps: int) -> None:
    rows = np.random.default_rng(steps).integers(-steps, steps, shape).astype(np.float32) / 7
    found = median_filter(rows, 7)

    assert np.array_equal(found, whisper.timing.median_filter(torch.from_numpy(rows), 7).numpy())
    assert not np.shares_memory(found, rows)
