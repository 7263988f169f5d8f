"""The pictures in the README show this version of the pages."""

from __future__ import annotations

import json

import pytest

from tests.quality.pictures import COMMAND, FOLDER, PICTURES, RECORD, fingerprint


def test_the_pictures_are_of_this_version() -> None:
    shown = json.loads(RECORD.read_text(encoding="utf-8"))["shows"]

    assert shown == fingerprint(), f"the pages or the sample show have changed; make the pictures again: {COMMAND}"


@pytest.mark.parametrize("name", [name for name, _, _ in PICTURES])
def test_a_picture_is_small_enough_for_a_front_page(name: str) -> None:
    content = (FOLDER / name).read_bytes()

    assert content.startswith(b"\x89PNG\r\n")
    assert len(content) < 300_000
