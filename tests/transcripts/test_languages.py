"""Files with several languages. Their probabilities are faked; speech is found in the sample's sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.sample.server import HERE
from transcripts.engine import Options, Window, load, windows
from transcripts.engine.openai_whisper import vad
from transcripts.engine.openai_whisper.decoded import Decoded
from transcripts.engine.openai_whisper.decoding import Decoder, Row
from transcripts.engine.openai_whisper.languages import viterbi
from transcripts.spool import spool

EN, FR, RU = range(3)


def evidence(*stretches: Sequence[float]) -> np.ndarray:
    """Log-probabilities from odds."""
    given = np.array(stretches, float)
    return np.log(given / given.sum(axis=1, keepdims=True))


def test_one_language_goes_on_until_another_is_likelier_than_the_change_costs():
    doubtful = evidence([9, 1, 1], [1, 4, 1], [9, 1, 1])
    assert viterbi(doubtful, EN, 3.0) == [EN, EN, EN]
    clear = evidence([900, 1, 1], [1, 900, 1], [900, 1, 1])
    assert viterbi(clear, EN, 3.0) == [EN, FR, EN]


def test_several_stretches_together_are_what_one_alone_is_not():
    assert viterbi(evidence([900, 1, 1], [1, 8, 1], [1, 8, 1]), EN, 3.0) == [EN, FR, FR]
    assert viterbi(evidence([900, 1, 1], [1, 8, 1]), EN, 3.0) == [EN, EN]


def test_a_window_may_be_in_another_language_than_the_file():
    assert viterbi(evidence([1, 1, 90], [1, 1, 90]), EN, 3.0) == [RU, RU]


@given(st.lists(st.lists(st.floats(-20, 0), min_size=3, max_size=3), min_size=1, max_size=6), st.floats(0, 10))
def test_no_other_sequence_is_likelier(found: list[list[float]], price: float):
    table = np.array(found)

    def worth(path: Sequence[int]) -> float:
        changes = sum(one != other for one, other in zip([EN, *path], path, strict=False))
        return float(sum(table[at, one] for at, one in enumerate(path)) - price * changes)

    best = viterbi(table, EN, price)
    others = np.array(np.meshgrid(*[range(3)] * len(table))).reshape(len(table), -1).T
    assert worth(best) >= max(worth(path) for path in others.tolist()) - 1e-9


@pytest.fixture
def two_speakers(keep) -> Path:
    """Six seconds of speech, a second of silence, six seconds of speech."""
    with spool(min((HERE / "media").iterdir())) as sound:
        first, second = sound.read(8000, 6 * 16_000), sound.read(14 * 16_000, 6 * 16_000)
    return keep(np.concatenate([first, np.zeros(16_000, np.float32), second]))


Hear = Callable[..., tuple[list[Window], list[tuple[int, str | None]]]]


@pytest.fixture
def hear(multilingual: Path, two_speakers: Path, monkeypatch: pytest.MonkeyPatch) -> Hear:
    """The windows, and the first frame and the language of all that is decoded; ``judgements`` are given one call after the other."""
    engine = load(str(multilingual), precision="float32")

    def hear(options: Options, *judgements: Callable[[int], str]) -> tuple[list[Window], list[tuple[int, str | None]]]:
        asked: list[tuple[int, str | None]] = []
        calls = iter(judgements)

        def logprobs(self: Decoder, features: Sequence[object]) -> np.ndarray:
            said = next(calls)
            found = np.full((len(features), len(self.languages)), -9.0, np.float32)
            for at in range(len(features)):
                found[at, self.languages.index(said(at / max(1, len(features) - 1)))] = -0.1
            return found

        def decode(self: Decoder, rows: Sequence[Row], temperature: float = 0.0) -> list[Decoded]:
            asked.extend((row.seed, row.language) for row in rows)
            begin = self._tokenizer("en").timestamp_begin
            said = self._tokenizer("en").encode(" The bridge over the river is closed until Monday morning.")
            tokens = (begin, *said, begin + 300)
            return [Decoded(tokens, -0.3, 1.5, 0.1, temperature, logprobs=(-0.3,) * len(tokens)) for _ in rows]

        monkeypatch.setattr(Decoder, "language_logprobs", logprobs)
        monkeypatch.setattr(Decoder, "decode", decode)
        found = list(windows(engine, two_speakers, options))
        assert next(calls, None) is None, "every judgement was asked for"
        return found, asked

    return hear


def english(_: float) -> str:
    return "en"


def english_then_french(at: float) -> str:
    return "en" if at < 0.5 else "fr"


def test_a_window_is_split_where_the_language_changes(hear: Hear, two_speakers: Path):
    (window,), asked = hear(Options(language=None), english, english_then_french, english_then_french)
    first, second = asked[:2]
    assert first == (0, "en")
    assert second[1] == "fr"
    with spool(two_speakers) as sound:
        assert vad.detect_speech(sound).seconds(second[0] - 4, second[0] + 4) == 0, "in a pause"
    assert window.language == "en"
    assert (window.start, window.end) == (0, 13)


def test_a_hint_that_does_not_hold_changes_nothing(hear: Hear):
    _, asked = hear(Options(language="auto"), english, english_then_french, english)
    assert asked[0] == (0, "en")
    assert {language for _, language in asked} == {"en"}


def test_what_is_in_one_language_is_detected_once(hear: Hear):
    _, asked = hear(Options(language=None), english, english)
    assert asked[0] == (0, "en")


def test_a_language_that_is_asked_for_is_never_detected(hear: Hear):
    _, asked = hear(Options(language="cy"))
    assert {language for _, language in asked} == {"cy"}


def test_whispers_own_mode_detects_the_language_of_the_first_window_alone(hear: Hear):
    _, asked = hear(Options(language=None, parallel_chunks=1, temperatures=(0.0,)), lambda _: "fr")
    assert {language for _, language in asked} == {"fr"}


def test_what_an_earlier_run_found_is_resumed(hear: Hear, multilingual: Path, two_speakers: Path):
    (window,), _ = hear(Options(language=None), english, english_then_french, english_then_french)
    done = list(windows(load(str(multilingual), precision="float32"), two_speakers, Options(language=None), (window,)))
    assert done == []
