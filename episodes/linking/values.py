"""What goes into linking: plain values, no rows and no addresses to fetch. What comes out is ``episodes.values.Verdict``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

#: (episode id, article id)
Pair: TypeAlias = tuple[int, int]
#: What people decided: True confirmed, False rejected.
Decisions: TypeAlias = Mapping[Pair, bool]


@dataclass(frozen=True, slots=True)
class EpisodeText:
    """One episode as linking sees it; what is not known is empty. ``text`` is the whole transcript, ``video_id`` the site's own."""

    id: int
    show: str = ""
    title: str = ""
    number: int | None = None
    published: date | None = None
    description: str = ""
    url: str = ""
    video_id: str = ""
    text: str = ""

    @property
    def spoken(self) -> str:
        """What is compared with articles: the transcript, or the description where there is none."""
        return self.text if self.text.strip() else self.description


@dataclass(frozen=True, slots=True)
class ArticleCandidate:
    """One article as linking sees it; what is not known is empty.

    ``video_ids`` in the order of the page, ``links`` as addresses; ``only_linked`` are those of the videos that are not shown on it.
    """

    id: int
    url: str = ""
    title: str = ""
    dek: str = ""
    published: date | None = None
    text: str = ""
    video_ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    only_linked: frozenset[str] = frozenset()

    @property
    def written(self) -> str:
        """What is compared with transcripts: title, line under it, and text."""
        return "\n".join((self.title, self.dek, self.text))


class Kind(StrEnum):
    """What a piece of evidence rests on; its weight is in log-odds (nats), below zero it speaks against the link."""

    VIDEO = "video"
    ADDRESS = "address"
    NUMBER = "number"
    TITLE = "title"
    PHRASES = "phrases"
    NAMES = "names"
    TEXT = "text"
    DATES = "dates"
    RIVAL = "rival"
