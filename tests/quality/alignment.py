"""Measure alignment quality, in a table with floors: ``python -m tests.quality.alignment [FOLDER]``. Exit code 1 if a floor is broken.

Reports the share of gold moments (paragraph -> second) whose span begins within 10, 30 and 60 s, the median error in seconds, and the
share with any span. The span of a paragraph is its paraphrase, or else its most confident quote. *plain*: without speakers and
punctuation, like automatic captions. *shuffled*: the article's paragraphs in another order. *strangers*: against the article of another
week, where finding less is better; "found" is then the share with a score of 0.5 or more.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from episodes.alignment.align import align
from episodes.values import AlignedSpan, AlignmentKind, ParagraphText
from tests.quality import recap
from transcripts.words import Segment


@dataclass(frozen=True)
class Figures:
    """The measurements; ``errors`` are seconds, of the moments with a span."""

    moments: int
    errors: tuple[float, ...]
    seconds: float

    def within(self, limit: float) -> float:
        return sum(error <= limit for error in self.errors) / self.moments

    @property
    def found(self) -> float:
        return len(self.errors) / self.moments

    @property
    def median(self) -> float:
        return statistics.median(self.errors) if self.errors else 0.0


@dataclass(frozen=True)
class Floor:
    """The minimum shares, and of strangers the maximum. Raising is free, lowering needs a reason in the commit."""

    within: tuple[float, float, float]
    most_found: float = 1.0


LIMITS = (10, 30, 60)
FLOORS = {
    "recap": Floor((0.90, 0.95, 0.964)),
    "recap, plain": Floor((0.86, 0.92, 0.935)),
    "recap, shuffled": Floor((0.87, 0.92, 0.935)),
    "strangers": Floor((0.0, 0.0, 0.0), most_found=0.06),
}


def measured(name: str, data: recap.Recap) -> Figures:
    """Align every episode of the recap with its article and compare with gold."""
    order = sorted(data.gold)
    start = time.perf_counter()
    errors: list[float] = []
    count = 0
    for number, episode in enumerate(order):
        other = order[(number + 9) % len(order)]
        article = data.gold[other if name == "strangers" else episode]
        gold = {one.paragraph: one.start for one in data.moments if one.article == article}
        count += len(gold)
        errors += KINDS[name](data.paragraphs[article], data.talks[episode], gold)
    return Figures(count, tuple(errors), time.perf_counter() - start)


def moment(places: Iterable[AlignedSpan], paragraph: int) -> AlignedSpan | None:
    """Return the one span of a paragraph: its paraphrase, or else its most confident quote."""
    own = [one for one in places if one.paragraph == paragraph]
    return max(own, key=lambda one: (one.kind is AlignmentKind.PARAPHRASE, one.score), default=None)


def _errors(paragraphs: Sequence[str], segments: Sequence[Segment], gold: dict[int, float]) -> list[float]:
    places = align([ParagraphText(text) for text in paragraphs], segments)
    chosen = ((moment(places, paragraph), at) for paragraph, at in gold.items())
    return [abs(place.start - at) for place, at in chosen if place]


def _plain(paragraphs: Sequence[str], segments: Sequence[Segment], gold: dict[int, float]) -> list[float]:
    bare = [replace(one, speaker=None, text=re.sub(r"[^\w\s']", " ", one.text).lower()) for one in segments]
    return _errors(paragraphs, bare, gold)


def _shuffled(paragraphs: Sequence[str], segments: Sequence[Segment], gold: dict[int, float]) -> list[float]:
    order = list(range(len(paragraphs)))
    random.Random(7).shuffle(order)
    return _errors([paragraphs[n] for n in order], segments, {order.index(n): at for n, at in gold.items()})


def _strangers(paragraphs: Sequence[str], segments: Sequence[Segment], gold: dict[int, float]) -> list[float]:
    places = align([ParagraphText(text) for text in paragraphs], segments)
    chosen = (moment(places, paragraph) for paragraph in gold)
    return [0.0 for place in chosen if place and place.score >= 0.5]


KINDS: dict[str, Callable[[Sequence[str], Sequence[Segment], dict[int, float]], list[float]]] = {
    "recap": _errors,
    "recap, plain": _plain,
    "recap, shuffled": _shuffled,
    "strangers": _strangers,
}


def broken(name: str, figures: Figures) -> list[str]:
    """Return a sentence for each broken floor."""
    floor = FLOORS[name]
    low = [
        f"{name}: within {limit} s {figures.within(limit):.3f} < {least:.3f}"
        for limit, least in zip(LIMITS, floor.within, strict=True)
        if figures.within(limit) < least
    ]
    high = [f"{name}: found {figures.found:.3f} > {floor.most_found:.3f}"] if figures.found > floor.most_found else []
    return low + high


def main(folder: Path) -> int:
    """Print the table; return 1 if a floor is broken."""
    if not folder.is_dir():
        print(recap.ABSENT)
        return 0
    print(f"{'':18}  moments   10 s   30 s   60 s  median  found  seconds")
    complaints = []
    for name in KINDS:
        f = measured(name, recap.read(folder))
        shares = "  ".join("    –" if name == "strangers" else f"{f.within(limit):5.3f}" for limit in LIMITS)
        print(f"{name:18}  {f.moments:7}  {shares}  {f.median:6.1f}  {f.found:5.3f}  {f.seconds:7.1f}")
        complaints += broken(name, f)
    print("\n".join(complaints) or "all floors hold")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else recap.FOLDER))
