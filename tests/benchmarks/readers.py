"""Many readers at once: what the page and the API answer, how fast, and whether any answer is an error.

    python -m tests.benchmarks.readers [--readers 50] [--seconds 60] [--episodes 200] [--json]

A made-up catalog is written into a folder of its own and served by ``nir serve`` in a process of its own. Each reader asks for one thing
after the other without a pause, so that the figures are those of a full house. Then more come at once than are let in: who is not, is
told to come again (503). Words follow Zipf's law. Gives 1 where an answer was an error.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import httpx2

from episodes import database
from episodes.catalog import alignments, articles, episodes, links, transcripts
from episodes.migrations import migrate
from episodes.search import index
from episodes.values import AlignedSpan, AlignmentKind, ArticleText, EpisodeInfo, Evidence, ParagraphText, Verdict
from episodes.web.connection_limits import MAX_CONNECTIONS
from episodes.web.security import MAX_QUERY_BYTES
from transcripts.words import Segment, Source, Transcript

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
#: Words of an episode and of a segment; seconds of a segment.
WORDS, OF_SEGMENT, SECONDS = 4000, 12, 4.0
VOCABULARY = 20_000
#: Answers that are none of a healthy house; more than are let in at once get 503 by rule.
BURST = MAX_CONNECTIONS + 50


@dataclass
class Asked:
    """What became of one kind of question: seconds of each answer, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        """Figures in milliseconds."""
        taken = sorted(self.seconds) or [0.0]
        return {
            "asked": len(self.seconds) + len(self.errors),
            "errors": len(self.errors),
            "median_ms": round(statistics.median(taken) * 1000, 1),
            "p95_ms": round(taken[int(len(taken) * 0.95)] * 1000, 1),
        }


