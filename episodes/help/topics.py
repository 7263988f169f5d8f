"""The topics of the manual, in reading order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

#: Group -> topic -> the commands that the topic explains. Each command belongs to one topic.
GROUPS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Begin": {
        "start": ("demo", "help"),
    },
    "Build a catalog": {
        "follow": ("shows", "update", "retry"),
        "import": ("import",),
        "transcribe": ("transcribe", "hear", "use"),
        "articles": ("articles",),
        "links": ("link", "links", "confirm", "reject"),
        "alignment": ("passages",),
    },
    "Use it": {
        "search": ("search",),
        "export": ("episodes", "show", "export"),
        "serve": ("serve",),
        "assistants": ("mcp",),
        "python": (),
    },
    "Correct it": {
        "quality": ("marks",),
        "names": ("correct", "corrections"),
    },
    "Run it": {
        "care": ("status", "doctor", "reindex"),
        "backup": ("backup", "restore"),
        "settings": (),
        "network": (),
        "scripts": (),
        "build": (),
    },
}
#: Topics to suggest for an unknown name.
SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of the manual. ``text`` is the whole Markdown file; ``summary`` is its first paragraph, on one line."""

    name: str
    title: str
    summary: str
    text: str
    commands: tuple[str, ...]


@cache
def topics() -> Mapping[str, Topic]:
    """All topics by name, in reading order."""
    return {name: _read(name, commands) for group in GROUPS.values() for name, commands in group.items()}


def _read(name: str, commands: tuple[str, ...]) -> Topic:
    text = (HERE / f"{name}.md").read_text(encoding="utf-8")
    title, summary = text.split("\n\n")[:2]
    return Topic(name, title.removeprefix("# "), " ".join(summary.split()), text, commands)


def find(name: str) -> Topic | None:
    """The topic with this name, or the one that explains this command."""
    name = _plain(name)
    found = topics().get(name)
    return found or next((topic for topic in topics().values() if name in topic.commands), None)


def nearest(name: str) -> list[str]:
    """Up to ``SUGGESTED`` topic names for an unknown one: similar spelling first, then the topics that mention it most often."""
    name = _plain(name)
    commands = {command: topic.name for topic in topics().values() for command in topic.commands}
    spelled = [commands.get(close, close) for close in get_close_matches(name, [*topics(), *commands], SUGGESTED)]
    word = re.compile(rf"\b{re.escape(name)}", re.IGNORECASE)
    searchable = re.search(r"\w{3}", name)
    counted = {topic.name: len(word.findall(topic.text)) for topic in topics().values()} if searchable else {}
    mentioning = sorted((one for one, times in counted.items() if times), key=lambda one: -counted[one])
    return list(dict.fromkeys([*spelled, *mentioning]))[:SUGGESTED]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold().removeprefix("nir ").removesuffix(".md")
