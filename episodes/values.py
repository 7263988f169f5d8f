"""Frozen value objects that packages of episodes/ exchange, so that they need not import each other, nor pass around raw dicts.

``sources`` returns ``EpisodeInfo``, ``articles`` returns ``ArticleText``, and ``catalog`` stores them. Every batch yields one ``Outcome``
for each item. Dates are ``datetime.date``; moments in time are timezone-aware UTC datetimes; durations and offsets are seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from episodes.names import bounded
from episodes.redaction import redact
from transcripts.words import Transcript


class State(StrEnum):
    """The result of one item of a batch."""

    DONE = "done"
    UNCHANGED = "unchanged"
    WAITING = "waiting"
    SKIPPED = "skipped"
    FAILED = "failed"


class Transcribe(StrEnum):
    """Which episodes to transcribe: all, only those without captions, or none in this run."""

    ALWAYS = "always"
    MISSING = "missing"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one item: its name (``item``: address, path, ``file:line``), the ``reason``, and when to try again (``until``).

    ``step`` is the part of the work: "update", "hear", "import" or "articles". The reason is stored and shown, and never contains a
    password.
    """

    item: str
    state: State
    reason: str = ""
    until: datetime | None = None
    title: str = ""
    step: str = ""

    def __post_init__(self) -> None:
        """Redact the reason, which often is the message of some library."""
        if self.reason:
            object.__setattr__(self, "reason", redact(self.reason))


@dataclass(frozen=True, slots=True)
class CaptionTrack:
    """One track of published captions: location, format ("json3", "vtt", "srt"), and whether it was generated automatically.

    ``location`` is a URL, or a local path that a file reader found below a folder named by a person.
    """

    language: str
    format: str
    location: str
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class EpisodeInfo:
    """The metadata of one episode, as a source returned it.

    ``identity`` is the same for one episode from any source ("youtube:ID", "feed:GUID", see ``sources.identity``); ``key`` is the short
    name that people type. ``media`` is the audio or video: a URL, or a local path below ``folder``, which a person named; so is each local
    path in ``captions``. ``transcript`` is set if the source includes timed words. ``extra`` holds everything without a column, as plain
    JSON values. ``passed_over`` has sentences for people about what was ignored.
    """

    identity: str
    key: str
    title: str
    url: str = ""
    media: str = ""
    show: str = ""
    number: int | None = None
    published: date | None = None
    duration: float | None = None
    description: str = ""
    channel: str = ""
    thumbnail: str = ""
    language: str = ""
    live_status: str = ""
    availability: str = ""
    release_at: datetime | None = None
    captions: tuple[CaptionTrack, ...] = ()
    transcript: Transcript | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    folder: str = ""
    passed_over: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Shorten overlong names to what is stored."""
        object.__setattr__(self, "identity", bounded(self.identity))
        object.__setattr__(self, "key", bounded(self.key))


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a flat listing: enough to tell whether it is in the catalog, and where to read the rest."""

    identity: str
    url: str
    title: str = ""
    published: date | None = None
    #: What the listing's source needs to read the entry, as plain JSON values; opaque to all others.
    hint: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Shorten an overlong name to what is stored."""
        object.__setattr__(self, "identity", bounded(self.identity))


@dataclass(frozen=True, slots=True)
class Listing:
    """A flat listing of a channel, playlist or feed: its title, and its entries in the source's order, read lazily."""

    title: str
    entries: Iterator[Listed]


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of one item in a long run: its ``stage``, and ``done`` of ``total`` in ``unit``.

    Stages are "list", "read", "fetch", "hear" and the like; "heard" ends an item that was transcribed, and "run" is the sum of all that
    this run transcribes. ``item`` distinguishes items transcribed in parallel, which may share a title; in "run" it is set if there is
    only one. ``unit`` is "s" (seconds of audio), "B" (bytes) or "" (items); ``total`` is None if unknown.
    """

    stage: str
    title: str
    done: float = 0.0
    total: float | None = None
    unit: str = ""
    item: str = ""


class ParagraphKind(StrEnum):
    """The kind of a paragraph in an article."""

    TEXT = "text"
    QUOTE = "quote"
    HEADING = "heading"
    LIST = "list"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class ParagraphText:
    """One paragraph of an article, with normalized white space; an empty one keeps the numbering of the source."""

    text: str
    kind: ParagraphKind = ParagraphKind.TEXT


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One written article.

    ``url`` is its own canonical URL, never that of another article on the same page. ``dek`` is the subtitle.
    ``video_ids`` are the ids of videos embedded or linked in the article itself, in order; ``links`` are the URLs it links to.
    """

    url: str
    title: str
    paragraphs: tuple[ParagraphText, ...]
    published: date | None = None
    authors: tuple[str, ...] = ()
    site: str = ""
    dek: str = ""
    video_ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    #: Sentences about what was ignored as implausible.
    passed_over: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return all paragraphs as one text."""
        return whole_text(paragraph.text for paragraph in self.paragraphs)


def whole_text(paragraphs: Iterable[str]) -> str:
    """Join paragraphs by blank lines, skipping empty ones."""
    return "\n\n".join(filter(None, paragraphs))


@dataclass(frozen=True, slots=True)
class Read:
    """One item from a reader of many: the value, or the outcome that explains why there is none.

    ``own`` is true for an article if the requested page is its own, not another page that contains it as well.
    """

    item: str
    value: EpisodeInfo | ArticleText | None = None
    outcome: Outcome | None = None
    path: Path | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for or against a link: its kind, a sentence for people, and its weight (negative is against)."""

    kind: str
    detail: str
    weight: float


class LinkStatus(StrEnum):
    """``linked``: the evidence suffices; ``proposed``: a person should decide; ``confirmed`` and ``rejected``: a person has decided."""

    LINKED = "linked"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


#: Links that count as certain: shown, aligned, searched and exported as belonging together. A proposed link does not count yet.
CERTAIN_STATUSES = (LinkStatus.LINKED, LinkStatus.CONFIRMED)
#: Links that a person has decided; no later run changes them.
DECIDED_STATUSES = (LinkStatus.CONFIRMED, LinkStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of linking for one episode and one article: ``status`` is "linked" or "proposed", ``confidence`` 0 to 1."""

    episode_id: int
    article_id: int
    status: LinkStatus
    confidence: float
    evidence: tuple[Evidence, ...]


class AlignmentKind(StrEnum):
    """How speech matches the text: in the same words, or in meaning."""

    QUOTE = "quote"
    PARAPHRASE = "paraphrase"


@dataclass(frozen=True, slots=True)
class AlignedSpan:
    """When a paragraph, or a sentence or quotation of it, was said.

    ``paragraph`` counts from 0; ``begin`` and ``until`` are character offsets in its text. ``start`` and ``end`` are seconds: those of a
    quote's words; a paraphrase starts where the talk turns to the paragraph. ``score`` is 0 to 1: the similarity of a quote, or the
    probability that a paraphrase is right. ``said`` are a quote's words as spoken, to show differences.
    """

    paragraph: int
    begin: int
    until: int
    start: float
    end: float
    kind: AlignmentKind
    score: float
    said: str = ""
