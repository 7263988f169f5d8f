"""Topics of the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.documents.document import Document

if TYPE_CHECKING:
    from episodes.help import topics


class Topic(Document):
    """A topic and the commands that it explains."""

    topic: str
    title: str
    summary: str
    commands: list[str]

    @classmethod
    def of(cls, topic: topics.Topic) -> Topic:
        """Make it of a topic."""
        return cls(topic=topic.name, title=topic.title, summary=topic.summary, commands=list(topic.commands))


class WholeTopic(Topic):
    """A topic with its Markdown."""

    text: str

    @classmethod
    def of(cls, topic: topics.Topic) -> WholeTopic:
        """Make it of a topic."""
        return cls(**Topic.of(topic).as_dict(), text=topic.text)
