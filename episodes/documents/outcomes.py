"""What became of items, what the catalog holds, whether the tool works, and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from episodes.documents.document import Document, SpacedMoment
from episodes.redaction import redact_url

if TYPE_CHECKING:
    from episodes import values


class Outcome(Document):
    """What became of one item of a batch: why, until when it waits, and at which step."""

    item: str
    state: Literal["done", "unchanged", "waiting", "skipped", "failed"]
    reason: str
    until: SpacedMoment | None
    title: str
    step: str

    @classmethod
    def of(cls, one: values.Outcome) -> Outcome:
        """Without the passwords that addresses may hold."""
        return cls(
            item=redact_url(one.item),
            state=one.state.value,
            reason=one.reason,
            until=one.until,
            title=redact_url(one.title),
            step=one.step,
        )


class Status(Document):
    """What the catalog holds, in numbers, and what is ``open``: waiting or failed, the newest first."""

    shows: int
    episodes: int
    episodes_with_words: int = Field(alias="episodes with words")
    transcripts: dict[str, int] = Field(description="By where their words come from.")
    articles: int
    links: dict[str, int] = Field(description="By their status.")
    passages: int
    open: list[Outcome]

    @classmethod
    def of(cls, held: Mapping[str, Any], open_: Sequence[values.Outcome]) -> Status:
        """From the counts of ``catalog.overview``, and what is open."""
        return cls(**held, open=[Outcome.of(one) for one in open_])


class Check(Document):
    """One part that the tool stands on: whether it works, what was seen or what to do, and whether nothing works without it."""

    name: str
    good: bool
    detail: str
    needed: bool


class Error(Document):
    """What went wrong, in a sentence."""

    error: str
    detail: str
