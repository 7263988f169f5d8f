"""The floors of ``tests.quality.transcription`` hold on a short talk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from episodes.sample.server import HERE
from episodes.sample.voice import unpack_voice
from tests.quality import transcription
from tests.threads import one_thread

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(unpack_voice(tmp_path_factory.mktemp("voice")))


@pytest.fixture(scope="module")
def found(model: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, transcription.Figures]:
    subject = transcription.talk(tmp_path_factory.mktemp("talk") / "talk.wav", 3)
    return transcription.measured(model, subject, ["one stripe", "windows"])


def test_windows_hold_their_floors(found):
    assert found["windows"].cuts >= 3
    assert not transcription.broken(found)


def test_one_stripe_is_what_whisper_hears(model):
    assert not transcription.differences(model, min((HERE / "media").iterdir()))


def test_a_broken_floor_is_told(found):
    bad = replace(found["one stripe"], truth=0.5, cuts=4, inside=2)
    told = transcription.broken({"one stripe": found["one stripe"], "windows": bad})
    assert [line.split(": ")[0] for line in told] == ["windows"] * 3
