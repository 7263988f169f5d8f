"""The decode loop writes what whisper.decode writes, for many rows at once that do not affect each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import whisper
from whisper.decoding import DecodingOptions, decode
from whisper.model import Whisper

from episodes.sample.voice import unpack_voice
from tests.threads import one_thread
from tests.transcripts.conftest import random_model, tokenizer
from transcripts.audio import open_audio
from transcripts.engine.openai_whisper import batch_size, repetition, word_timestamps
from transcripts.engine.openai_whisper.beam_search import BEAM_SIZE
from transcripts.engine.openai_whisper.decoded import Decoded
from transcripts.engine.openai_whisper.decoding import Decoder, Row
from transcripts.engine.timestamps import parse_timestamps

Make = Callable[[], Whisper]

MEDIA = Path(__file__).parents[2] / "episodes" / "sample" / "media"
PROMPTS = ((), (100, 200, 300), (5,), tuple(range(500, 540)), (), (7, 8, 9))
LANGUAGES = ("en", "de", "fr")
TOKENIZER = tokenizer()


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    tokenizer(), tokenizer(multilingual=True)
    with one_thread():
        yield


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """The sample's checkpoint, which understands the sample's voice."""
    path = unpack_voice(tmp_path_factory.mktemp("voice"))
    return lambda: whisper.load_model(str(path), device="cpu")


def sounds() -> list[torch.Tensor]:
    """Return the log-mel of the first 30 seconds of three of the sample's files."""
    mels = []
    for path in sorted(MEDIA.iterdir())[:3]:
        with open_audio(path) as audio:
            mels.append(whisper.log_mel_spectrogram(whisper.pad_or_trim(audio.read(0, 30))))
    return mels


def noises(count: int) -> list[torch.Tensor]:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return [torch.randn(80, 3000).clamp(-1, 1) * number / count for number in range(count)]


def rows(decoder: Decoder, mels: list[torch.Tensor], languages: tuple[str, ...] = ("en",)) -> list[Row]:
    """A row for each window, with prompts of unequal lengths."""
    return [
        Row(decoder.encode(mel), languages[number % len(languages)], PROMPTS[number % len(PROMPTS)], number)
        for number, mel in enumerate(mels)
    ]


@pytest.mark.parametrize("temperature", [0.0, 0.7])
@pytest.mark.parametrize(("vocabulary", "languages"), [(51864, ("en",)), (51865, LANGUAGES)])
def test_random_weights_write_what_whisper_writes(vocabulary: int, languages: tuple[str, ...], temperature: float):
    theirs = random_model(vocabulary=vocabulary).eval()
    decoder = Decoder(random_model(vocabulary=vocabulary), "float32")
    asked = rows(decoder, noises(6), languages)

    assert_as_whisper(theirs, decoder, asked, temperature)


@pytest.mark.parametrize("temperature", [0.0, 0.6])
def test_a_voice_is_written_as_whisper_writes_it(voice: Make, temperature: float):
    decoder = Decoder(voice(), "float32")
    asked = rows(decoder, sounds())

    assert_as_whisper(voice().eval(), decoder, asked, temperature)


def assert_as_whisper(theirs: Whisper, decoder: Decoder, asked: list[Row], temperature: float) -> None:
    """The tokens are equal, the figures too but for rounding; together and alone not even that differs."""
    together = decoder.decode(asked, temperature)
    for row, ours in zip(asked, together, strict=True):
        with torch.random.fork_rng():
            torch.manual_seed(row.seed)
            options = DecodingOptions(
                language=row.language, temperature=temperature, prompt=list(row.prompt), fp16=False
            )
            expected = decode(theirs, row.features.clone(), options)
        assert list(ours.tokens) == expected.tokens
        assert ours.avg_logprob == pytest.approx(expected.avg_logprob, abs=1e-4)
        assert ours.no_speech_prob == pytest.approx(expected.no_speech_prob, abs=1e-5)
        assert ours.compression_ratio == expected.compression_ratio
        assert ours.temperature == temperature
    assert [decoder.decode([row], temperature)[0] for row in asked] == together


