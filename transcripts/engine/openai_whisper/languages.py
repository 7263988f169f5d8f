"""Detect which language is spoken where, if none is given.

Whisper detects the language of a whole window. That is reliable for one language and wrong for two: of English and
Spanish in one window it names one, and translates or drops the other. So a window is split into its stretches of
speech, which are first scored on parts of the window's features. If these hint at a change, each stretch is encoded on
its own and scored again, which is far more reliable, because Whisper is used to sound that begins with its window. The
likeliest sequence of languages is found with the Viterbi algorithm, in which a change has a price; the window is cut in
the pauses where the language changes.

The prices were chosen on real speech with ``base``: the twelve English recordings of ``tests/quality/real_speech`` (226
stretches, none taken for another language) and recordings in which English, French, Spanish, Italian, Russian, Dutch
and Czech take turns, for 3 to 25 seconds each: 2.7% of that speech gets the wrong language, 18.7% with whole windows.
``python -m tests.quality.languages`` measures on other prompts what not knowing the language costs: 7% of the words,
whisper 55%, faster-whisper 29 to 58%.
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
"""How much likelier (natural log) another language must make a window's speech before its stretches are encoded on their own."""

CHANGE = 3.0
"""The same for stretches that were encoded on their own, for a change of language."""

FULL_WEIGHT = 300
"""Frames of a stretch from which on its score counts in full. Encoded on their own, nine of ten stretches of that
length are classified correctly, and every second one of 1 to 2 seconds."""

MARGIN = 10
"""Frames around a stretch that are scored with it."""

Numbers = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class LanguagePart:
    """A window or a part of one, and the code of its language."""

    task: WindowTask
    language: str | None


def viterbi(evidence: Numbers, main: int, price: float) -> list[int]:
    """Return the likeliest language of each stretch from log-probabilities [stretches, languages].

    Starting with another language than ``main`` costs ``price``, and so does each change.
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
    """Return the likeliest language of several windows together, or None if there are none."""
    if not features:
        return None
    return decoder.languages[int(decoder.language_logprobs(features).sum(axis=0).argmax())]


@dataclass(frozen=True, slots=True)
class LanguageSplitter:
    """Splits windows by language. ``encode`` returns a window's features [times, state]."""

    decoder: Decoder
    encode: Encode

    def split(self, task: WindowTask, features: torch.Tensor) -> list[LanguagePart]:
        """Split a window where its language changes. ``features`` [times, state] are those of the window."""
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
    """Yield each stretch of speech in a window, with a margin."""
    for run in task.speech_runs():
        start, end = max(task.start, round(run.start) - MARGIN), min(task.end, round(run.end) + MARGIN)
        if end - start > MARGIN:
            yield replace(task, start=start, end=end)


def _features_of(part: WindowTask, task: WindowTask, features: torch.Tensor) -> torch.Tensor:
    """Return the part of a window's features that belongs to a part of the window."""
    return features[(part.start - task.start) // 2 : (part.end - task.start) // 2]


def _split(task: WindowTask, parts: Sequence[WindowTask], path: Sequence[str]) -> Iterator[LanguagePart]:
    """Cut the window midway between stretches of different languages."""
    at = task.start
    groups = [(language, list(some)) for language, some in groupby(range(len(parts)), key=path.__getitem__)]
    for language, some in groups:
        last = some[-1]
        end = (parts[last].end + parts[last + 1].start) // 2 if last + 1 < len(parts) else task.end
        yield LanguagePart(replace(task, start=at, end=end), language)
        at = end
