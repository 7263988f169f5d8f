"""Evidence that the talk about a paragraph begins at a sentence: how much of it is said soon after, how much before, and by whom.

Every feature is a table of sentences x paragraphs. A word counts by its rarity in the talk and among the article's paragraphs (TF-IDF),
since an hour of talk says the show's common words everywhere. The first words of a paragraph (its lead) count separately: a presenter
introduces a subject in the words that a writer puts first.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from episodes.alignment.spoken_text import SpokenText
from transcripts.tokens import prior_rarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_LEAD = 12  # first words of a paragraph
_WINDOW = 30.0  # seconds: the windows that serve as documents for a word's IDF in the talk
_PRIOR = 5.0  # weight of the prior rarity (a guess by word length), in windows
_EVERYWHERE = 0.3  # the share of its weight that a word keeps if every paragraph has it
_MIN_MASS = 5.0  # a share of less weight than this means little

#: How far each feature looks, in seconds from the begin of the sentence. In a talk shorter than ``_WHOLE``, windows shrink by the square
#: root of the ratio: a window that holds all of a short talk locates nothing.
_WHOLE = 1500.0
_SOON, _LEAD_IN, _MINUTE, _LONG, _STRETCH = 8.0, 20.0, 60.0, 150.0, 300.0


@dataclass(frozen=True)
class Features:
    """Tables of sentences x paragraphs.

    ``position`` features locate the paragraph. ``lead_soon``, ``lead`` and ``lead_minute`` are the shares of its first words said within
    8, 20 and 60 s; ``long`` and ``stretch`` the shares of all its words within 150 and 300 s; ``before`` and ``long_before`` those in the
    60 and 300 s before. ``rival`` is the highest ``lead`` of another paragraph. For ``speaker_change`` and ``transition`` see ``Sentence``.

    ``confidence`` features tell how far to trust the position: the shares of all words, including those never said, and the logarithm of
    the weight of what was said.
    """

    position: dict[str, Array]
    confidence: dict[str, Array]


def compute_features(spoken: SpokenText, paragraphs: Sequence[Sequence[str]]) -> Features:
    """Compute the features of every sentence against every paragraph (given as stems). Needs at least one of each."""
    words = {word: n for n, word in enumerate(dict.fromkeys(word for one in paragraphs for word in one))}
    counts = _running_counts(spoken, words)
    weight = _weights(list(words), paragraphs, counts)
    weight_said = weight * (counts.running[-1] > 0)
    lead = _shares(words, [one[:_LEAD] for one in paragraphs], weight_said)
    whole = _shares(words, paragraphs, weight_said)
    position = _position_features(counts, lead, whole) | _flags(spoken, len(paragraphs))
    share, mass = _shares(words, paragraphs, weight), _masses(words, paragraphs, weight_said)
    return Features(position, {"lead": position["lead"]} | _confidence_features(counts, share, mass))


def _position_features(counts: _RunningCounts, lead: Array, whole: Array) -> dict[str, Array]:
    """``lead`` and ``whole`` are words x paragraphs: the shares of a paragraph's first words, and of all its words."""
    lead_in = counts.within(0, _LEAD_IN) @ lead
    return {
        "lead_soon": counts.within(0, _SOON) @ lead,
        "lead": lead_in,
        "lead_minute": counts.within(0, _MINUTE) @ lead,
        "long": counts.within(0, _LONG) @ whole,
        "stretch": counts.within(0, _STRETCH) @ whole,
        "before": counts.within(-_MINUTE, 0) @ whole,
        "long_before": counts.within(-_STRETCH, 0) @ whole,
        "rival": _rival(lead_in),
    }


def _confidence_features(counts: _RunningCounts, share: Array, mass: Array) -> dict[str, Array]:
    """``share`` and ``mass`` are words x paragraphs: shares of all words, and the weights of those said anywhere."""
    import numpy as np

    minute, long = counts.within(0, _MINUTE), counts.within(0, _LONG)
    return {
        "share": minute @ share,
        "share_long": long @ share,
        "mass": np.log1p(minute @ mass),
        "mass_long": np.log1p(long @ mass),
    }


