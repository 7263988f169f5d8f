"""Outcomes of items, the status of the catalog, checks of `nir doctor`, errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from episodes.documents.document import Document, SpacedMoment
from episodes.redaction import redact_url

if TYPE_CHECKING:
    from episodes import values


class Outcome(Document):
    """The outcome of one item of a batch: its state, the reason, until when it waits, and the step."""

    item: str
    state: Literal["done", "unchanged", "waiting", "skipped", "failed"]
    reason: str
    until: SpacedMoment | None
    title: str
    step: str

    @classmethod
    def of(cls, one: values.Outcome) -> Outcome:
        """Make it of an outcome, without passwords in URLs."""
        return cls(
            item=redact_url(one.item),
            state=one.state.value,
            reason=one.reason,
            until=one.until,
            title=redact_url(one.title),
            step=one.step,
        )


class Status(Document):
    """What the catalog holds, in numbers, and which items are ``open``: waiting or failed, newest first."""

    shows: int
    episodes: int
    episodes_with_words: int = Field(alias="episodes with words")
    transcripts: dict[str, int] = Field(description="By source.")
    articles: int
    links: dict[str, int] = Field(description="By their status.")
    passages: int
    open: list[Outcome]

    @classmethod
    def of(cls, held: Mapping[str, Any], open_: Sequence[values.Outcome]) -> Status:
        """Make it of the counts and open items of ``catalog.overview``."""
        return cls(**held, open=[Outcome.of(one) for one in open_])


class Check(Document):
    """A check of `nir doctor`: ``good`` if the part works, ``needed`` if nothing works without it."""

    name: str
    good: bool
    detail: str
    needed: bool


class Error(Document):
    """An error, in a sentence."""

    error: str
    detail: str
