"""Which language is spoken where, for files in which nobody said which.

Whisper judges the language of a whole window. That is sure of a single language and wrong about two: of English and Spanish in one half
minute it names one, and writes the other as a translation or not at all. So a window is judged by its stretches of speech, on parts of the
features that are there, and where those hint at a change each stretch is encoded by itself and judged again, which is far surer (Whisper
is used to sound that begins with its window). The likeliest sequence of languages is kept (Viterbi), where a change has its price; the
window is cut in the pauses where the language changes.

The prices were decided on real speech with ``base``: the twelve English recordings of ``tests/quality/real_speech`` (226 stretches: none is
taken for another language) and recordings in which English, French, Spanish, Italian, Russian, Dutch and Czech take turns, for 3 to 25
seconds each: 2.7% of that speech is judged wrong, 18.7% by whole windows. ``python -m tests.quality.languages`` measures on other prompts
what not knowing the language costs: 7% of the words, whisper 55%, faster-whisper 29 to 58%.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

    from transcripts.engine.openai_whisper.decoding import Decoder
    from transcripts.engine.openai_whisper.job_state import Encode, WindowTask

HINT = 3.0
"""Natural log of how much likelier another language must make a window's speech, for its stretches to be encoded by themselves."""

CHANGE = 3.0
"""The same, of stretches that were encoded by themselves, for a change of language."""

FULL_WEIGHT = 300
"""Frames of a stretch from which on its judgement counts in full. Encoded by themselves, nine of ten stretches that long are judged
rightly, and every second one of 1 to 2 seconds."""

MARGIN = 10
"""Frames beside a stretch that are judged with it."""

Numbers = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class LanguagePart:
    """A window, or a part of one, and the code of the language that it is heard in."""

    task: WindowTask
    language: str | None


def viterbi(evidence: Numbers, main: int, price: float) -> list[int]:
    """The likeliest language of each stretch, from log-probabilities [stretches, languages].

    It costs ``price`` to begin with another than ``main``, and each time the language changes.
    """
    best = evidence[0] - price * (np.arange(evidence.shape[1]) != main)
    froms: list[npt.NDArray[np.intp]] = []
    for likely in evidence[1:]:
        other = best.argmax()
        froms.append(np.where(best >= best[other] - price, np.arange(len(best)), other))
        best = np.maximum(best, best[other] - price) + likely
    path = [int(best.argmax())]
    for before in reversed(froms):
        path.append(int(before[path[-1]]))
    return path[::-1]


def main_language(decoder: Decoder, features: Sequence[torch.Tensor]) -> str | None:
    """The language that is likeliest for several windows together, by their features; None if there are none."""
    if not features:
        return None
    return decoder.languages[int(decoder.language_logprobs(features).sum(axis=0).argmax())]


@dataclass(frozen=True, slots=True)
class LanguageSplitter:
    """Judges the languages of windows; ``encode`` gives a window's features [times, state]."""

    decoder: Decoder
    encode: Encode

    def split(self, task: WindowTask, features: torch.Tensor) -> list[LanguagePart]:
        """A window in as many parts as it has changes of language, from its features [times, state]."""
        main = task.state.options.language
        parts = list(_speech_stretches(task)) if task.state.multilingual and not task.quiet else []
        if not parts or main is None:
            return [LanguagePart(task, main)]
        path = self._path(parts, [_features_of(one, task, features) for one in parts], main, HINT)
        if set(path) != {main}:
            path = self._path(parts, self.decoder.each(self.encode, parts), main, CHANGE)
        return list(_split(task, parts, path))

    def _path(
        self, parts: Sequence[WindowTask], features: Sequence[torch.Tensor], main: str, price: float
    ) -> list[str]:
        codes = self.decoder.languages
        weights = np.array([min(1.0, one.frames / FULL_WEIGHT) for one in parts])
        found = viterbi(self.decoder.language_logprobs(features) * weights[:, None], codes.index(main), price)
        return [codes[one] for one in found]


def _speech_stretches(task: WindowTask) -> Iterator[WindowTask]:
    """Each stretch of speech of a window, with a margin."""
    for run in task.speech_runs():
        start, end = max(task.start, round(run.start) - MARGIN), min(task.end, round(run.end) + MARGIN)
        if end - start > MARGIN:
            yield replace(task, start=start, end=end)


def _features_of(part: WindowTask, task: WindowTask, features: torch.Tensor) -> torch.Tensor:
    """The features of a part of a window, of those of the window."""
    return features[(part.start - task.start) // 2 : (part.end - task.start) // 2]


def _split(task: WindowTask, parts: Sequence[WindowTask], path: Sequence[str]) -> Iterator[LanguagePart]:
    """The window cut in the middle between stretches of different languages."""
    at = task.start
    groups = [(language, list(some)) for language, some in groupby(range(len(parts)), key=path.__getitem__)]
    for language, some in groups:
        last = some[-1]
        end = (parts[last].end + parts[last + 1].start) // 2 if last + 1 < len(parts) else task.end
        yield LanguagePart(replace(task, start=at, end=end), language)
        at = end
