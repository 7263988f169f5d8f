"""The real show for measuring linking and alignment: 73 weekly recaps, 102 newsletters, gold links and gold moments.

Its data is outside the repository; without it, the measurements that need it are skipped. Its README names the source.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from episodes.linking import ArticleCandidate, EpisodeText
from transcripts.words import Segment

FOLDER = Path(os.environ.get("NIR_EVAL", Path(__file__).parents[3] / "shared" / "eval" / "recap-2022-2023"))
ABSENT = f"the recap data is not at {FOLDER} (set NIR_EVAL)"


@dataclass(frozen=True)
class Moment:
    """When an item of an article is talked about: indexes into the lists of ``Recap``, and seconds."""

    episode: int
    article: int
    paragraph: int
    start: float


@dataclass(frozen=True)
class Recap:
    """Episodes and articles (ids are indexes), gold (episode -> article), moments, and the raw texts."""

    episodes: list[EpisodeText]
    articles: list[ArticleCandidate]
    gold: dict[int, int]
    moments: list[Moment]
    segments: list[list[tuple[float, str]]]
    paragraphs: list[list[str]]
    talks: list[list[Segment]]


@cache
def read(folder: Path = FOLDER) -> Recap:
    """Read the folder once."""
    episodes, articles = _lines(folder, "episodes"), _lines(folder, "articles")
    rows = {one["id"]: i for i, one in enumerate(episodes)}
    columns = {one["url"]: j for j, one in enumerate(articles)}
    return Recap(
        episodes=[_episode(i, one) for i, one in enumerate(episodes)],
        articles=[_article(j, one) for j, one in enumerate(articles)],
        gold={rows[one["episode"]]: columns[one["article"]] for one in _lines(folder, "links")},
        moments=[
            Moment(rows[one["episode"]], columns[one["article"]], one["paragraph"], one["start"])
            for one in _lines(folder, "passages")
        ],
        segments=[[(part["start"], part["text"]) for part in one["segments"]] for one in episodes],
        paragraphs=[one["paragraphs"] for one in articles],
        talks=[[Segment(**part) for part in one["segments"]] for one in episodes],
    )


def _episode(place: int, one: dict[str, Any]) -> EpisodeText:
    text = " ".join(segment["text"] for segment in one["segments"])
    return EpisodeText(place, "", one["title"], one["number"], date.fromisoformat(one["date"]), text=text)


def _article(place: int, one: dict[str, Any]) -> ArticleCandidate:
    return ArticleCandidate(
        place, one["url"], one["title"], published=date.fromisoformat(one["date"]), text="\n\n".join(one["paragraphs"])
    )


def _lines(folder: Path, name: str) -> list[dict[str, Any]]:
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
