"""Word timestamps from stored features, against those that whisper computes by encoding again."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import whisper
from whisper.timing import add_word_timestamps

from episodes.sample.voice import unpack_voice
from tests.transcripts.conftest import tokenizer
from transcripts.audio import open_audio
from transcripts.engine.openai_whisper.decoding import Decoder, Row
from transcripts.engine.timestamps import Piece, parse_timestamps

MEDIA = Path(__file__).parents[2] / "episodes" / "sample" / "media"
TOKENIZER = tokenizer()


@pytest.fixture
def checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample's voice; whisper's time warping in plain Python, since compiling it takes longer than running it here."""
    monkeypatch.setattr("whisper.timing.dtw_cpu", whisper.timing.dtw_cpu.py_func)
    monkeypatch.setattr("whisper.timing.backtrace", whisper.timing.backtrace.py_func)
    return str(unpack_voice(tmp_path))


def test_words_come_when_whisper_says_without_encoding_again(checkpoint: str, monkeypatch: pytest.MonkeyPatch):
    decoder, model = Decoder(whisper.load_model(checkpoint, device="cpu")), whisper.load_model(checkpoint, device="cpu")
    with open_audio(min(MEDIA.iterdir())) as audio:
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(audio.read(0, 30)))
    features = decoder.encode(mel)
    monkeypatch.setattr(decoder, "_encoder", None)
    written = decoder.decode([Row(features, "en")])[0]
    pieces = parse_timestamps(written.tokens, TOKENIZER.timestamp_begin, 3000).pieces
    found = decoder.whisper_words(features, pieces, 3000)

    theirs = [
        {"seek": 0, "start": piece.start, "end": piece.end, "tokens": list(piece.tokens), "words": []}
        for piece in pieces
    ]
    with torch.no_grad():
        add_word_timestamps(
            segments=theirs, model=model, tokenizer=TOKENIZER, mel=mel, num_frames=3000, last_speech_timestamp=0.0
        )
    expected = [[word["word"].strip() for word in segment["words"]] for segment in theirs]
    assert [[word.text for word in words] for words in found] == expected
    assert sum(len(words) for words in expected) > 50
    pairs = [
        (a, b) for ours, segment in zip(found, theirs, strict=True) for a, b in zip(ours, segment["words"], strict=True)
    ]
    near = [abs(a.start - b["start"]) <= 0.021 and abs(a.end - b["end"]) <= 0.021 for a, b in pairs]
    assert sum(near) >= 0.95 * len(pairs)
    assert all(a.probability == pytest.approx(b["probability"], abs=1e-3) for a, b in pairs)


def test_a_window_without_words_has_none(checkpoint: str):
    decoder = Decoder(whisper.load_model(checkpoint, device="cpu"))
    features = decoder.encode(torch.zeros(80, 3000))

    assert decoder.whisper_words(features, [], 3000) == []
    assert decoder.whisper_words(features, [Piece(0.0, 2.0, (), ())], 3000) == [()]
