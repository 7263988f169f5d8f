"""A made-up town of any size: episodes and articles that belong together by their order, out of a few hundred made-up words.

A talk holds a third of its article in runs of twelve words, and neighbours share some of theirs, as the news of a town does.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

from episodes.linking import ArticleCandidate, EpisodeText

SHOW = "Kestrel Bay Tonight"
FIRST = date(2024, 1, 5)


@cache
def town(size: int, seed: int = 2) -> tuple[tuple[EpisodeText, ...], tuple[ArticleCandidate, ...]]:
    """Episodes and articles, the n-th of each belonging together; ids begin at 1."""
    rng = random.Random(seed)
    syllables = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo"]
    words = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(4000)]
    shares = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    episodes, articles = [], []
    before: list[str] = []
    for number in range(1, size + 1):
        written = [*rng.choices(words, cum_weights=shares, k=130), *before[-20:]]
        spoken = rng.choices(words, cum_weights=shares, k=300)
        for start in range(0, 108, 36):
            spoken[start * 2 : start * 2 + 12] = written[start : start + 12]
        day = FIRST + timedelta(7 * number)
        title = f"{SHOW} – Episode {number}"
        episodes.append(EpisodeText(number, SHOW, title, number, day, text=" ".join(spoken)))
        url = f"https://bay.example/{number}"
        articles.append(ArticleCandidate(number, url, " ".join(written[:5]), "", day, " ".join(written)))
        before = written
    return tuple(episodes), tuple(articles)
