"""Fit the weights of ``episodes.alignment.align`` anew: ``python -m tests.quality.fit_alignment [FOLDER]``. Takes a minute or two.

*position*: the sentence of an episode at which a gold paragraph begins (conditional logit). *confidence*: whether the position chosen
for a paragraph is right (logistic regression), gold paragraphs against paragraphs of other weeks' articles, which are about the same
things. Both are cross-validated in folds of episodes and then fitted on all of them. Copy the printed weights by hand, rounded.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from episodes.alignment.align import CONFIDENCE_WEIGHTS, POSITION_WEIGHTS
from episodes.alignment.features import Features, compute_features
from episodes.alignment.spoken_text import spoken_text
from episodes.alignment.viterbi import best_sequence
from tests.quality import recap
from transcripts.tokens import stems

FOLDS = 6
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """An episode against an article: features, seconds of sentences, and gold (paragraph -> seconds)."""

    features: Features
    starts: Array
    gold: dict[int, float]

    @property
    def table(self) -> Array:
        return np.stack([self.features.position[name] for name in POSITION_WEIGHTS], -1)

    def sure(self, sentence: int, paragraph: int) -> list[float]:
        names = (name for name in CONFIDENCE_WEIGHTS if name != "base")
        return [1.0, *(float(self.features.confidence[name][sentence, paragraph]) for name in names)]


def pair(data: recap.Recap, episode: int, article: int, gold: dict[int, float]) -> Pair:
    said = spoken_text(data.talks[episode])
    paragraphs = [stems(text) for text in data.paragraphs[article]]
    return Pair(compute_features(said, paragraphs), np.array([one.start for one in said.sentences]), gold)


def fit_position(pairs: list[Pair], ridge: float = 0.05) -> Array:
    """Newton's method on the conditional logit."""
    groups = [
        (one.table[:, paragraph], int(np.abs(one.starts - at).argmin()))
        for one in pairs
        for paragraph, at in one.gold.items()
    ]
    weights = np.zeros(len(POSITION_WEIGHTS))
    for _ in range(25):
        slope, curve = -ridge * weights, -ridge * np.eye(len(POSITION_WEIGHTS))
        for rows, right in groups:
            score = rows @ weights
            share = np.exp(score - score.max())
            share /= share.sum()
            mean = share @ rows
            slope += rows[right] - mean
            curve -= (rows * share[:, None]).T @ rows - np.outer(mean, mean)
        step = np.linalg.solve(curve, -slope)
        weights = weights + step * min(1.0, 5 / np.abs(step).max())
    return weights


def fit_confidence(rows: Array, right: Array, ridge: float = 0.5) -> Array:
    """Newton's method on the logistic regression."""
    weights = np.zeros(rows.shape[1])
    for _ in range(25):
        guess = 1 / (1 + np.exp(-rows @ weights))
        curve = (rows * (guess * (1 - guess))[:, None]).T @ rows + ridge * np.eye(rows.shape[1])
        weights = weights + np.linalg.solve(curve, rows.T @ (right - guess) - ridge * weights)
    return weights


def chosen(one: Pair, weights: Array) -> list[int]:
    score = one.table @ weights
    score -= score.max(0)
    return best_sequence(score - np.log(np.exp(score).sum(0)), one.starts)


def main(folder: Path) -> None:
    """Print the weights, the figures of the folds, and the calibration of the folds."""
    data = recap.read(folder)
    gold: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for one in data.moments:
        gold[one.episode][one.paragraph] = one.start
    order = sorted(gold)
    own = [pair(data, episode, data.gold[episode], gold[episode]) for episode in order]
    foreign = [
        pair(data, episode, data.gold[order[(n + 9) % len(order)]], gold[order[(n + 9) % len(order)]])
        for n, episode in enumerate(order)
    ]
    errors, rows, right, folds = [], [], [], []
    for fold in range(FOLDS):
        weights = fit_position([one for n, one in enumerate(own) if n % FOLDS != fold])
        for n in range(fold, len(own), FOLDS):
            for mine, one in ((True, own[n]), (False, foreign[n])):
                places = chosen(one, weights)
                for paragraph, at in one.gold.items():
                    off = abs(one.starts[places[paragraph]] - at)
                    errors += [off] if mine else []
                    rows.append(one.sure(places[paragraph], paragraph))
                    right.append(mine and off <= 60)
                    folds.append(fold)
    distances = np.array(errors)
    print(
        "unseen episodes, within 10, 30, 60 s:",
        [round(float((distances <= limit).mean()), 3) for limit in (10, 30, 60)],
    )
    table, truth, fold_of = np.array(rows), np.array(right, float), np.array(folds)
    sure = np.concatenate(
        [table[fold_of == f] @ fit_confidence(table[fold_of != f], truth[fold_of != f]) for f in range(FOLDS)]
    )
    seen = np.concatenate([truth[fold_of == f] for f in range(FOLDS)])
    share = 1 / (1 + np.exp(-sure))
    for low in np.arange(0, 1, 0.1):
        inside = (share >= low) & (share < low + 0.1)
        if inside.any():
            print(f"said {share[inside].mean():.2f}  is {seen[inside].mean():.2f}  of {inside.sum()}")
    for name, found, used in (
        ("position", fit_position(own), POSITION_WEIGHTS),
        ("confidence", fit_confidence(table, truth), CONFIDENCE_WEIGHTS),
    ):
        print(name, dict(zip(used, found.round(2).tolist(), strict=True)), "in use", used)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else recap.FOLDER)
