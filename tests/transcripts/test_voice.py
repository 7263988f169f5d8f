"""The engine with a trained model: the sample's sound gives the right words at the right times."""

from __future__ import annotations

from dataclasses import replace

import pytest

from episodes.sample.server import HERE, said
from episodes.sample.voice import unpack_voice
from tests import word_errors
from tests.word_errors import words
from transcripts.engine import Options, Window, load
from transcripts.engine import windows as windows_of
from transcripts.engine.openai_whisper.engine import WhisperEngine
from transcripts.words import Segment

MEDIA = sorted((HERE / "media").iterdir())

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhisperEngine:
    return load(str(unpack_voice(tmp_path_factory.mktemp("voice"))))


@pytest.fixture(scope="module")
def heard(engine: WhisperEngine) -> dict[str, list[Window]]:
    return {path.stem: list(windows_of(engine, path)) for path in MEDIA}


def segments(windows: list[Window]) -> list[Segment]:
    return [segment for window in windows for segment in window.segments]


def test_it_transcribes_what_was_said(heard):
    truth = {stem: words(" ".join(sentence["text"] for sentence in said(stem))) for stem in heard}
    errors = {
        stem: word_errors.errors(truth[stem], words(" ".join(s.text for s in segments(heard[stem])))) for stem in heard
    }
    assert sum(errors.values()) <= 0.05 * sum(map(len, truth.values())), errors


def test_it_transcribes_when_it_was_said(heard):
    for stem, windows in heard.items():
        starts = [sentence["start"] for sentence in said(stem)]
        late = [s for s in segments(windows) if min(abs(s.start - start) for start in starts) > 0.5]
        assert len(late) <= 0.1 * len(segments(windows)), (stem, late)


def test_resumed_behind_the_first_window_it_transcribes_the_same(engine, heard):
    path = MEDIA[0]
    windows = heard[path.stem]
    assert list(windows_of(engine, path, done=(windows[0],))) == windows[1:]


def test_the_length_is_that_of_the_file(heard):
    for stem, windows in heard.items():
        assert windows[-1].end == pytest.approx(windows[-1].duration, abs=0.1)
        assert segments(windows)[-1].end > said(stem)[-1]["start"]


def test_words_have_their_times_unless_nobody_wants_them(engine, heard):
    first = heard[MEDIA[0].stem][0]
    without = tuple(replace(segment, words=()) for segment in first.segments)
    assert without == next(windows_of(engine, MEDIA[0], Options(words=False))).segments
    for segment in first.segments:
        assert " ".join(word.text for word in segment.words) == segment.text
        assert all(segment.start <= word.start <= word.end <= segment.end for word in segment.words)
