"""Fit the weights of ``episodes.linking.text_score`` anew and show their calibration: ``python -m tests.quality.calibrate [CATALOGS]``.

Draws many small and large catalogs from the recap show (see ``text_score`` for the kinds), takes the score of every pair, and fits a
logistic regression in six folds grouped by episode. Prints each weight beside the one in use, and the calibration curve of the folds. Takes
some minutes; the weights are copied into ``text_score`` by hand, rounded, when they have moved.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from episodes.linking import text_score
from episodes.linking.text_overlap import text_overlaps
from tests.quality import curve, recap

FOLDS = 6
NAMES = list(text_score.WEIGHTS)
Array = NDArray[np.float64]


@dataclass
class Draw:
    """One catalog: texts, the right pairs, and the real episode of each transcript."""

    spoken: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    right: set[tuple[int, int]] = field(default_factory=set)
    origin: list[int] = field(default_factory=list)


def draws(data: recap.Recap, count: int, seed: int = 5) -> Iterator[Draw]:
    """Yield catalogs of all kinds."""
    rng = random.Random(seed)
    for _ in range(count):
        draw = _whole(data, rng) if rng.random() < 0.5 else _snippets(data, rng)
        if rng.random() < 0.4:
            draw.spoken, draw.written = (
                [re.sub(r"\d+", "", text) for text in texts] for texts in (draw.spoken, draw.written)
            )
        if draw.written:
            yield draw


def _sizes(rng: random.Random) -> tuple[int, int, float]:
    """Return the numbers of episodes and articles, and the share of right articles to include."""
    return (
        rng.choice([1, 2, 4, 8, 20, 40, 73]),
        rng.choice([1, 2, 4, 6, 12, 30, 60, 102]),
        rng.choice([1, 1, 0.8, 0.5, 0.2, 0]),
    )


def _whole(data: recap.Recap, rng: random.Random) -> Draw:
    """Draw whole transcripts or thirds, and whole articles; in half of the catalogs some are cut in two or doubled."""
    episodes, articles, share = _sizes(rng)
    draw = Draw(origin=rng.sample(sorted(data.gold), episodes))
    third = rng.random() < 0.3
    for place, origin in enumerate(draw.origin):
        words = data.episodes[origin].text.split()
        first = rng.randrange(len(words) * 2 // 3) if third else 0
        draw.spoken.append(" ".join(words[first : first + len(words) // 3] if third else words))
        if rng.random() < share and len(draw.written) < articles:
            draw.right.add((place, len(draw.written)))
            draw.written.append(data.articles[data.gold[origin]].text)
    theirs = {data.gold[origin] for origin in draw.origin}
    rest = [one.text for one in data.articles if one.id not in theirs]
    rng.shuffle(rest)
    draw.written += rest[: max(0, articles - len(draw.written))]
    if rng.random() < 0.5:
        _several(draw, rng)
    return draw


def _several(draw: Draw, rng: random.Random) -> None:
    """Make two of one, here and there: cut an article or a transcript in halves, or double it."""
    kind = rng.choice(["article halves", "article twice", "episode halves", "episode twice"])
    for row, column in sorted(draw.right):
        if rng.random() < 0.7:
            continue
        texts, at = (draw.written, column) if kind.startswith("article") else (draw.spoken, row)
        words = texts[at].split()
        halves = (" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :]))
        texts[at], new = halves if kind.endswith("halves") else (texts[at], texts[at])
        texts.append(new)
        if texts is draw.written:
            draw.right.add((row, len(texts) - 1))
        else:
            draw.origin.append(draw.origin[row])
            draw.right.add((len(texts) - 1, column))


def _snippets(data: recap.Recap, rng: random.Random) -> Draw:
    """Draw 120 to 800 words about one item with one to three paragraphs of its article, and paragraphs of others."""
    episodes, articles, share = _sizes(rng)
    draw = Draw()
    chosen = rng.sample(data.moments, min(episodes, 40))
    for place, moment in enumerate(chosen):
        draw.origin.append(moment.episode)
        words = " ".join(text for start, text in data.segments[moment.episode] if start >= moment.start - 1).split()
        draw.spoken.append(" ".join(words[: rng.choice([120, 200, 300, 500, 800])]))
        text = _paragraphs(data, moment, rng)
        if rng.random() < share and len(text.split()) >= 30:
            draw.right.add((place, len(draw.written)))
            draw.written.append(text)
    used = {moment.article for moment in chosen}
    others = [moment for moment in data.moments if moment.article not in used]
    draw.written += [_paragraphs(data, moment, rng) for moment in rng.sample(others, min(articles, len(others)))]
    return draw


def _paragraphs(data: recap.Recap, moment: recap.Moment, rng: random.Random) -> str:
    return "\n".join(data.paragraphs[moment.article][moment.paragraph :][: rng.choice([1, 1, 2, 3])])


def rows(drawn: Iterator[Draw]) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return margins (with a leading 1 for the intercept), truth and fold of every pair of every catalog."""
    table, truth, fold = [], [], []
    for draw in drawn:
        also = {row: [column for one, column in draw.right if one == row] for row, _ in draw.right}
        found = text_score.text_scores(text_overlaps(draw.spoken, draw.written, also).overlaps)
        for pair, score in found.items():
            table.append([1.0, *(getattr(score, name) for name in NAMES)])
            truth.append(float(pair in draw.right))
            fold.append(draw.origin[pair[0]] % FOLDS)
    return np.array(table), np.array(truth), np.array(fold)


def fitted(table: Array, truth: Array, penalty: float = 1.0) -> Array:
    """Fit a logistic regression by Newton's method; the intercept is not penalized."""
    weights = np.zeros(table.shape[1])
    ridge = np.diag([1e-6, *[penalty] * (table.shape[1] - 1)])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (chance - truth) + ridge @ weights
        bend = (table * (chance * (1 - chance))[:, None]).T @ table + ridge
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def main(count: int) -> None:
    """Print the weights and the calibration curve."""
    table, truth, fold = rows(draws(recap.read(), count))
    print(f"{count} catalogs, {len(truth)} pairs, {int(truth.sum())} of them right")
    for name, new, used in zip(
        ["base", *NAMES], fitted(table, truth), [text_score.BASE, *text_score.WEIGHTS.values()], strict=True
    ):
        print(f"{name:16} {new:6.2f}   in use {used:5.2f}")
    chance = np.zeros(len(truth))
    for one in range(FOLDS):
        chance[fold == one] = 1 / (1 + np.exp(-table[fold == one] @ fitted(table[fold != one], truth[fold != one])))
    in_use = 1 / (1 + np.exp(-table @ np.array([text_score.BASE, *text_score.WEIGHTS.values()])))
    for title, said in (("in folds", chance), ("as in use", in_use)):
        found = curve.bins(zip(said.tolist(), (truth > 0).tolist(), strict=True))
        print(f"\n{title}: calibration error {curve.error(found):.3f}\n{curve.drawn(found)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 700)