def vocabulary(rng: random.Random) -> list[str]:
    return [
        "".join(rng.choice("bcdfghklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(1, 5)))
        for _ in range(VOCABULARY)
    ]


def fill(url: str, count: int, words: list[str], rng: random.Random) -> None:
    """Episodes with an article each, linked and aligned."""
    engine = database.connect(url)
    migrate(engine)
    shares = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for number in range(count):
        with database.writing(engine) as session:
            spoken = rng.choices(words, cum_weights=shares, k=WORDS)
            title, day = f"News in Review – Episode {number}", date(2020, 1, 1) + timedelta(days=7 * number)
            info = EpisodeInfo(f"made:{number}", f"ep-{number}", title, show="News in Review", published=day)
            row, _ = episodes.put(session, info, now=NOW)
            lines = [" ".join(spoken[at : at + OF_SEGMENT]) for at in range(0, WORDS, OF_SEGMENT)]
            segments = tuple(Segment(SECONDS * at, SECONDS * (at + 1), line) for at, line in enumerate(lines))
            transcripts.put(session, row.id or 0, Transcript(segments, Source.IMPORT), now=NOW)
            paragraphs = tuple(ParagraphText(" ".join(lines[at : at + 5])) for at in range(0, 100, 5))
            text = ArticleText(f"https://made.example/{number}", f"Article {number}", paragraphs, published=day)
            article, _ = articles.put(session, text, now=NOW)
            index.index_episode(session, row.id or 0)
            index.index_article(session, article.id or 0)
    with database.writing(engine) as session:
        why = (Evidence("name", "made up", 4.0),)
        links.put_all(session, [Verdict(number, number, "linked", 0.9, why) for number in range(1, count + 1)])
        for one in links.listed(session):
            places = [
                AlignedSpan(at, 0, 60, SECONDS * 5 * at, SECONDS * 5 * (at + 1), AlignmentKind.PARAPHRASE, 0.9)
                for at in range(20)
            ]
            alignments.put(session, one.link.id or 0, places, checksum="made up")
    engine.dispose()


@contextmanager
def served(url: str, folder: str) -> Iterator[str]:
    """The address of ``nir serve`` over this database."""
    code = "import sys; sys.argv = ['nir', 'serve', '--port', '0']; from episodes.cli import main; main()"
    environment = {
        **os.environ,
        "NIR_HOME": folder,
        "NIR_DATABASE_URL": url,
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        yield process.stdout.readline().split("/  ")[0]
        process.terminate()


def question(rng: random.Random, words: list[str], count: int) -> tuple[str, str]:
    """A kind and an address, as readers ask: mostly searches, some of them while they type."""
    number = rng.randrange(count)
    word, other = (words[min(int(rng.paretovariate(0.6)), len(words) - 1)] for _ in range(2))
    kinds = {
        "search as you type": f"/results?q={word[: rng.randint(2, 8)]}*",
        "search page": f"/?q={word}+{other}",
        "phrase": f"/?q=%22{word}+{other}%22",
        "episode page": f"/e/ep-{number}?t={rng.randrange(600)}&q={word}",
        "article page": f"/a/{number + 1}?q={word}",
        "front page": "/",
        "about": "/about",
        "API search": f"/api/search?q={word}",
        "API episode": f"/api/episodes/ep-{number}",
        "API passages": f"/api/episodes/ep-{number}/passages",
        "transcript": f"/api/episodes/ep-{number}/transcript.vtt",
    }
    kind = rng.choices(list(kinds), weights=[6, 4, 2, 5, 3, 2, 1, 4, 2, 2, 1])[0]
    return kind, kinds[kind]


async def reader(
    seed: int, client: httpx2.AsyncClient, until: float, words: list[str], count: int, said: dict[str, Asked]
) -> None:
    """One reader, who asks until time is up."""
    rng = random.Random(seed)
    while time.perf_counter() < until:
        kind, address = question(rng, words, count)
        begin = time.perf_counter()
        try:
            answer = await client.get(address)
        except httpx2.HTTPError as error:
            said[kind].errors.append(f"{address}: {type(error).__name__} {error}")
            continue
        if answer.status_code == 200:
            said[kind].seconds.append(time.perf_counter() - begin)
        else:
            said[kind].errors.append(f"{address}: {answer.status_code}")


async def burst(base: str) -> dict[int, int]:
    """More readers at once than are let in, and one endless question: how often each status came."""
    statuses: defaultdict[int, int] = defaultdict(int)
    limits = httpx2.Limits(max_connections=BURST)
    async with httpx2.AsyncClient(base_url=base, timeout=60, limits=limits) as client:
        for answer in await asyncio.gather(*(client.get("/about") for _ in range(BURST))):
            statuses[answer.status_code] += 1
        statuses[(await client.get("/", params={"q": "a" * (MAX_QUERY_BYTES + 1)})).status_code] += 1
    return dict(sorted(statuses.items()))


async def load(
    base: str, readers: int, seconds: float, words: list[str], count: int
) -> tuple[dict[str, Asked], dict[int, int]]:
    said: defaultdict[str, Asked] = defaultdict(Asked)
    async with httpx2.AsyncClient(base_url=base, timeout=30, limits=httpx2.Limits(max_connections=readers)) as client:
        await client.get("/?q=warm")
        until = time.perf_counter() + seconds
        await asyncio.gather(*(reader(seed, client, until, words, count, said) for seed in range(readers)))
    return dict(said), await burst(base)


def tell(said: dict[str, Asked], statuses: dict[int, int], of: argparse.Namespace) -> int:
    """Print the table, or the document; gives 1 where something went wrong."""
    rows = {kind: said[kind].row() for kind in sorted(said)}
    whole = Asked(
        [each for one in said.values() for each in one.seconds], [e for one in said.values() for e in one.errors]
    )
    rows["all"] = whole.row()
    per_second = round(len(whole.seconds) / of.seconds, 1)
    if of.json:
        head = {"readers": of.readers, "seconds": of.seconds, "episodes": of.episodes, "per_second": per_second}
        print(json.dumps({**head, "kinds": rows, "burst": statuses}, indent=1))
    else:
        print(
            f"{of.readers} readers, {of.seconds:g} s, {of.episodes} episodes of {WORDS:,} words: {per_second} answers a second"
        )
        print(f"{'':20} {'asked':>7} {'errors':>7} {'median':>9} {'p95':>9}")
        for kind, row in rows.items():
            print(f"{kind:20} {row['asked']:>7} {row['errors']:>7} {row['median_ms']:>6} ms {row['p95_ms']:>6} ms")
        print(f"{BURST} at once (at most {MAX_CONNECTIONS} are let in) and one endless question: {statuses}")
        print(*whole.errors[:10], sep="\n")
    return 1 if whole.errors or set(statuses) - {200, 414, 503} else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--episodes", type=int, default=200)
    parser.add_argument("--url", default="", help="a database of its own, empty; default: SQLite in a new folder")
    parser.add_argument("--json", action="store_true")
    of = parser.parse_args()
    rng = random.Random(1)
    words = vocabulary(rng)
    with tempfile.TemporaryDirectory(prefix="nir-readers-") as folder:
        url = of.url or f"sqlite:///{folder}/catalog.db"
        fill(url, of.episodes, words, rng)
        with served(url, folder) as base:
            said, statuses = asyncio.run(load(base, of.readers, of.seconds, words, of.episodes))
    return tell(said, statuses, of)


if __name__ == "__main__":
    sys.exit(main())
