"""Measure linking quality, in a table with floors: ``python -m tests.quality.linking [FOLDER] [--svg FILE]``. Exit code 1 if one is broken.

*first*: of the episodes with an article, the share whose most likely article is the right one. *precision*: of the linked pairs, the share
that is right. *coverage*: of the right pairs, the share that is linked. *error*: expected calibration error, the mean distance between
confidence and truth over all verdicts, in ten bins. *bare*: without dates, numbers, titles and URLs, in random order; *no digits*: without
digits in the texts, too. *half*: half of the right articles withheld, so no link is the right answer. The cases of ``tests.quality.cases``
follow, then the calibration curve over all verdicts of all catalogs; ``--svg`` draws it into a file.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from episodes.linking import ArticleCandidate, EpisodeText, Verdict, link
from tests.linking import stories
from tests.quality import curve, recap
from tests.quality.cases import CASES


@dataclass(frozen=True)
class Figures:
    """The measurements of one catalog."""

    pairs: int
    first: float
    precision: float
    coverage: float
    wrong: int
    proposed: int
    error: float
    seconds: float
    told: tuple[tuple[float, bool], ...] = ()


@dataclass(frozen=True)
class Floor:
    """The minimum. Raising is free, lowering needs a reason in the commit."""

    first: float
    precision: float
    coverage: float
    error: float


#: (episode id, article id)
Gold = AbstractSet[tuple[int, int]]
Catalog = tuple[list[EpisodeText], list[ArticleCandidate], Gold]

FLOORS = {
    "recap": Floor(first=1.0, precision=1.0, coverage=0.98, error=0.02),
    "recap, bare": Floor(first=0.98, precision=1.0, coverage=0.97, error=0.04),
    "recap, bare, no digits": Floor(first=0.98, precision=1.0, coverage=0.95, error=0.05),
    "recap, half": Floor(first=0.98, precision=1.0, coverage=0.95, error=0.03),
    "recap, bare, half": Floor(first=0.98, precision=0.97, coverage=0.95, error=0.06),
    "own stories": Floor(first=1.0, precision=1.0, coverage=1.0, error=0.02),
    "own stories, bare": Floor(first=1.0, precision=1.0, coverage=1.0, error=0.02),
    "own stories, bare, half": Floor(first=1.0, precision=1.0, coverage=1.0, error=0.1),
    **{name: Floor(first=1.0, precision=1.0, coverage=1.0, error=0.1) for name in CASES},
    # Half a year later the date is evidence against it: the second run is proposed, and a person confirms it.
    "re-run": Floor(first=1.0, precision=1.0, coverage=6 / 7, error=0.1),
}
#: Maximum calibration error over all verdicts of all catalogs.
MOST_ERROR = 0.03


def bare(catalog: Catalog, *, digits: bool = True, seed: int = 7) -> Catalog:
    """Return the texts alone, shuffled."""
    rng = random.Random(seed)

    def text(whole: str) -> str:
        return whole if digits else re.sub(r"\d+", " ", whole)

    episodes = [EpisodeText(one.id, text=text(one.text)) for one in catalog[0]]
    articles = [ArticleCandidate(one.id, f"opaque:{one.id}", text=text(one.text)) for one in catalog[1]]
    rng.shuffle(episodes)
    rng.shuffle(articles)
    return episodes, articles, catalog[2]


def half(catalog: Catalog, seed: int = 3) -> Catalog:
    """Return the catalog without half of the right articles."""
    right = sorted(article for _, article in sorted(catalog[2]))
    withheld = set(random.Random(seed).sample(right, len(right) // 2))
    return (
        catalog[0],
        [one for one in catalog[1] if one.id not in withheld],
        frozenset(pair for pair in catalog[2] if pair[1] not in withheld),
    )


def catalogs(folder: Path) -> dict[str, Catalog]:
    """Return the catalogs to measure; those of the recap show only if its data is present."""
    own: Catalog = (stories.EPISODES, stories.ARTICLES, frozenset(stories.RIGHT))
    found = {"own stories": own, "own stories, bare": bare(own), "own stories, bare, half": bare(half(own))}
    found |= {name: case() for name, case in CASES.items()}
    if folder.is_dir():
        read = recap.read(folder)
        whole: Catalog = (read.episodes, read.articles, frozenset(read.gold.items()))
        found |= {
            "recap": whole,
            "recap, bare": bare(whole),
            "recap, bare, no digits": bare(whole, digits=False),
            "recap, half": half(whole),
            "recap, bare, half": bare(half(whole)),
        }
    return found


def measured(catalog: Catalog) -> Figures:
    """Link a catalog and compare with the right pairs."""
    episodes, articles, gold = catalog
    start = time.perf_counter()
    verdicts = link(episodes, articles)
    seconds = time.perf_counter() - start
    likeliest: dict[int, Verdict] = {}
    for one in sorted(verdicts, key=lambda one: -one.confidence):
        likeliest.setdefault(one.episode_id, one)
    linked = [one for one in verdicts if one.status == "linked"]
    right = sum(is_right(one, gold) for one in linked)
    having = {episode for episode, _ in gold}
    return Figures(
        pairs=len(gold),
        first=sum(is_right(one, gold) for one in likeliest.values()) / max(len(having), 1) if having else 1.0,
        precision=right / len(linked) if linked else 1.0,
        coverage=right / len(gold) if gold else 1.0,
        wrong=len(linked) - right,
        proposed=len(verdicts) - len(linked),
        error=calibration_error(verdicts, gold),
        seconds=seconds,
        told=tuple((one.confidence, is_right(one, gold)) for one in verdicts),
    )


def is_right(one: Verdict, gold: Gold) -> bool:
    """Whether a verdict names the right article."""
    return (one.episode_id, one.article_id) in gold


def calibration_error(verdicts: Iterable[Verdict], gold: Gold) -> float:
    """Expected calibration error of the confidences, 0..1."""
    return curve.error(curve.bins((one.confidence, is_right(one, gold)) for one in verdicts))


def broken(name: str, figures: Figures) -> list[str]:
    """Return a sentence for each broken floor of a catalog."""
    floor = FLOORS[name]
    low = [key for key in ("first", "precision", "coverage") if getattr(figures, key) < getattr(floor, key)]
    return [f"{name}: {key} {getattr(figures, key):.3f} < {getattr(floor, key):.3f}" for key in low] + (
        [f"{name}: error {figures.error:.3f} > {floor.error:.3f}"] if figures.error > floor.error else []
    )


def main(folder: Path, svg: Path | None = None) -> int:
    """Print the table and the curve; return 1 if a floor is broken."""
    print(f"{'':26}  pairs  first  precision  coverage  wrong  proposed  error  seconds")
    complaints, told = [], []
    for name, catalog in catalogs(folder).items():
        f = measured(catalog)
        print(
            f"{name:26}  {f.pairs:5}  {f.first:5.3f}  {f.precision:9.3f}  {f.coverage:8.3f}  {f.wrong:5}  {f.proposed:8}  "
            f"{f.error:5.3f}  {f.seconds:7.1f}"
        )
        complaints += broken(name, f)
        told += f.told
    if not folder.is_dir():
        print(f"only own stories: {recap.ABSENT}")
    found = curve.bins(told)
    print(f"\ncalibration over {len(told)} verdicts, error {curve.error(found):.3f} (at most {MOST_ERROR})")
    print(curve.drawn(found))
    if svg:
        svg.write_text(curve.picture(found), encoding="utf-8")
    complaints += [f"calibration error {curve.error(found):.3f}"] if curve.error(found) > MOST_ERROR else []
    print("\n".join(complaints) or "all floors hold")
    return 1 if complaints else 0


def asked(arguments: list[str]) -> int:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=recap.FOLDER, help="where the recap data is")
    parser.add_argument("--svg", type=Path, help="draw the calibration curve into this file")
    given = parser.parse_args(arguments)
    return main(given.folder, given.svg)


if __name__ == "__main__":
    sys.exit(asked(sys.argv[1:]))
