"""What linking costs, and how it grows: ``python -m tests.benchmarks.linking [--episodes N] [--database] [--json]``.

Made-up catalogs of 1,000, 3,000 and N episodes against as many articles (N is 10,000 if not said): seconds to link all of it, then what one
new episode with its article costs. Words follow Zipf's law over 30,000 made-up ones; a transcript of 900 words holds a third of its
article's 300, in runs of twelve; titles, dates, descriptions and links are there as well. ``--database`` does the same through
a catalog on SQLite, which adds reading and writing it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from sqlalchemy import Engine

from episodes.catalog import articles, episodes, transcripts
from episodes.config import Settings
from episodes.database import connect, writing
from episodes.linking import ArticleCandidate, EpisodeText
from episodes.linking.incremental import relink
from episodes.linking.verdicts import link_catalog
from episodes.migrations import migrate
from episodes.pipeline.linking import link_all
from episodes.pipeline.run import Run
from episodes.values import ArticleText, EpisodeInfo, ParagraphText, Verdict
from tests.linking.library import Shelf
from transcripts.words import Segment, Transcript

WORDS = 30_000
SIZES = (1_000, 3_000)
SHOW = "News in Review"
NOW = datetime(2026, 5, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Cost:
    """What one catalog costs, all of it and one new episode with its article: seconds by the clock, and of processor time, which a busy
    machine does not spoil; the share that was linked rightly.
    """

    episodes: int
    all_s: float
    all_cpu_s: float
    one_s: float
    one_cpu_s: float
    right: float
    one_right: bool


def catalog(size: int, seed: int = 1) -> tuple[list[EpisodeText], list[ArticleCandidate]]:
    """Episodes and articles that belong together by their ids, which begin at 1."""
    rng = random.Random(seed)
    words = [
        "".join(rng.choice("bcdfghklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(1, 5)))
        for _ in range(WORDS)
    ]
    shares = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))
    pairs = [_pair(place, rng, words, shares) for place in range(1, size + 1)]
    return [one for one, _ in pairs], [one for _, one in pairs]


def _pair(
    place: int, rng: random.Random, words: list[str], shares: list[float]
) -> tuple[EpisodeText, ArticleCandidate]:
    written, spoken = (rng.choices(words, cum_weights=shares, k=count) for count in (300, 900))
    for start in range(0, 300, 36):
        spoken[start * 3 : start * 3 + 12] = written[start : start + 12]
    day = date(1990, 1, 1) + timedelta(place)
    episode = EpisodeText(
        place,
        SHOW,
        f"{SHOW} – Episode {place}: {' '.join(spoken[100:103])}",
        place,
        day,
        f"More at https://a.example/ and https://a.example/about?{place % 50}",
        f"https://video.example/{place}",
        f"v{place:010}",
        " ".join(spoken),
    )
    links = tuple(f"https://a.example/{rng.randint(1, 10_000)}" for _ in range(5))
    title = " ".join(written[:5])
    article = ArticleCandidate(
        place, f"https://a.example/{place}", title, "", day + timedelta(1), " ".join(written), (), links
    )
    return episode, article


def in_memory(size: int) -> Cost:
    """Link a catalog without any database, then one episode and its article more."""
    said, written = catalog(size + 1)
    all_cost = _Clock()
    verdicts, state = link_catalog(said[:size], written[:size])
    all_s = all_cost.seconds
    assert state is not None
    shelf = Shelf(said, written, verdicts)
    one_cost = _Clock()
    found = relink(state, shelf, {size + 1}, {size + 1}, {})
    one_s = one_cost.seconds
    assert found is not None
    return Cost(size, *all_s, *one_s, _right(verdicts) / size, _right(found.verdicts) >= 1)


class _Clock:
    """Runs from the moment it is made; ``seconds`` are (by the clock, of processor time)."""

    def __init__(self) -> None:
        self.start = time.perf_counter(), time.process_time()

    @property
    def seconds(self) -> tuple[float, float]:
        return time.perf_counter() - self.start[0], time.process_time() - self.start[1]


def _right(verdicts: list[Verdict]) -> int:
    return sum(one.status == "linked" and one.episode_id == one.article_id for one in verdicts)


def in_a_catalog(size: int) -> Cost:
    """The same through the tables; one new episode is linked by ``nir link``'s own function."""
    said, written = catalog(size + 1)
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{folder}/catalog.db")
        migrate(engine)
        _store(engine, said[:size], written[:size])
        run = Run(engine, Settings.of_home(Path(folder)), now=lambda: NOW)
        all_cost = _Clock()
        result = link_all(run, align=False)
        all_s = all_cost.seconds
        _store(engine, said[size:], written[size:])
        one_cost = _Clock()
        more = link_all(run, align=False)
        one_s = one_cost.seconds
        engine.dispose()
    return Cost(size, *all_s, *one_s, result["linked"] / size, more["linked"] == result["linked"] + 1)


def _store(engine: Engine, said: list[EpisodeText], written: list[ArticleCandidate]) -> None:
    with writing(engine) as session:
        for one in said:
            info = EpisodeInfo(f"made:{one.id}", one.video_id, one.title, one.url, show=one.show, number=one.number)
            info = replace(info, published=one.published, description=one.description)
            row, _ = episodes.put(session, info, now=NOW)
            words = one.text.split()
            spoken = [Segment(at / 2.5, at / 2.5 + 6, " ".join(words[at : at + 15])) for at in range(0, len(words), 15)]
            transcripts.put(session, row.id or 0, Transcript(tuple(spoken)), now=NOW)
        for page in written:
            parts = (ParagraphText(page.text),)
            articles.put(session, ArticleText(page.url, page.title, parts, page.published, links=page.links), now=NOW)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--episodes", type=int, default=10_000, help="episodes, and as many articles, of the last catalog"
    )
    parser.add_argument("--database", action="store_true", help="through a catalog on SQLite")
    parser.add_argument("--json", action="store_true", help="one JSON document and nothing else")
    asked = parser.parse_args(arguments)
    sizes = [*(size for size in SIZES if size < asked.episodes), asked.episodes]
    costs = []
    for cost in _costs(sizes, in_a_catalog if asked.database else in_memory):
        costs.append(cost)
        if not asked.json:
            print(_line(cost, costs[0]), flush=True)
    if asked.json:
        print(json.dumps([asdict(one) for one in costs]))


def _costs(sizes: list[int], measure: object) -> Iterator[Cost]:
    assert callable(measure)
    return (measure(size) for size in sizes)


def _line(cost: Cost, first: Cost) -> str:
    growth = f"  ({cost.all_cpu_s / first.all_cpu_s:.1f} times the first)" if cost != first else ""
    bar = "#" * max(1, round(cost.all_cpu_s))
    return (
        f"{cost.episodes:6} x {cost.episodes}: {cost.all_s:6.1f} s, {cost.all_cpu_s:.1f} s of processor time, "
        f"{cost.all_cpu_s / cost.episodes * 1000:.1f} ms an episode{growth}; {cost.right:.1%} linked rightly; "
        f"one new episode: {cost.one_s * 1000:.0f} ms, {cost.one_cpu_s * 1000:.0f} ms of processor time\n        {bar}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
