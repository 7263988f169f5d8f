"""The input of linking: plain values, no database rows and no URLs to fetch. The output is ``episodes.values.Verdict``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

#: (episode id, article id)
Pair: TypeAlias = tuple[int, int]
#: Decisions made by people: True is confirmed, False is rejected.
Decisions: TypeAlias = Mapping[Pair, bool]


@dataclass(frozen=True, slots=True)
class EpisodeText:
    """One episode; unknown fields are empty. ``text`` is the whole transcript, ``video_id`` the video site's own ID."""

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
        """The text compared with articles: the transcript, or the description if there is no transcript."""
        return self.text if self.text.strip() else self.description


@dataclass(frozen=True, slots=True)
class ArticleCandidate:
    """One article; unknown fields are empty.

    ``video_ids`` are in page order, ``links`` are URLs. ``only_linked`` are those videos that the page links to but does not embed.
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
        """The text compared with transcripts: title, dek (the line under the title), and body."""
        return "\n".join((self.title, self.dek, self.text))


class EvidenceKind(StrEnum):
    """The basis of a piece of evidence. Weights are log-odds (nats); a negative weight counts against the link."""

    VIDEO = "video"
    ADDRESS = "address"
    NUMBER = "number"
    TITLE = "title"
    PHRASES = "phrases"
    NAMES = "names"
    TEXT = "text"
    DATES = "dates"
    RIVAL = "rival"
