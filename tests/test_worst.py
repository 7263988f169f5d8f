"""A megabyte of the text that a door is worst at is read in time that grows with its length: see ``tests.worst``."""

from __future__ import annotations

import pytest

from tests.worst import DOORS, tried

MEGABYTE = 1_000_000
#: At which inputs each door once hung, or would: by the square of their length these take hours.
ONCE = {
    "answer": ["comments", "spaces"],
    "markdown": ["markdown", "dashes inside", "lines"],
    "page": ["attributes inside", "tags"],
    "wordpress": ["metas"],
    "lists": ["users"],
    "article lines": ["nested", "lists"],
    "jsonl": ["nested", "lists"],
    "fields": ["spaces inside"],
    "markup": ["links", "breaks", "open tags"],
    "vtt": ["lines", "rules", "arrows"],
    "question": ["filters", "speakers", "quotes"],
    "names": ["letters", "names"],
    "linking": ["spaces inside", "videos"],
    "addresses": ["nested addresses", "videos", "hosts", "ligatures", "closing"],
    "alignment": ["dots inside"],
    "quality": ["words"],
    "match": ["letters"],
}


@pytest.mark.parametrize("door", ONCE)
def test_the_worst_text_is_read_within_its_time(door: str) -> None:
    assert door in DOORS
    made = tried(door, MEGABYTE, seconds=60, names=ONCE[door])

    assert [one.name for one in made if not one.held] == []
    assert len(made) == len(ONCE[door])


def test_a_door_that_hangs_is_seen() -> None:
    [one] = tried(
        "page", 20_000, seconds=0, names=["tags"]
    )  # not a second: what ends it is the system, and that is told

    assert not one.held
