"""The rules of what may follow, against whisper's own filters, on made-up histories and logits."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from whisper.decoding import ApplyTimestampRules, GreedyDecoder, SuppressBlank, SuppressTokens

from tests.transcripts.conftest import random_model, tokenizer
from transcripts.engine.openai_whisper.compiled.sampling import CompiledSampler
from transcripts.engine.openai_whisper.sampling import Sampler, TimestampState

TOKENIZER = tokenizer()
BEGIN = TOKENIZER.timestamp_begin
DIMS = SimpleNamespace(n_vocab=51864, n_audio_ctx=1500)
SUPPRESSED = [
    *TOKENIZER.non_speech_tokens,
    *(TOKENIZER.transcribe, TOKENIZER.translate, TOKENIZER.sot, TOKENIZER.sot_prev, TOKENIZER.sot_lm),
    TOKENIZER.no_speech,
]

#: What may have been written: words, and timestamps anywhere, in whatever order.
HISTORIES = st.lists(st.integers(300, 400) | st.integers(BEGIN, BEGIN + 1500), max_size=6)


def by_whisper(history: list[int], logits: torch.Tensor) -> tuple[int, float]:
    """The token that whisper's own filters leave likeliest, and its log-probability."""
    tokens = torch.tensor([[TOKENIZER.sot, *history]])
    for rule in (SuppressBlank(TOKENIZER, 1), SuppressTokens(SUPPRESSED), ApplyTimestampRules(TOKENIZER, 1, 50)):
        rule.apply(logits, tokens)
    total = torch.zeros(1)
    found, _ = GreedyDecoder(0.0, TOKENIZER.eot).update(tokens, logits, total)
    return int(found[0, -1]), float(total[0])


@pytest.mark.parametrize("kind", [Sampler, CompiledSampler])
@settings(max_examples=40, deadline=None)
@given(st.lists(HISTORIES, min_size=1, max_size=4), st.integers(0, 2**30), st.sampled_from([0.0, 3.0, 8.0]))
def test_rows_go_on_as_whisper_would(kind: type[Sampler], histories: list[list[int]], seed: int, towards_time: float):
    logits = torch.randn(len(histories), DIMS.n_vocab, generator=torch.Generator().manual_seed(seed))
    logits[:, BEGIN:] += towards_time - 2
    logits[:, 300:310] += 4
    rows = []
    for history in histories:
        rows.append(TimestampState())
        for token in history:
            rows[-1].add(token, BEGIN)
    expected = [by_whisper(h, row[None].clone()) for h, row in zip(histories, logits, strict=True)]

    tokens, logprobs = kind(TOKENIZER, DIMS, torch.device("cpu"), no_end=False).choose(logits, rows, 0.0, [])

    assert tokens == [token for token, _ in expected]
    assert logprobs == pytest.approx([logprob for _, logprob in expected], abs=1e-4)


def test_a_draw_follows_its_own_generator_alone():
    rules = Sampler(TOKENIZER, DIMS, torch.device("cpu"), no_end=False)
    logits = torch.randn(3, DIMS.n_vocab, generator=torch.Generator().manual_seed(1))

    def draw(rows: list[int]) -> list[int]:
        generators = [torch.Generator().manual_seed(row) for row in rows]
        return rules.choose(logits[rows].clone(), [TimestampState() for _ in rows], 1.0, generators)[0]

    assert draw([0, 1, 2]) == [draw([0])[0], draw([1])[0], draw([2])[0]]
    assert draw([2, 0]) == [draw([2])[0], draw([0])[0]]


@pytest.mark.parametrize("kind", [Sampler, CompiledSampler])
def test_the_end_can_be_forbidden(kind: type[Sampler]):
    logits = torch.zeros(1, DIMS.n_vocab)
    logits[0, TOKENIZER.eot] = 50.0
    row = TimestampState()
    row.add(BEGIN, BEGIN)

    def chosen(*, no_end: bool) -> int:
        rules = kind(TOKENIZER, DIMS, torch.device("cpu"), no_end=no_end)
        return rules.choose(logits.clone(), [row], 0.0, [])[0][0]

    assert chosen(no_end=False) == TOKENIZER.eot != chosen(no_end=True)


@pytest.mark.parametrize("multilingual", [False, True])
def test_what_nobody_says_is_whispers_own_list(multilingual: bool):
    """Whisper's tokenizer keeps what was asked of it, so each is a fresh one."""
    ours, theirs = (replace(tokenizer(multilingual=multilingual)) for _ in range(2))
    Sampler(ours, random_model().dims, torch.device("cpu"), no_end=False)

    assert "non_speech_tokens" not in vars(theirs)
    assert vars(ours)["non_speech_tokens"] == theirs.non_speech_tokens
