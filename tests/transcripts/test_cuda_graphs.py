"""Recorded and replayed steps, with a recorder that needs no GPU."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from tests.transcripts.conftest import random_model
from transcripts.engine.openai_whisper.cuda_graphs import GraphedKVCache, Record, Run, padded_rows
from transcripts.engine.openai_whisper.decoding import Decoder, Row


class Tape:
    """Records as a graph does: what it replays writes into the tensor that it gave the first time."""

    def __init__(self) -> None:
        self.recorded = self.replayed = 0

    def record(self, run: Run) -> Run:
        self.recorded += 1
        found = run().fill_(float("nan"))

        def again() -> torch.Tensor:
            self.replayed += 1
            return found.copy_(run())

        return again

    def recorder(self) -> Record:
        return self.record


@pytest.fixture
def tape() -> Tape:
    return Tape()


def decoder(tape: Tape | None = None, context: int = 100) -> Decoder:
    """Random weights with room for several blocks of tokens."""
    model = random_model(vocabulary=51865)
    dims = replace(model.dims, n_text_ctx=context)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        wider = type(model)(dims).eval()
        torch.nn.init.normal_(wider.decoder.positional_embedding)
    made = Decoder(wider, "float32")
    if tape:
        made._text_decoder._recorder = tape.recorder
    return made


def rows(decoder: Decoder, count: int) -> list[Row]:
    """Rows whose prompts are of unequal lengths, so that they never stand at one position."""
    torch.manual_seed(5)
    return [
        Row(decoder.encode(torch.randn(80, 3000)), "en", tuple(range(300, 300 + 9 * (at % 4))), at)
        for at in range(count)
    ]


@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_replayed_steps_write_what_plain_ones_write(tape: Tape, temperature: float):
    plain, replaying = decoder(), decoder(tape)
    expected = plain.decode(rows(plain, 5), temperature)

    for _ in range(2):  # in slots that were used, too
        found = replaying.decode(rows(replaying, 5), temperature)
        assert [one.tokens for one in found] == [one.tokens for one in expected]
        assert [one.avg_logprob for one in found] == pytest.approx([one.avg_logprob for one in expected], abs=1e-4)
    assert tape.replayed > 5 * tape.recorded > 0


def test_few_shapes_are_recorded(tape: Tape):
    replaying = decoder(tape)
    for count in (7, 6, 5, 7):
        replaying.decode(rows(replaying, count), exactly=30)

    assert tape.recorded <= 6  # one or two blocks; rows filled up to 8, less the few that end alone


def test_rows_are_filled_up_as_far_as_there_is_room():
    assert [padded_rows(rows, 6) for rows in range(1, 7)] == [1, 2, 4, 4, 6, 6]
    assert [padded_rows(rows, 256) for rows in (9, 33, 64, 65, 97, 250)] == [16, 64, 64, 96, 128, 256]
    assert all(rows <= padded_rows(rows, 200) <= 200 for rows in range(1, 201))


def test_only_a_gpu_records(tape: Tape):
    assert not isinstance(decoder()._text_decoder.new_cache(1, 1), GraphedKVCache)
    assert isinstance(decoder(tape)._text_decoder.new_cache(1, 1), GraphedKVCache)


@pytest.mark.parametrize(("memory", "rows"), [(80e9, 256), (8e9, 66), (1e6, 1)])
def test_a_gpu_takes_as_many_rows_as_a_third_of_its_memory_holds_up_to_a_bound(
    monkeypatch: pytest.MonkeyPatch, memory: float, rows: int
):
    """Rows of large-v3-turbo in float16: 40 MB each."""
    made = decoder()
    made.model = SimpleNamespace(device=torch.device("cuda"), dims=made.model.dims)
    monkeypatch.setattr(made._text_decoder, "bytes_per_row", lambda max_tokens: 40_000_000)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (0, int(memory)))

    assert made.best_batch == rows
