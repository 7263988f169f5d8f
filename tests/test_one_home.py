"""What is a fact of the house is written in one file; whoever writes it a second time is told where it is."""

from __future__ import annotations

import re

import pytest

from tests.test_layers import FILES, name_of

#: What it is, how a second copy would look, and where it may stand.
FACTS = {
    "which links hold": (
        r"""LINKED,\s*(?:LinkStatus\.)?CONFIRMED|["']linked["'],\s*["']confirmed["']""",
        {"episodes/values.py"},
    ),
    "a format's media type, written": (
        r"text/tab-separated-values|text/markdown\", True|WebVTT captions",
        {"episodes/pipeline/exporting.py"},
    ),
    "some values at a time": (r"range\(0, len\(|while \w+ := list\(islice", {"episodes/batches.py"}),
    "text that a database takes": (
        r"\\ud800-\\udfff|replace\(\"\\(?:x00|0)\", \"\"\)",
        {
            "transcripts/text.py",
            "episodes/cli/control_chars.py",  # what a terminal obeys
            "episodes/urls.py",  # what no address holds: line breaks go, too
            "episodes/catalog/episodes.py",  # whether a name that was typed is empty
            "episodes/sample/server.py",  # a path, on its way to a folder
        },
    ),
    "paragraphs as one text": (r"\"\\n\\n\"\.join", {"episodes/values.py"}),
    "a slug": (r"def _?(?:\w+_)?slug\(|-\{word\}", {"episodes/slugs.py"}),
    "where a turn begins": (r"PAUSE = 2\.0|\.start - (?:before\.)?end >=", {"transcripts/turns.py"}),
    "a date, read": (
        r"strptime|fromisoformat|parsedate",
        {
            "episodes/dates.py",
            "episodes/articles/listing.py",  # a moment of our own, in a site's state
            "episodes/pipeline/link_decisions.py",  # a moment of our own, in a file of decisions
            "episodes/articles/responses.py",  # HTTP's Retry-After
        },
    ),
    "a date, written": (r"%Y-%m-%d %H|\.isoformat\(\) if", {"episodes/dates.py"}),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_has_one_home(fact: str) -> None:
    pattern, homes = FACTS[fact]
    told = re.compile(pattern)

    found = {name_of(path) for path in FILES if told.search(path.read_text(encoding="utf-8"))}
    found = {name for name in found if not name.startswith(("transcripts/engine/", "episodes/migrations/"))}

    assert found <= homes
