"""One file without a catalog: a transcription stopped at any moment resumes and yields the same words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from episodes.pipeline.file_transcription import FileTranscription, open_transcription
from episodes.values import Progress
from tests.conftest import Ran
from transcripts.engine import Ended, Engine, Job, Options, Step, Transcribed, Window
from transcripts.errors import MediaError
from transcripts.words import Segment

NOW = datetime.now(UTC)
Nir = Callable[..., Ran]


class Power(Exception):
    """Somebody pulled the plug."""


@dataclass
class Pairs:
    """Hears two windows in each step, one of either half of the file; ``stop`` pulls the plug after so many steps."""

    stop: int = 1000
    name: str = "pairs"
    signature: str = "pairs, of random weights"
    given: list[Job] = field(default_factory=list)

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        for job in jobs:
            self.given.append(job)
            if job.path.read_bytes() == b"torn":
                yield Step(ended=(Ended(job.key, MediaError(job.path, "torn")),))
                continue
            for at in range(len(job.done) // 2, 3):
                if at == self.stop:
                    raise Power
                yield Step(tuple(Transcribed(job.key, window(place)) for place in (at, at + 3)))
            yield Step(ended=(Ended(job.key),))


def window(at: int) -> Window:
    return Window(at * 30, at * 30 + 30, 180, (Segment(at * 30 + 0.1, at * 30 + 7.3, f"Part {at}."),), "en")


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "talk.opus"
    path.write_bytes(b"sound")
    return path


def opened(engine: Engine, sound: Path, options: Options | None = None, *, anew: bool = False) -> FileTranscription:
    return open_transcription(engine, sound, options or Options(), sound.parent / "work", NOW, anew=anew)


def stopped(sound: Path, steps: int) -> None:
    with pytest.raises(Power):
        opened(Pairs(stop=steps), sound).transcript(lambda _: None)


def files(sound: Path) -> list[Path]:
    return list((sound.parent / "work").glob("*"))


def test_a_stopped_transcription_resumes_with_the_same_words(sound: Path) -> None:
    undisturbed = opened(Pairs(), sound)
    wanted = undisturbed.transcript(lambda _: None)
    undisturbed.journal.remove()
    stopped(sound, 1)
    stopped(sound, 2)
    engine, told = Pairs(), list[Progress]()
    transcription = opened(engine, sound)

    assert transcription.seconds_before == 120
    assert transcription.transcript(told.append) == wanted
    assert [len(job.done) for job in engine.given] == [4]
    assert [(far.done, far.total) for far in told if far.stage == "hear"] == [(120, None), (150, 180), (180, 180)]
    transcription.journal.remove()
    assert files(sound) == []


def test_other_sound_another_way_and_a_persons_wish_begin_anew(sound: Path) -> None:
    stopped(sound, 2)
    assert opened(Pairs(), sound).seconds_before == 120
    assert opened(Pairs(), sound, Options(words=False)).seconds_before == 0
    assert opened(Pairs(signature="pairs, int8"), sound).seconds_before == 0
    os.utime(sound, (1, 1))
    assert opened(Pairs(), sound).seconds_before == 0
    stopped(sound, 1)
    assert opened(Pairs(), sound, anew=True).seconds_before == 0
    assert opened(Pairs(), sound).seconds_before == 0


def test_what_nobody_went_on_with_is_forgotten(sound: Path) -> None:
    stopped(sound, 1)
    (kept,) = files(sound)
    open_transcription(Pairs(), sound, Options(words=False), sound.parent / "work", NOW + timedelta(days=59))
    assert files(sound) == [kept]
    open_transcription(Pairs(), sound, Options(words=False), sound.parent / "work", NOW + timedelta(days=61))
    assert files(sound) == []


def test_a_file_without_audio_is_reported_and_leaves_nothing(sound: Path) -> None:
    sound.write_bytes(b"torn")
    with pytest.raises(MediaError, match="torn"):
        opened(Pairs(), sound).transcript(lambda _: None)
    assert files(sound) == []


def test_the_command_goes_on_says_so_and_cleans_up(
    nir: Nir, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIR_WORK", str(tmp_path / "work"))
    monkeypatch.setattr("transcripts.engine.factory.open_engine", lambda *_, **__: Pairs(stop=2))
    assert nir("transcribe", sound).code == 3
    assert len(files(sound)) == 1
    monkeypatch.setattr("transcripts.engine.factory.open_engine", lambda *_, **__: Pairs())
    ran = nir("transcribe", sound, "-o", tmp_path / "out.txt")

    assert ran.code == 0
    assert ran.err == "continuing: 2:00 already transcribed (--anew starts over)\n"
    assert (tmp_path / "out.txt").read_text().split("\n")[:6] == [f"Part {at}." for at in range(6)]
    assert files(sound) == []
    assert nir("transcribe", sound, "--anew").err == ""


def test_what_cannot_be_written_or_read_is_reported_before_a_model_is_loaded(nir: Nir, sound: Path) -> None:
    assert nir("transcribe", sound, "-o", sound.parent / "absent" / "out.txt").code == 2
    assert nir("transcribe", sound, "-o", sound.parent).code == 2
    missing = nir("transcribe", sound.parent / "none.mp3", "--model", "no.pt")
    assert (missing.code, missing.err) == (2, f"nir: {sound.parent / 'none.mp3'}: no such file or directory\n")
