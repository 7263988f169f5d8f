"""A window in doubt is transcribed again. The decoder's text is faked; the sound is the sample's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from episodes.sample.server import HERE
from transcripts.engine import Options, Window, load, windows
from transcripts.engine.openai_whisper.decoded import Decoded
from transcripts.engine.openai_whisper.decoding import Decoder, Row
from transcripts.engine.openai_whisper.engine import WhisperEngine
from transcripts.spool import spool

SANE = " The bridge over the river is closed until Monday, and buses take another road while the workers paint it. "
LOOP = " the bridge is closed" * 30

Say = Callable[[dict[tuple[float, bool], str]], list[tuple[float, bool]]]


@pytest.fixture(scope="module")
def engine(checkpoint: Path) -> WhisperEngine:
    return load(str(checkpoint), precision="float32")


def written(text: str, logprob: float, temperature: float) -> Decoded:
    """Return a text of six seconds, as the decoder does."""
    from whisper.tokenizer import get_tokenizer

    tokenizer = get_tokenizer(multilingual=False)
    tokens = (tokenizer.timestamp_begin, *tokenizer.encode(text), tokenizer.timestamp_begin + 300)
    return Decoded(tokens, logprob, 1.5, 0.1, temperature, logprobs=(logprob,) * len(tokens))


@pytest.fixture
def say(engine: WhisperEngine, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Fake the text for a temperature, with or without a prompt; return which were decoded."""

    def say(texts: dict[tuple[float, bool], str]) -> list[tuple[float, bool]]:
        asked = []

        def decode(self: Decoder, rows: Sequence[Row], temperature: float = 0.0) -> list[Decoded]:
            asked.extend((temperature, bool(row.prompt)) for row in rows)
            return [written(texts[temperature, bool(row.prompt)], -0.3, temperature) for row in rows]

        monkeypatch.setattr(Decoder, "decode", decode)
        return asked

    return say


@pytest.fixture
def hear(engine: WhisperEngine, keep) -> Callable[[Options], Window]:
    with spool(min((HERE / "media").iterdir())) as sound:
        path = keep(sound.read(8000, 6 * 16_000))

    def hear(options: Options) -> Window:
        (window,) = windows(engine, path, options)
        return window

    return hear


def test_a_loop_is_transcribed_again_at_the_next_temperature_and_the_better_text_is_kept(say, hear):
    asked = say({(0.0, False): LOOP, (0.4, False): SANE})
    window = hear(Options(temperatures=(0.0, 0.4)))
    assert asked == [(0.0, False)] * 3 + [(0.4, False)]  # the window, its two halves, the window hotter
    assert [(segment.text, segment.temperature, segment.marks) for segment in window.segments] == [
        (SANE.strip(), 0.4, ())
    ]


def test_with_a_prompt_it_is_transcribed_again_without(say, hear):
    asked = say({(0.0, True): LOOP, (0.0, False): SANE})
    window = hear(Options(temperatures=(0.0, 0.4), prompt="Harbour Lane"))
    assert asked == [(0.0, True), (0.0, False)]
    assert [segment.text for segment in window.segments] == [SANE.strip()]


def test_the_first_text_stays_where_the_second_is_no_better_and_says_what_is_doubted(say, hear):
    say({(0.0, False): LOOP, (0.4, False): LOOP})
    (segment,) = hear(Options(temperatures=(0.0, 0.4))).segments
    assert segment.temperature == 0.0
    assert "loop" in [mark.kind for mark in segment.marks]


def test_speech_without_words_is_doubted(say, hear):
    asked = say({(0.0, False): "", (0.4, False): SANE})
    assert [segment.text for segment in hear(Options(temperatures=(0.0, 0.4))).segments] == [SANE.strip()]
    assert len(asked) == 4


def test_a_sane_text_is_transcribed_once_and_so_is_any_in_whispers_own_mode(say, hear):
    asked = say({(0.0, False): SANE})
    assert hear(Options(temperatures=(0.0, 0.4))).segments[0].marks == ()
    looped = say({(0.0, False): LOOP})
    assert hear(Options(temperatures=(0.0, 0.4), parallel_chunks=1)).segments[0].marks
    assert (len(asked), len(looped)) == (1, 1)


@pytest.mark.parametrize(("stripes", "found"), [(None, "beams"), (1, "greedy")])
def test_what_whisper_does_not_trust_is_searched_with_beams_but_in_its_own_mode(
    hear, monkeypatch: pytest.MonkeyPatch, stripes: int | None, found: str
):
    def says(text: str, logprob: float) -> Callable[..., list[Decoded]]:
        return lambda self, rows, temperature=0.0: [written(text, logprob, 0.0) for _ in rows]

    monkeypatch.setattr(Decoder, "decode", says(f" This is greedy.{SANE}", -0.5))
    monkeypatch.setattr(Decoder, "search", says(f" This is beams.{SANE}", -0.4))
    (segment, *_) = hear(Options(temperatures=(0.0,), parallel_chunks=stripes)).segments
    assert segment.text.startswith(f"This is {found}.")
