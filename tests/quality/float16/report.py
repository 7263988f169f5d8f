"""Pure: how many words of two transcripts differ, and what was measured as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.quality.real_speech.judge import Score, errors, judge, timed
from tests.quality.real_speech.recordings import Recording

HEAD = (
    f"{'':36}{'words':>6}{'error %':>9}{'differ':>8}{'seconds':>9}{'x real time':>13}{'real time x':>13}{'peak GB':>9}"
)

#: ``{"segments": […]}`` by the recording's name.
Heard = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way heard, the seconds of each round, the greatest memory of the GPU in bytes (None: it has none of it), a remark."""

    name: str
    heard: Heard
    seconds: tuple[float, ...]
    peak: int | None
    remark: str


def differing(one: Heard, other: Heard) -> int:
    """How many words must be put in, taken out or replaced to make the one of the other."""
    return sum(sum(errors(_words(one[name]), _words(other[name]))) for name in one)


def _words(document: Mapping[str, Any]) -> list[str]:
    return [one.word for one in timed([segment for segment in document["segments"] if segment["text"].strip()])]


def row(outcome: Outcome, reference: Heard | None, files: Sequence[Recording]) -> dict[str, Any]:
    """All figures of a way; words are those that it wrote, ``differ`` is against the reference, error against what was said."""
    score = sum((judge(one.truth, outcome.heard[one.name]) for one in files), Score())
    seconds, sound = min(outcome.seconds), sum(one.seconds for one in files)
    return {
        "way": outcome.name,
        "words": sum(len(_words(document)) for document in outcome.heard.values()),
        "error": round(score.word_error, 2),
        "differ": None if reference is None else differing(outcome.heard, reference),
        "seconds": [round(one, 2) for one in outcome.seconds],
        "real_time_factor": round(seconds / sound, 5),
        "times_real_time": round(sound / seconds, 1),
        "peak_gb": None if outcome.peak is None else round(outcome.peak / 1e9, 2),
        "remark": outcome.remark,
    }


def line(figures: Mapping[str, Any]) -> str:
    """A row of the table."""
    differ, peak = (("-" if figures[name] is None else figures[name]) for name in ("differ", "peak_gb"))
    return (
        f"{figures['way']:36}{figures['words']:>6}{figures['error']:>9.2f}{differ:>8}{min(figures['seconds']):>9.2f}"
        f"{figures['real_time_factor']:>13.5f}{figures['times_real_time']:>13.1f}{peak:>9}  {figures['remark']}"
    )
