"""The engine: windows follow each other, resume, repeat and end where the sound ends.

The weights are random, so the words are meaningless.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from tests.threads import one_thread
from transcripts.engine import Options, Window, load, transcribe
from transcripts.engine import windows as windows_of
from transcripts.engine.chunks import Chunk
from transcripts.engine.openai_whisper import engine as engine_module
from transcripts.engine.openai_whisper.engine import WhisperEngine
from transcripts.engine.openai_whisper.job_state import WindowTask
from transcripts.engine.openai_whisper.vad import VoiceActivity
from transcripts.errors import LanguageError, MediaError
from transcripts.words import Source

Keep = Callable[[npt.NDArray[np.float32]], Path]

#: One sure try and one that draws: what six temperatures do, in less time.
QUICK = Options(temperatures=(0.0, 1.0))

#: Each window is heard once, as ``whisper.transcribe`` hears it.
ONCE = Options(temperatures=(0.0,), words=False, parallel_chunks=1)

#: Takes whatever comes at temperature 0.
GREEDY = Options(temperatures=(0.0,), avg_logprob=-1e9, compression_ratio=1e9, no_speech_prob=2.0)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(autouse=True)
def _whole_files(monkeypatch) -> None:
    """The voice detection hears nobody in noise; here a file is heard from its beginning to its end all the same."""
    monkeypatch.setattr(
        engine_module, "plan_chunks", lambda _speech, _levels, frames: (Chunk(0, frames),) if frames else ()
    )
    monkeypatch.setattr(WindowTask, "spoken", True)
    monkeypatch.setattr(VoiceActivity, "seconds", lambda _self, start, end, _least=0.0: (end - start) / 100)


@pytest.fixture(scope="module")
def engine(checkpoint: Path) -> WhisperEngine:
    return load(str(checkpoint))


def noise(seconds: float) -> npt.NDArray[np.float32]:
    return (0.2 * np.random.default_rng(7).standard_normal(round(seconds * 16000))).clip(-1, 1).astype(np.float32)


def silence(seconds: float) -> npt.NDArray[np.float32]:
    return np.zeros(round(seconds * 16000), np.float32)


@dataclass
class Watch:
    """What went into the encoder and the decoder."""

    mels: list[torch.Tensor] = field(default_factory=list)
    tokens: list[list[int]] = field(default_factory=list)


@pytest.fixture
def watch(engine: WhisperEngine, monkeypatch: pytest.MonkeyPatch) -> Watch:
    seen = Watch()
    decoder = engine._decoder
    encode, read = decoder.encode, decoder._text_decoder.forward

    def encoded(mel: torch.Tensor) -> torch.Tensor:
        seen.mels.append(mel)
        return encode(mel)

    def passed(slots: object, first: int, tokens: list[list[int]], *others: object) -> torch.Tensor:
        seen.tokens += [list(row) for row in tokens]
        return read(slots, first, tokens, *others)

    monkeypatch.setattr(decoder, "encode", encoded)
    monkeypatch.setattr(decoder._text_decoder, "forward", passed)
    return seen


def test_windows_follow_each_other_from_the_first_second_to_the_last(engine, keep: Keep):
    path = keep(noise(70))
    windows = list(windows_of(engine, path, QUICK))
    assert [windows[0].start, windows[-1].end] == [0.0, 70.0]
    assert all(before.end == after.start for before, after in itertools.pairwise(windows))
    assert all(window.start < window.end <= window.start + 30 for window in windows)
    assert {window.duration for window in windows} == {70.0}
    assert {window.language for window in windows} == {"en"}
    whispers = windows_of(engine, path, ONCE)
    assert any(window.end - window.start not in (30, 10) for window in whispers)  # the last timestamp decided
    for window in windows:
        assert all(window.start <= s.start < s.end <= min(window.start + 30, 70) for s in window.segments)
        assert all(s.text and s.text == s.text.strip() for s in window.segments)
    segments = [segment for window in windows for segment in window.segments]
    assert segments
    assert {segment.temperature for segment in segments} <= {0.0, 1.0}
    assert all(s.avg_logprob < 0 and s.compression_ratio > 0 and 0 < s.no_speech_prob < 1 for s in segments)


def test_resumed_at_any_window_it_transcribes_what_the_first_run_transcribed(engine, keep: Keep):
    path = keep(noise(70))
    windows = list(windows_of(engine, path, QUICK))
    assert len(windows) > 2
    for done in range(1, len(windows) + 1):
        assert list(windows_of(engine, path, QUICK, tuple(windows[:done]))) == windows[done:]


def test_drawing_leaves_the_callers_chance_alone(engine, keep: Keep):
    path = keep(noise(12))
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = list(windows_of(engine, path, QUICK))
    assert torch.equal(torch.rand(3), expected)
    assert list(windows_of(engine, path, QUICK)) == first


def test_the_loop_is_that_of_whisper(engine, checkpoint: Path, keep: Keep):
    """The babble hardly depends on the sound, so the filling of the last window does not matter here."""
    import whisper

    sound = noise(70)
    theirs = whisper.transcribe(
        whisper.load_model(str(checkpoint)),
        sound,
        condition_on_previous_text=False,
        temperature=0.0,
        compression_ratio_threshold=None,
        logprob_threshold=None,
        no_speech_threshold=None,
        language="en",
        fp16=False,
    )
    ours = transcribe(engine, keep(sound), replace(GREEDY, words=False, parallel_chunks=1))
    assert len(ours.segments) > 3
    assert [(s.start, s.text) for s in ours.segments] == [
        (pytest.approx(s["start"]), s["text"].strip()) for s in theirs["segments"] if s["text"]
    ]


def test_silence_is_passed_over_and_sound_behind_it_is_transcribed_at_its_second(engine, watch, keep: Keep):
    windows = list(windows_of(engine, keep(np.concatenate([silence(60), noise(5)])), GREEDY))
    assert [(w.start, w.end, bool(w.segments)) for w in windows] == [(0, 30, False), (30, 60, False), (60, 65, True)]
    assert len(watch.mels) == 1
    assert 60 <= windows[2].segments[0].start < 65


def test_a_window_is_encoded_once_however_often_it_is_decoded(engine, watch, keep: Keep):
    three = replace(ONCE, temperatures=(0.0, 0.5, 1.0))
    assert len(list(windows_of(engine, keep(noise(20)), three))) == len(watch.mels)
    assert sum(len(tokens) > 1 for tokens in watch.tokens) == 0  # one start token without a prompt
    assert watch.tokens.count([50257]) == 3 * len(watch.mels)


@pytest.mark.parametrize(("seconds", "frames"), [(5, 1024), (23, 2816), (27, 3000)])
def test_a_window_is_filled_up_with_five_seconds_of_silence(engine, watch, keep: Keep, seconds: int, frames: int):
    list(windows_of(engine, keep(noise(seconds)), GREEDY))
    mel = watch.mels[0]
    assert mel.shape == (80, frames)
    floor = (mel.max() * 4 - 4 - 8 + 4) / 4
    behind = mel[..., 100 * seconds + 10 :]
    assert torch.allclose(behind, floor.expand_as(behind), atol=1e-4)


def test_whispers_own_mode_fills_up_half_a_minute(engine, watch, keep: Keep):
    list(windows_of(engine, keep(noise(5)), ONCE))
    assert watch.mels[0].shape == (80, 3000)


def test_the_prompt_stands_before_every_window(engine, watch, keep: Keep):
    from whisper.tokenizer import get_tokenizer

    tokenizer = get_tokenizer(multilingual=False)
    list(windows_of(engine, keep(noise(70)), replace(ONCE, prompt=" Oakes, <|endoftext|> Harbour Lane ")))
    begun = [tokens for tokens in watch.tokens if len(tokens) > 1]
    assert len(begun) == len(watch.mels) > 1
    for tokens in begun:
        assert tokens[0] == tokenizer.sot_prev
        assert tokens[-1] == tokenizer.sot
        assert tokenizer.decode(tokens[1:-1]) == " Oakes, <|endoftext|> Harbour Lane"
        assert all(token < tokenizer.eot for token in tokens[1:-1])


def test_a_long_prompt_keeps_its_head(engine, watch, keep: Keep):
    from whisper.tokenizer import get_tokenizer

    list(windows_of(engine, keep(noise(5)), Options(temperatures=(0.0,), prompt="Oakes " + "and more names " * 200)))
    first = watch.tokens[0]
    assert len(first) == 1 + (32 // 2 - 1) + 1  # what this small model has room for
    assert first[1:4] == get_tokenizer(multilingual=False).encode(" Oakes and")


def test_transcribe_collects_and_tells_of_each_window(engine, keep: Keep):
    told: list[Window] = []
    path = keep(noise(33))
    transcript = transcribe(engine, path, QUICK, told.append)
    assert told == list(windows_of(engine, path, QUICK))
    assert transcript.segments == tuple(segment for window in told for segment in window.segments)
    assert (transcript.source, transcript.model, transcript.language) == (Source.WHISPER, "babble.en.pt", "en")
    assert transcript.duration == 33
    assert transcript.notes == ()


def test_a_file_that_is_cut_off_is_noted_in_the_transcript(engine, record):
    path = record("a.mp3", codec="libmp3lame", rate=44100, seconds=6)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    transcript = transcribe(engine, path, GREEDY)
    assert "cut off" in transcript.notes[0]
    assert transcript.segments[-1].end < 4


def test_less_than_a_frame_of_sound_is_an_empty_transcript(engine, keep: Keep):
    assert transcribe(engine, keep(noise(0.005)), GREEDY).segments == ()


def test_a_file_without_sound_is_an_error_of_the_file(engine, tmp_path):
    with pytest.raises(MediaError):
        transcribe(engine, tmp_path / "nothing.wav")


def test_languages(engine, multilingual, keep: Keep):
    path = keep(noise(2))

    def language(of: WhisperEngine, asked: str | None) -> str | None:
        return next(windows_of(of, path, Options(language=asked, temperatures=(0.0,)))).language

    assert language(engine, None) == "en"
    assert language(engine, "en-GB") == "en"
    assert language(engine, "English") == "en"
    with pytest.raises(LanguageError, match="English only, not german"):
        language(engine, "de")
    with pytest.raises(LanguageError, match="klingon"):
        language(engine, "klingon")

    many = load(str(multilingual))
    assert language(many, "de") == "de"
    assert language(many, "French") == "fr"
    found = language(many, None)
    assert found is not None
    assert language(many, found) == found
    with pytest.raises(LanguageError):
        language(many, "yue")  # came with large-v3


def test_the_language_is_found_in_the_first_window_with_sound_and_kept(multilingual, keep: Keep):
    many = load(str(multilingual))
    asked = Options(language=None, temperatures=(0.0,))
    found = next(windows_of(many, keep(noise(40)), asked)).language
    windows = list(windows_of(many, keep(np.concatenate([silence(30), noise(40)])), asked))
    assert len(windows) > 2
    assert {window.language for window in windows} == {found}


def test_nothing_but_silence_has_no_language(multilingual, keep: Keep):
    windows = list(windows_of(load(str(multilingual)), keep(silence(40)), Options(language=None)))
    assert [(window.end, window.language, window.segments) for window in windows] == [(30, None, ()), (40, None, ())]