@pytest.mark.filterwarnings("ignore:__array_wrap__")  # whisper's own
@pytest.mark.parametrize(("vocabulary", "languages"), [(51864, ("en",)), (51865, LANGUAGES)])
def test_beams_write_what_whispers_beams_write(vocabulary: int, languages: tuple[str, ...]):
    theirs = random_model(vocabulary=vocabulary).eval()
    decoder = Decoder(random_model(vocabulary=vocabulary), "float32")
    assert_as_whispers_beams(theirs, decoder, rows(decoder, noises(4), languages))


@pytest.mark.filterwarnings("ignore:__array_wrap__")  # whisper's own
def test_beams_write_a_voice_as_whispers_beams_do(voice: Make):
    decoder = Decoder(voice(), "float32")
    assert_as_whispers_beams(voice().eval(), decoder, rows(decoder, sounds()))


def assert_as_whispers_beams(theirs: Whisper, decoder: Decoder, asked: list[Row]) -> None:
    for row, ours in zip(asked, decoder.search(asked), strict=True):
        options = DecodingOptions(language=row.language, beam_size=BEAM_SIZE, prompt=list(row.prompt), fp16=False)
        expected = decode(theirs, row.features.clone(), options)
        assert list(ours.tokens) == expected.tokens
        assert ours.avg_logprob == pytest.approx(expected.avg_logprob, abs=1e-4)
        assert ours.no_speech_prob == pytest.approx(expected.no_speech_prob, abs=1e-5)


def test_beams_in_int8_do_not_mind_the_rows_beside_them(voice: Make):
    decoder = Decoder(voice(), "int8")
    asked = rows(decoder, [*sounds(), *noises(2)])
    together = decoder.search(asked)

    assert decoder.search(asked[::-1]) == together[::-1]
    torch.set_num_threads(2)
    assert decoder.search(asked) == together


def test_an_int8_row_does_not_mind_the_rows_beside_it(voice: Make):
    decoder = Decoder(voice(), "int8")
    asked = rows(decoder, [*sounds(), *noises(3)])
    together = decoder.decode(asked)

    assert [decoder.decode([row])[0] for row in asked] == together
    assert decoder.decode(asked[::-1]) == together[::-1]
    assert decoder.decode(asked[1:4], 0.8) == decoder.decode(asked, 0.8)[1:4]


def test_int8_transcribes_what_float32_transcribes(voice: Make):
    exact, fast = Decoder(voice(), "float32"), Decoder(voice(), "int8")
    mels = sounds()
    expected = exact.decode([Row(exact.encode(mel), "en") for mel in mels])
    found = fast.decode([Row(fast.encode(mel), "en") for mel in mels])

    for ours, right in zip(found, expected, strict=True):
        same = sum(a == b for a, b in zip(ours.tokens, right.tokens, strict=False))
        assert same >= 0.9 * len(right.tokens) > 50


def test_more_rows_than_there_is_room_for_enter_as_others_leave(voice: Make, monkeypatch: pytest.MonkeyPatch):
    decoder = Decoder(voice(), "int8")
    asked = rows(decoder, [*sounds(), *noises(4)])
    expected = decoder.decode(asked)
    monkeypatch.setattr(batch_size, "BATCH_MEMORY", 1)
    assert decoder.best_batch == 1
    assert decoder.decode(asked) == expected
    monkeypatch.setattr(Decoder, "best_batch", 3)

    assert decoder.decode(asked) == expected


def test_a_bounded_row_ends_where_it_only_repeats_itself(voice: Make, monkeypatch: pytest.MonkeyPatch):
    decoder = Decoder(voice(), "int8")
    asked = rows(decoder, [*sounds(), *noises(2)])
    free = decoder.decode(asked)
    choose, told = repetition.RepetitionDetector.add, iter([None] * 20 + [7] + [None] * 10_000)
    monkeypatch.setattr(
        repetition.RepetitionDetector, "add", lambda self, token, place: choose(self, token, place) or next(told)
    )
    bounded = decoder.decode([replace(row, stop_at_loops=True) for row in asked])

    (looped,) = (number for number, found in enumerate(bounded) if found.looped)
    assert bounded[looped].tokens == free[looped].tokens[:7]
    assert bounded[looped].avg_logprob is not None
    assert [found for number, found in enumerate(bounded) if number != looped] == [
        found for number, found in enumerate(free) if number != looped
    ]


