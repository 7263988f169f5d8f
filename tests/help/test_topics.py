"""The manual: one file per topic, each with a title, a one-line summary and an example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from episodes.help.topics import GROUPS, HERE, Topic, find, nearest, topics

INLINE = re.compile(r"`([^`]+)`")
EVERY = list(topics().values())


def name_of(topic: Topic) -> str:
    return topic.name


def test_each_file_is_a_topic() -> None:
    assert sorted(topics()) == sorted(path.stem for path in HERE.glob("*.md"))
    assert sum(len(group) for group in GROUPS.values()) == len(topics())


@pytest.mark.parametrize("topic", EVERY, ids=name_of)
def test_a_topic_begins_with_title_and_summary(topic: Topic) -> None:
    assert topic.text.startswith(f"# {topic.title}\n\n{topic.summary}\n\n")
    assert re.fullmatch(r"[A-Z].{3,35}", topic.title)
    assert re.fullmatch(r"[A-Z].*\.", topic.summary)
    assert len(topic.summary) <= 66, "it stands on one line of `nir help` at 80 columns"
    assert topic.text.count("\n# ") == 0
    assert "<" not in re.sub(r"```.*?```|`[^`]*`", "", topic.text, flags=re.DOTALL), "no HTML"


@pytest.mark.parametrize("topic", EVERY, ids=name_of)
def test_lines_are_short_and_commands_are_not_broken(topic: Topic) -> None:
    assert [line for line in topic.text.splitlines() if len(line) > 100 and not line.startswith("|")] == []
    assert [
        code for code in INLINE.findall(re.sub(r"```.*?```", "", topic.text, flags=re.DOTALL)) if "\n" in code
    ] == []


@pytest.mark.parametrize("topic", EVERY, ids=name_of)
def test_topics_refer_to_topics_that_exist(topic: Topic) -> None:
    named = re.findall(r"`nir help ([a-z]+)`", topic.text)

    assert [name for name in named if name not in topics()] == []
    assert topic.name not in named or topic.name == "search"


def test_a_topic_is_found_by_its_name_and_by_a_command() -> None:
    assert find("search") is topics()["search"]
    assert find(" Search ") is topics()["search"]
    assert find("nir confirm") is topics()["links"]
    assert find("mcp") is topics()["assistants"]
    assert find("") is None
    assert find("xyzzy") is None


def test_the_nearest_topics_are_spelled_alike_or_mention_the_word() -> None:
    assert nearest("serch")[0] == "search"
    assert nearest("confrim")[0] == "links"
    assert nearest("postgresql")[0] in ("settings", "backup")
    assert nearest("xyzzy") == nearest("") == nearest("(") == []
    assert len(nearest("the")) == 3


def test_variables_of_the_settings_are_all_explained() -> None:
    read = set(re.findall(r"NIR_[A-Z_]+", Path("episodes/config.py").read_text(encoding="utf-8"))) | {"NIR_DEBUG"}

    assert read <= set(re.findall(r"NIR_[A-Z_]+", topics()["settings"].text))
