"""A made-up catalog of any size whose words are as unevenly common as those of a language: the same for the same size.

Of ``VOCABULARY`` words the n-th is used in proportion to 1/n (Zipf's law). An episode has ``LONG`` words at most, in segments of fifteen.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from sqlalchemy import Engine, insert

from episodes.database import writing
from episodes.models import Episode, Segment, Transcript
from episodes.search import index

VOCABULARY, LONG, SEGMENT, SECONDS = 200_000, 10_000, 15, 6.0
#: Episodes of one transaction.
_TOGETHER = 50
_NOW = datetime(2026, 5, 1, tzinfo=UTC)
KINDS = ("rare", "common", "phrase", "boolean", "prefix")


@dataclass(frozen=True)
class Made:
    """Words, the commonest first, and how often each is used, added up."""

    words: Sequence[str]
    shares: Sequence[float]

    def speak(self, rng: random.Random, count: int) -> list[str]:
        """So many words as they come."""
        return rng.choices(self.words, cum_weights=self.shares, k=count)


def language(seed: int = 1) -> Made:
    """All its words are different."""
    rng = random.Random(seed)
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(rng.choice("bcdfghklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(2, 5)))] = None
    return Made(list(words), list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1))))


def write(engine: Engine, made: Made, words: int) -> Iterator[list[int]]:
    """Write episodes with ``words`` words in all; gives the ids of their transcripts, a transaction at a time."""
    count = max(20, words // LONG)
    for begin in range(0, count, _TOGETHER):
        numbers = range(begin, min(begin + _TOGETHER, count))
        with writing(engine) as session:
            titles = [" ".join(made.speak(_rng(-1 - number), 4)) for number in numbers]
            episodes = [_episode(number, title) for number, title in zip(numbers, titles, strict=True)]
            session.execute(insert(Episode), episodes)
            transcripts = [{"id": n + 1, "episode_id": n + 1, "source": "import", "shown": True} for n in numbers]
            session.execute(insert(Transcript), [one | {"checksum": "", "created_at": _NOW} for one in transcripts])
            said = [row for number in numbers for row in _segments(made, number, words // count)]
            session.execute(insert(Segment), said)
        yield [number + 1 for number in numbers]


def _rng(number: int) -> random.Random:
    return random.Random(number)


def _episode(number: int, title: str) -> dict[str, object]:
    name = f"made-{number}"
    published = date(2016, 1, 1) + timedelta(days=number % 3650)
    facts = {
        "id": number + 1,
        "identity": name,
        "key": name,
        "title": title,
        "published": published,
        "updated_at": _NOW,
    }
    return facts | {"captions": [], "extra": {}}


def _segments(made: Made, number: int, words: int) -> Iterator[dict[str, object]]:
    spoken = made.speak(_rng(number), words)
    for position, at in enumerate(range(0, len(spoken), SEGMENT)):
        place = {"transcript_id": number + 1, "position": position, "start": position * SECONDS}
        yield place | {"end": (position + 1) * SECONDS, "text": " ".join(spoken[at : at + SEGMENT])}


def index_all(engine: Engine, transcript_ids: Sequence[int]) -> None:
    """What ``nir update`` does with a new transcript, in one transaction."""
    with writing(engine) as session:
        for transcript_id in transcript_ids:
            index.index_transcript(session, transcript_id)


def queries(made: Made, words: int, each: int, seed: int = 2) -> list[tuple[str, str]]:
    """``each`` questions of each kind, as (kind, words).

    Rare words are said some ten times in all, common ones are the first thirty; phrases are two words that somebody said.
    """
    rng, asked = random.Random(seed), []
    rare = min(VOCABULARY - 1, max(2000, round(words / made.shares[-1] / 10)))
    for _ in range(each):
        said = made.speak(_rng(rng.randrange(max(20, words // LONG))), 40)
        begin = rng.randrange(38)
        middle = [made.words[rng.randrange(100, 3000)] for _ in range(4)]
        forms = {
            "rare": made.words[rng.randrange(rare // 2, rare)],
            "common": made.words[rng.randrange(30)],
            "phrase": f'"{said[begin]} {said[begin + 1]}"',
            "boolean": f"({middle[0]} OR {middle[1]}) {middle[2]} -{middle[3]}",
            "prefix": f"{rng.choice([word for word in made.words[100:3000] if len(word) > 5])[:5]}*",
        }
        asked += [(kind, forms[kind]) for kind in KINDS]
    return asked
