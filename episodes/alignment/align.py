"""Align the paragraphs of an article with the segments of a transcript.

A paragraph is *quoted* where its sentences or quotations were said word for word (``quotes``), and *paraphrased* where the talk turns to
its subject (``features``). For paraphrases, each sentence of the talk gets a probability that the paragraph begins there; all paragraphs
then choose their sentences together, with a mild preference for the article's order (``viterbi``). A paragraph of which more than half
was said word for word needs no paraphrase, unless that begins elsewhere: with the host who introduces the quotation.

The ``POSITION_WEIGHTS`` are a conditional logit over the sentences of 73 real episodes with 784 gold moments. The ``CONFIDENCE_WEIGHTS``
are a logistic regression of such paragraphs against paragraphs of other weeks' articles of the same show, half and half. Refit both with
``python -m tests.quality.fit_alignment``. In six folds of episodes, 92% of the moments of unseen episodes are within 10 s, 96% within
30 s, 97% within 60 s. Of positions with a confidence of 0.14, 0.45, 0.75, 0.98, 0.09, 0.49, 0.91, 0.99 were right. Since most paragraphs
of a linked article are talked about, the low scores are slightly underconfident.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from episodes.alignment.features import Features, compute_features
from episodes.alignment.quotes import quotes
from episodes.alignment.spoken_text import SpokenText, spoken_text
from episodes.alignment.viterbi import best_sequence
from episodes.values import AlignedSpan, AlignmentKind, ParagraphText
from transcripts.tokens import prior_rarity, stems
from transcripts.words import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Increase whenever the same texts would be aligned otherwise.
VERSION = 2

#: What each feature adds to the log-odds of a sentence against the other sentences of the talk.
POSITION_WEIGHTS = {
    "lead_soon": 5.4,
    "lead": 5.0,
    "lead_minute": 3.1,
    "long": 5.7,
    "stretch": 5.3,
    "before": -2.9,
    "long_before": -1.5,
    "rival": -2.7,
    "speaker_change": 2.0,
    "transition": 2.3,
}
#: What each feature adds to the log-odds that the chosen position is right.
CONFIDENCE_WEIGHTS = {"base": -10.9, "lead": 4.0, "share": 3.1, "share_long": 5.7, "mass": 0.9, "mass_long": 1.0}

#: Positions with less confidence are dropped.
MIN_CONFIDENCE = 0.1
#: A paragraph gets a second position if that is as good (within this many nats), has this confidence, and is this many seconds away.
_AS_GOOD, _CONFIDENT, _AWAY = 1.0, 0.9, 120.0
#: The talk about a paragraph ends where the next one begins, after 300 s, or after 60 s without its words.
_STRETCH, _PAUSE = 300.0, 60.0
#: Size limit of a table. The sentences of ten hours times the words of a long article are ten million.
_MOST_CELLS = 40_000_000
_DISTINCTIVE = 1.4  # from this rarity (nats) on, a word is characteristic of a paragraph
_HALF = 0.5  # share of a paragraph quoted; minimum confidence of a paraphrase beside quotes
_SAME = 3.0  # seconds


def align(paragraphs: Sequence[ParagraphText], segments: Iterable[Segment]) -> list[AlignedSpan]:
    """Find where each paragraph was said. Segments may come in any order.

    Spans are ordered by paragraph, paraphrases (of the whole) before quotes (of parts), then by time.
    """
    spoken = spoken_text(segments)
    if not spoken.words or not paragraphs:
        return []
    paraphrased = _paraphrases(paragraphs, spoken) if _is_feasible(paragraphs, spoken) else {}
    quoted = quotes(paragraphs, spoken)
    spans = (
        span
        for number, one in enumerate(paragraphs)
        for span in _merged(one, paraphrased.get(number, ()), quoted[number])
    )
    return sorted(spans, key=lambda one: (one.paragraph, one.kind is AlignmentKind.QUOTE, one.start, one.begin))


def _is_feasible(paragraphs: Sequence[ParagraphText], spoken: SpokenText) -> bool:
    """Whether tables of sentences x words and of sentences x paragraphs fit into memory."""
    words = len({word for paragraph in paragraphs for word in stems(paragraph.text)})
    return len(spoken.sentences) * max(words, len(paragraphs)) <= _MOST_CELLS


def _merged(
    paragraph: ParagraphText, paraphrased: Sequence[AlignedSpan], quoted: Sequence[AlignedSpan]
) -> list[AlignedSpan]:
    """Merge the spans of one paragraph. Quotes raise the confidence of a paraphrase around them, or make it redundant."""
    covered = sum(until - begin for begin, until in {(one.begin, one.until) for one in quoted})
    if covered > _HALF * len(paragraph.text):
        begins = [one.start for one in quoted]
        paraphrased = [
            one for one in paraphrased if one.score >= _HALF and min(abs(one.start - at) for at in begins) > _SAME
        ]
    return [*(_most_confident(one, quoted) for one in paraphrased), *quoted]


def _most_confident(paraphrase: AlignedSpan, quoted: Iterable[AlignedSpan]) -> AlignedSpan:
    inside = [one.score for one in quoted if paraphrase.start - 1 <= one.start <= paraphrase.end]
    return replace(paraphrase, score=max([paraphrase.score, *inside]))


def _paraphrases(paragraphs: Sequence[ParagraphText], spoken: SpokenText) -> Mapping[int, list[AlignedSpan]]:
    """Find where each paragraph is talked about: mostly one span, sometimes none or several."""
    import numpy as np

    words = [stems(paragraph.text) for paragraph in paragraphs]
    features = compute_features(spoken, words)
    belief, confidence = _log_probability(features), _confidence(features)
    starts = np.array([sentence.start for sentence in spoken.sentences])
    chosen = [
        _chosen_sentences(sentence, belief[:, number], confidence[:, number], starts)
        for number, sentence in enumerate(best_sequence(belief, starts))
    ]
    begins = sorted(starts[sentence] for some in chosen for sentence in some)
    return {
        number: [
            _paraphrase(
                number,
                paragraphs[number],
                (float(starts[sentence]), _end(spoken, sentence, set(words[number]), begins)),
                float(confidence[sentence, number]),
            )
            for sentence in some
        ]
        for number, some in enumerate(chosen)
    }


def _paraphrase(number: int, paragraph: ParagraphText, seconds: tuple[float, float], confidence: float) -> AlignedSpan:
    return AlignedSpan(number, 0, len(paragraph.text), *seconds, AlignmentKind.PARAPHRASE, round(confidence, 4))


def _log_probability(features: Features) -> Array:
    """Return sentences x paragraphs: the log-probability that a paragraph begins at a sentence (log-softmax)."""
    import numpy as np

    odds = sum((weight * features.position[name] for name, weight in POSITION_WEIGHTS.items()), np.zeros(()))
    odds = odds - odds.max(0)
    belief: Array = odds - np.log(np.exp(odds).sum(0))
    return belief


def _confidence(features: Features) -> Array:
    """Return sentences x paragraphs: the probability that a position is right."""
    import numpy as np

    weights = {name: weight for name, weight in CONFIDENCE_WEIGHTS.items() if name != "base"}
    odds = sum((weight * features.confidence[name] for name, weight in weights.items()), np.zeros(()))
    confidence: Array = 1 / (1 + np.exp(-(odds + CONFIDENCE_WEIGHTS["base"])))
    return confidence


def _chosen_sentences(sentence: int, belief: Array, confidence: Array, starts: Array) -> list[int]:
    """Return the chosen sentence, if confident enough, and others as good and far from it, the best first."""
    import numpy as np

    if confidence[sentence] < MIN_CONFIDENCE:
        return []
    chosen = [sentence]
    good = np.flatnonzero((belief >= belief[sentence] - _AS_GOOD) & (confidence >= _CONFIDENT))
    for other in sorted(good.tolist(), key=lambda one: (-belief[one], one)):
        if all(abs(starts[other] - starts[one]) >= _AWAY for one in chosen):
            chosen.append(other)
    return chosen


def _end(spoken: SpokenText, first: int, words: set[str], begins: Sequence[float]) -> float:
    """Return the second at which the talk about a paragraph that begins with sentence ``first`` ends."""
    start, end = spoken.sentences[first].start, spoken.sentences[first].end
    later = bisect_right(begins, start)
    limit = begins[later] if later < len(begins) else math.inf
    own = {word for word in words if prior_rarity(word) >= _DISTINCTIVE}
    for sentence in spoken.sentences[first + 1 :]:
        if sentence.start >= min(limit, start + _STRETCH) or sentence.start - end > _PAUSE:
            break
        if len(own & {word.stem for word in spoken.words[sentence.first : sentence.until]}) > 1:
            end = sentence.end
    return max(start, min(end, limit))
