"""Followed shows and their glossaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.documents.document import Document, Moment
from episodes.redaction import redact_url

if TYPE_CHECKING:
    from episodes import models
    from episodes.pipeline import correcting


class Show(Document):
    """A followed show, with the number of its episodes."""

    id: int
    title: str
    url: str
    match: str
    episodes: int
    checked: Moment | None

    @classmethod
    def of(cls, row: models.Show, episodes: int) -> Show:
        """Make it of a row and the number of its episodes."""
        return cls(
            id=row.id or 0,
            title=row.title,
            url=redact_url(row.url),
            match=row.match,
            episodes=episodes,
            checked=row.checked_at,
        )


class Glossary(Document):
    """A show's glossary, what was added and removed just now, and how many segments that corrected."""

    show: str
    names: list[str]
    added: list[str]
    removed: list[str]
    corrected: int

    @classmethod
    def of(cls, found: correcting.Glossary) -> Glossary:
        """Make it of a glossary after a change."""
        return cls(
            show=found.show,
            names=found.names,
            added=found.added,
            removed=found.removed,
            corrected=found.checked.segments,
        )