def test_nothing_is_written_where_whisper_finds_no_speech_either(voice: Make):
    decoder = Decoder(voice(), "int8")
    (spoken, *_), (noise, *_) = rows(decoder, sounds()), rows(decoder, noises(1))
    limit = (decoder.decode([spoken])[0].no_speech_prob + decoder.decode([noise])[0].no_speech_prob) / 2
    asked = [replace(row, no_speech_threshold=limit) for row in (spoken, noise)]

    written = sorted(len(found.tokens) for found in decoder.decode(asked))
    assert written[0] <= 1 < 10 < written[1]


@pytest.mark.parametrize("precision", ["float32", "int8"])
@pytest.mark.parametrize("way", [Decoder.decode, Decoder.search])
def test_a_recorded_row_keeps_what_its_alignment_heads_would_attend_to_if_it_were_read_again(
    voice: Make, precision: str, way: Callable[[Decoder, list[Row]], list[Decoded]]
):
    decoder = Decoder(voice(), precision)
    features = [decoder.encode(mel) for mel in (*sounds(), sounds()[0][:, :900])]
    timing_model = word_timestamps.TimingModel(decoder.model, decoder._text_decoder)
    unrecorded = way(decoder, [Row(one, "en") for one in features])
    recorded = way(decoder, [Row(one, "en", record=True) for one in features])

    assert recorded == unrecorded
    assert len({len(one.tokens) for one in recorded}) > 1
    for one, sound, plain in zip(recorded, features, unrecorded, strict=True):
        again = timing_model.cross_scores(sound, TOKENIZER.sot_sequence, one.tokens)
        assert one.cross_scores is not None
        assert one.cross_scores.shape == again.shape == (len(one.tokens) + 1, len(timing_model.heads), len(sound))
        assert np.abs(one.cross_scores - again).max() < 1e-2 * np.abs(again).max()
        assert len(one.logprobs) == len(one.tokens)
        assert plain.cross_scores is None


def test_what_is_not_recorded_is_read_again_for_its_words(voice: Make):
    decoder = Decoder(voice(), "float32")
    features = decoder.encode(sounds()[0])
    spoken = np.ones(1500, bool)
    found = []
    for record in (True, False):
        (written,) = decoder.decode([Row(features, "en", record=record)])
        pieces = parse_timestamps(written.tokens, TOKENIZER.timestamp_begin, 3000).pieces
        found.append(decoder.align_words(features, written, pieces, spoken).words)

    assert found[0] == found[1]
    assert sum(len(words) for words in found[0]) > 50


def test_a_text_without_end_is_not_recorded_whole_and_is_read_again_for_its_words(voice: Make):
    decoder = Decoder(voice(), "float32")
    features = decoder.encode(sounds()[0])
    (written,) = decoder.decode([Row(features, "en", record=True)], exactly=21)
    pieces = parse_timestamps(written.tokens, TOKENIZER.timestamp_begin, 3000).pieces

    assert written.cross_scores is None
    assert any(decoder.align_words(features, written, pieces, np.ones(1500, bool)).words)


def test_no_rows_are_no_work(voice: Make):
    assert Decoder(voice()).decode([]) == []


def test_texts_can_be_made_equally_long(voice: Make):
    decoder = Decoder(voice())
    found = decoder.decode(rows(decoder, noises(3)), exactly=21)

    assert [len(done.tokens) for done in found] == [21, 21, 21]


def test_the_language_found_is_whispers():
    theirs = random_model(vocabulary=51865, seed=4).eval()
    decoder = Decoder(random_model(vocabulary=51865, seed=4), "float32")
    for mel in noises(3):
        features = decoder.encode(mel)
        _, probabilities = theirs.detect_language(features.clone())
        assert decoder.detect(features) == max(probabilities, key=probabilities.__getitem__)
        assert decoder.decode([Row(features, None)]) == decoder.decode([Row(features, decoder.detect(features))])
