"""What crosses the borders inside episodes/: frozen values, so that no door's dicts travel and siblings need not see each other.

A source makes ``EpisodeInfo``, the article doors make ``ArticleText``; ``catalog`` stores them. Every batch yields one ``Outcome``
an item. Dates are ``datetime.date``; moments in time are timezone-aware UTC datetimes; durations and offsets are seconds.
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
    """What became of one item of a batch."""

    DONE = "done"
    UNCHANGED = "unchanged"
    WAITING = "waiting"
    SKIPPED = "skipped"
    FAILED = "failed"


class Transcribe(StrEnum):
    """Which episodes are listened to: also those with published words, only those without any, or none in this run."""

    ALWAYS = "always"
    MISSING = "missing"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: ``item`` names it (address, path, ``file:line``), ``reason`` says why, ``until`` when to look again.

    ``step`` is the part of the work that it belongs to ("update", "hear", "import", "articles"). A reason is kept in the catalog and shown:
    it never holds a password.
    """

    item: str
    state: State
    reason: str = ""
    until: datetime | None = None
    title: str = ""
    step: str = ""

    def __post_init__(self) -> None:
        """A reason often is an error in the words of some library."""
        if self.reason:
            object.__setattr__(self, "reason", redact(self.reason))


@dataclass(frozen=True, slots=True)
class CaptionTrack:
    """One track of published captions: where it is, its format ("json3", "vtt", "srt"), and who made it.

    ``location`` is an address of the web, or a local path where a reader of files found it below a folder that a person named.
    """

    language: str
    format: str
    location: str
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class EpisodeInfo:
    """What a source tells of one episode.

    ``identity`` is the same for the same episode from every door ("youtube:ID", "feed:GUID", see ``sources.identity``); ``key`` is the
    short name that people type. ``media`` holds the sound: an address of the web, or a local path, where ``folder`` is the folder named by
    a person below which it (and each local path of ``captions``) was found. ``transcript`` is set where the source brought timed words
    itself. ``extra`` keeps what we have no column for, as plain JSON values. ``passed_over`` says for people what of it was not taken.
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
        """Names as they are kept."""
        object.__setattr__(self, "identity", bounded(self.identity))
        object.__setattr__(self, "key", bounded(self.key))


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a flat listing: enough to know whether we have it, and where to read the rest."""

    identity: str
    url: str
    title: str = ""
    published: date | None = None
    #: What the listing's door wants back when the entry is read, as plain JSON values; opaque to everybody else.
    hint: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Its name as it is kept."""
        object.__setattr__(self, "identity", bounded(self.identity))


@dataclass(frozen=True, slots=True)
class Listing:
    """A channel, playlist or feed, flat: its own title, and its entries as the source orders them, read as they are asked for."""

    title: str
    entries: Iterator[Listed]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one item of a long run is: ``stage`` in one word, ``done`` of ``total`` in ``unit``s.

    Stages are "list", "read", "fetch", "hear" and the like; "heard" ends an item that was heard, and "run" is all that this run hears.
    ``item`` tells apart what is heard side by side and may have one title; in "run" it is set where there is one item only.
    ``unit`` is "s" (seconds of sound), "B" (bytes) or "" (items); ``total`` is None where nobody knows it.
    """

    stage: str
    title: str
    done: float = 0.0
    total: float | None = None
    unit: str = ""
    item: str = ""


class ParagraphKind(StrEnum):
    """What a paragraph of an article is."""

    TEXT = "text"
    QUOTE = "quote"
    HEADING = "heading"
    LIST = "list"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class ParagraphText:
    """One paragraph of an article, white space made plain; an empty one only keeps the place of a giver's."""

    text: str
    kind: ParagraphKind = ParagraphKind.TEXT


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One written article.

    ``url`` is its own address (canonical, without tracking parameters), never its neighbour's on the same page. ``dek`` is the line under
    the title. ``video_ids`` are ids of embedded or linked videos in the article itself, in order; ``links`` the addresses it links to.
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
    #: Sentences about what was not believed and left out.
    passed_over: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All paragraphs as one text."""
        return whole_text(paragraph.text for paragraph in self.paragraphs)


def whole_text(paragraphs: Iterable[str]) -> str:
    """Paragraphs as one text, a blank line between them; empty ones are left out."""
    return "\n\n".join(filter(None, paragraphs))


@dataclass(frozen=True, slots=True)
class Read:
    """One item that a reader of many gave: the value, or the outcome that says why there is none.

    ``own`` says of an article that the page which was asked is its own, and not another's on which it stood as well.
    """

    item: str
    value: EpisodeInfo | ArticleText | None = None
    outcome: Outcome | None = None
    path: Path | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for or against a link: its kind, a sentence that a person reads, and its weight (negative speaks against)."""

    kind: str
    detail: str
    weight: float


class LinkStatus(StrEnum):
    """``linked``: the evidence is enough; ``proposed``: a person should look; the other two: a person has looked."""

    LINKED = "linked"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


#: The links that hold: their ends are shown as belonging together, aligned, searched and exported so. A proposed one does not hold yet.
HOLDING = (LinkStatus.LINKED, LinkStatus.CONFIRMED)
#: The links that a person has decided on; no later run changes them.
DECIDED = (LinkStatus.CONFIRMED, LinkStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What linking says of one episode and one article: ``status`` is "linked" or "proposed", ``confidence`` 0 to 1."""

    episode_id: int
    article_id: int
    status: LinkStatus
    confidence: float
    evidence: tuple[Evidence, ...]


class AlignmentKind(StrEnum):
    """How a place answers: with the same words, or about the same thing."""

    QUOTE = "quote"
    PARAPHRASE = "paraphrase"


@dataclass(frozen=True, slots=True)
class AlignedSpan:
    """Where a paragraph, or a sentence or quotation of it, was said.

    ``paragraph`` counts from 0; ``begin`` and ``until`` are characters of its text. ``start`` and ``end`` are seconds: a quote's are
    those of its words, a paraphrase's begin where the talk comes to the paragraph. ``score``, 0 to 1: of a quote how alike the words
    are, of a paraphrase how likely it is right. ``said``: of a quote the words as they were said, so that a difference shows.
    """

    paragraph: int
    begin: int
    until: int
    start: float
    end: float
    kind: AlignmentKind
    score: float
    said: str = ""
