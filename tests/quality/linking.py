"""How good linking is, in a table with floors: ``python -m tests.quality.linking [FOLDER]``. Gives 1 when a floor is broken.

*first*: of the episodes that have an article, the share whose likeliest article is the right one. *precision*: of the pairs that were
linked, the share that is right. *coverage*: of the right pairs, the share that was linked. *error*: expected calibration error, the mean
distance between confidence and truth over all verdicts, in ten bins. *bare*: every date, number, title and address taken away and the
order shuffled; *no digits*: digits taken out of the texts too. *half*: half of the right articles withheld, so that silence is right.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from episodes.linking import ArticleCandidate, EpisodeText, Verdict, link
from tests.linking import stories
from tests.quality import recap


@dataclass(frozen=True)
class Figures:
    """What was measured of one catalog."""

    pairs: int
    first: float
    precision: float
    coverage: float
    wrong: int
    proposed: int
    error: float
    seconds: float


@dataclass(frozen=True)
class Floor:
    """The least that will do. Raising is free, lowering needs a reason in the commit."""

    first: float
    precision: float
    coverage: float
    error: float


Gold = Mapping[int, int]
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
}


def bare(catalog: Catalog, *, digits: bool = True, seed: int = 7) -> Catalog:
    """Texts and nothing else, shuffled."""
    rng = random.Random(seed)

    def text(whole: str) -> str:
        return whole if digits else re.sub(r"\d+", " ", whole)

    episodes = [EpisodeText(one.id, text=text(one.text)) for one in catalog[0]]
    articles = [ArticleCandidate(one.id, f"opaque:{one.id}", text=text(one.text)) for one in catalog[1]]
    rng.shuffle(episodes)
    rng.shuffle(articles)
    return episodes, articles, catalog[2]


def half(catalog: Catalog, seed: int = 3) -> Catalog:
    """Without half of the right articles."""
    withheld = set(random.Random(seed).sample(sorted(catalog[2].values()), len(catalog[2]) // 2))
    return (
        catalog[0],
        [one for one in catalog[1] if one.id not in withheld],
        {episode: article for episode, article in catalog[2].items() if article not in withheld},
    )


def catalogs(folder: Path) -> dict[str, Catalog]:
    """The catalogs that are measured; those of the recap show only where its data is."""
    own: Catalog = (stories.EPISODES, stories.ARTICLES, dict(stories.RIGHT))
    found = {"own stories": own, "own stories, bare": bare(own), "own stories, bare, half": bare(half(own))}
    if folder.is_dir():
        read = recap.read(folder)
        whole: Catalog = (read.episodes, read.articles, read.gold)
        found |= {
            "recap": whole,
            "recap, bare": bare(whole),
            "recap, bare, no digits": bare(whole, digits=False),
            "recap, half": half(whole),
            "recap, bare, half": bare(half(whole)),
        }
    return found


def measured(catalog: Catalog) -> Figures:
    """Link a catalog and compare with what is right."""
    episodes, articles, gold = catalog
    start = time.perf_counter()
    verdicts = link(episodes, articles)
    seconds = time.perf_counter() - start
    likeliest: dict[int, Verdict] = {}
    for one in sorted(verdicts, key=lambda one: -one.confidence):
        likeliest.setdefault(one.episode_id, one)
    linked = [one for one in verdicts if one.status == "linked"]
    right = sum(is_right(one, gold) for one in linked)
    return Figures(
        pairs=len(gold),
        first=sum(is_right(one, gold) for one in likeliest.values()) / len(gold),
        precision=right / len(linked) if linked else 1.0,
        coverage=right / len(gold),
        wrong=len(linked) - right,
        proposed=len(verdicts) - len(linked),
        error=calibration_error(verdicts, gold),
        seconds=seconds,
    )


def is_right(one: Verdict, gold: Gold) -> bool:
    """Whether a verdict names the right article."""
    return gold.get(one.episode_id) == one.article_id


def calibration_error(verdicts: Iterable[Verdict], gold: Gold, bins: int = 10) -> float:
    """Expected calibration error of the confidences, 0..1."""
    sums: dict[int, list[float]] = {}
    count = 0
    for one in verdicts:
        count += 1
        sums.setdefault(min(int(one.confidence * bins), bins - 1), []).append(one.confidence - is_right(one, gold))
    return sum(abs(sum(some)) for some in sums.values()) / max(count, 1)


def broken(name: str, figures: Figures) -> list[str]:
    """The floors of a catalog that its figures break, in words."""
    floor = FLOORS[name]
    low = [key for key in ("first", "precision", "coverage") if getattr(figures, key) < getattr(floor, key)]
    return [f"{name}: {key} {getattr(figures, key):.3f} < {getattr(floor, key):.3f}" for key in low] + (
        [f"{name}: error {figures.error:.3f} > {floor.error:.3f}"] if figures.error > floor.error else []
    )


def main(folder: Path) -> int:
    """Print the table; 1 when a floor is broken."""
    print(f"{'':26}  pairs  first  precision  coverage  wrong  proposed  error  seconds")
    complaints = []
    for name, catalog in catalogs(folder).items():
        f = measured(catalog)
        print(
            f"{name:26}  {f.pairs:5}  {f.first:5.3f}  {f.precision:9.3f}  {f.coverage:8.3f}  {f.wrong:5}  {f.proposed:8}  "
            f"{f.error:5.3f}  {f.seconds:7.1f}"
        )
        complaints += broken(name, f)
    if not folder.is_dir():
        print(f"only own stories: {recap.ABSENT}")
    print("\n".join(complaints) or "all floors hold")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else recap.FOLDER))
