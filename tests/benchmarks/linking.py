"""Seconds to link N made-up episodes with N made-up articles, and how they grow: ``python -m tests.benchmarks.linking [N …]``.

Words follow Zipf's law over 30,000 made-up ones; a transcript of 900 words holds a third of its article's 300, in runs of twelve.
"""

from __future__ import annotations

import random
import sys
import time
from itertools import accumulate

from episodes.linking import ArticleCandidate, EpisodeText, link

WORDS = 30_000


def catalog(size: int, seed: int = 1) -> tuple[list[EpisodeText], list[ArticleCandidate]]:
    """Episodes and articles that belong together by their ids."""
    rng = random.Random(seed)
    words = [
        "".join(rng.choice("bcdfghklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(1, 5)))
        for _ in range(WORDS)
    ]
    shares = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))
    episodes, articles = [], []
    for place in range(size):
        written, spoken = (rng.choices(words, cum_weights=shares, k=count) for count in (300, 900))
        for start in range(0, 300, 36):
            spoken[start * 3 : start * 3 + 12] = written[start : start + 12]
        title = f"News in Review – Episode {place}"
        episodes.append(EpisodeText(place, "News in Review", title, place, text=" ".join(spoken)))
        articles.append(
            ArticleCandidate(place, f"https://a.example/{place}", " ".join(written[:4]), text=" ".join(written))
        )
    return episodes, articles


def main(sizes: list[int]) -> None:
    for size in sizes:
        episodes, articles = catalog(size)
        start = time.perf_counter()
        verdicts = link(episodes, articles)
        seconds = time.perf_counter() - start
        right = sum(one.status == "linked" and one.episode_id == one.article_id for one in verdicts)
        print(
            f"{size:6} x {size}: {seconds:6.1f} s, {seconds / size * 1000:.1f} ms an episode, {right / size:.1%} linked rightly"
        )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1000, 10_000])
