"""What the texts of a pair share, in words that a person can check: the longest shared phrase and the rarest shared names.

Made only for reported pairs. The weights come from ``text_score``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from episodes.linking.text_overlap import PHRASE_WORDS, Overlap
from episodes.linking.text_score import TextScore
from episodes.linking.values import EvidenceKind
from episodes.values import Evidence
from transcripts.tokens import stem, stems, surface

_NAMES = 4
_LONGEST = 14  # words shown of a phrase
_RARE = 2.0  # nats
#: A capitalized word inside a sentence.
_NAME = re.compile(r"(?<=[\w,;’'\"“(-] )[A-ZÀ-ÖØ-Þ][^\W\d_]{2,}")


def text_evidence(
    spoken: str, written: str, overlap: Overlap, score: TextScore, scale: float, rarity: Mapping[str, float]
) -> list[Evidence]:
    """Return the evidence of two texts; ``scale`` is the share of the score's weights that counts."""
    spoken_stems = stems(spoken)
    made = (
        (
            EvidenceKind.PHRASES,
            _phrase_detail(spoken_stems, written, score),
            score.weighted("phrases", "phrases_over_second"),
        ),
        (EvidenceKind.NAMES, _name_detail(spoken_stems, written, score, rarity), score.weighted("words")),
        (EvidenceKind.TEXT, _cosine_detail(overlap, score), score.weighted("cosine", "cosine_over_second")),
    )
    return [Evidence(kind, detail, round(weight * scale, 2)) for kind, detail, weight in made]


def shared_phrase(spoken_stems: list[str], written: str) -> str:
    """Return the longest run of words in both texts, as the article writes it; "" if none has three words.

    ``spoken_stems`` are the stems of the transcript, in order.
    """
    words = surface(written)
    read = _in_threes(list(map(stem, words)))
    said = set(read).intersection(zip(spoken_stems, spoken_stems[1:], spoken_stems[2:], strict=False))
    start, length = _longest_run([triple in said for triple in read])
    return " ".join(words[start : start + min(length + PHRASE_WORDS - 1, _LONGEST)]) if length else ""


def shared_names(spoken_stems: list[str], written: str, rarity: Mapping[str, float]) -> list[str]:
    """Return the article's names that are also in the transcript (given as stems), rarest first."""
    said = set(spoken_stems)
    names = {stem(name): name for name in reversed(_NAME.findall(written))}
    shared = [known for known in names if known in said and rarity.get(known, 0.0) >= _RARE]
    return [names[known] for known in sorted(shared, key=lambda known: (-rarity[known], known))[:_NAMES]]


def _phrase_detail(spoken_stems: list[str], written: str, score: TextScore) -> str:
    if score.weighted("phrases", "phrases_over_second") <= 0:
        return "they share no more rare phrases than other pairs"
    phrase = shared_phrase(spoken_stems, written)
    return f"they share rare phrases, the longest is “{phrase}”" if phrase else "they share rare phrases"


def _name_detail(spoken_stems: list[str], written: str, score: TextScore, rarity: Mapping[str, float]) -> str:
    names = shared_names(spoken_stems, written, rarity) if score.words > 0 else []
    if names:
        return f"both mention {', '.join(names)}"
    return "they share rare words" if score.words > 0 else "they share no more rare names and words than other pairs"


def _cosine_detail(overlap: Overlap, score: TextScore) -> str:
    standing = "more than any rival" if score.cosine > 0 else "no more than other pairs"
    return f"their full texts are {overlap.cosine:.0%} similar, {standing}"


def _in_threes(stemmed: list[str]) -> list[tuple[str, str, str]]:
    return list(zip(stemmed, stemmed[1:], stemmed[2:], strict=False))


def _longest_run(flags: list[bool]) -> tuple[int, int]:
    """Return start and length of the longest run of True; the first of equals."""
    best, start = (0, 0), 0
    for i, flag in enumerate([*flags, False]):
        if not flag:
            if i - start > best[1]:
                best = (start, i - start)
            start = i + 1
    return best