def _flags(spoken: SpokenText, paragraphs: int) -> dict[str, Array]:
    """Return the features of sentences alone, repeated for each paragraph."""
    import numpy as np

    flags = np.array([(sentence.speaker_change, sentence.transition) for sentence in spoken.sentences], float)
    return {
        "speaker_change": np.repeat(flags[:, :1], paragraphs, 1),
        "transition": np.repeat(flags[:, 1:], paragraphs, 1),
    }


@dataclass(frozen=True)
class _RunningCounts:
    """Start of each sentence, and the cumulative count of each word before it (sentences + 1 rows x words)."""

    starts: Array
    running: Array

    def within(self, begin: float, end: float) -> Array:
        """Return a table of 0 and 1: which words are said from ``begin`` to ``end`` seconds after each sentence starts.

        A window into the future holds at least the sentence itself.
        """
        import numpy as np

        scale = math.sqrt(min(1.0, float(self.starts[-1] - self.starts[0]) / _WHOLE))
        low = np.searchsorted(self.starts, self.starts + begin * scale - 1e-6)
        high = np.searchsorted(self.starts, self.starts + end * scale - 1e-6)
        high = np.maximum(high, low + 1 if end > 0 else low)
        found: Array = np.minimum(self.running[high] - self.running[low], 1)
        return found


def _running_counts(spoken: SpokenText, words: dict[str, int]) -> _RunningCounts:
    import numpy as np

    counts = np.zeros((len(spoken.sentences) + 1, len(words)), np.float32)
    for row, sentence in enumerate(spoken.sentences, 1):
        for word in spoken.words[sentence.first : sentence.until]:
            if (column := words.get(word.stem)) is not None:
                counts[row, column] += 1
    return _RunningCounts(np.array([sentence.start for sentence in spoken.sentences]), counts.cumsum(0))


def _weights(words: Sequence[str], paragraphs: Sequence[Sequence[str]], counts: _RunningCounts) -> Array:
    """Weigh each word by its IDF over half minutes of the talk and over the paragraphs."""
    import numpy as np

    numbers = (counts.starts - counts.starts[0]) // _WINDOW
    edges = np.concatenate([[0], 1 + np.flatnonzero(np.diff(numbers)), [len(numbers)]])
    windows = len(edges) - 1
    holding = (counts.running[edges[1:]] > counts.running[edges[:-1]]).sum(0)
    guess = np.array([prior_rarity(word) for word in words])
    rarity = (windows * np.log((windows + 1) / (holding + 0.5)) + _PRIOR * guess) / (windows + _PRIOR)
    paragraph_counts = Counter(word for one in paragraphs for word in set(one))
    share = np.array([paragraph_counts[word] for word in words]) / (len(paragraphs) + 1)
    among_paragraphs = np.log(1 / share) / math.log(len(paragraphs) + 1)
    weight: Array = np.maximum(rarity, 0.0) * (_EVERYWHERE + among_paragraphs)
    return weight


def _masses(words: dict[str, int], paragraphs: Sequence[Sequence[str]], weight: Array) -> Array:
    """Return a table of words x paragraphs: the weight of each word that a paragraph contains."""
    import numpy as np

    table = np.zeros((len(words), len(paragraphs)), np.float32)
    for column, one in enumerate(paragraphs):
        rows = [words[word] for word in one]
        table[rows, column] = weight[rows]
    return table


def _shares(words: dict[str, int], paragraphs: Sequence[Sequence[str]], weight: Array) -> Array:
    """Return the same table as shares of the weight of the paragraph."""
    table = _masses(words, paragraphs, weight)
    share: Array = table / (_MIN_MASS + table.sum(0))
    return share


def _rival(table: Array) -> Array:
    """Return for each cell the highest other value in its row."""
    import numpy as np

    if table.shape[1] < 2:
        return np.zeros_like(table)
    ordered = np.sort(table, 1)
    best, second = ordered[:, -1:], ordered[:, -2:-1]
    return np.where(table >= best, second, best)
