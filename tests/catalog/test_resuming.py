"""The checksum under which windows are stored: a later version must find the windows of an earlier one."""

from __future__ import annotations

from episodes.catalog.resuming import options_checksum
from transcripts.engine import Options


def test_the_checksum_of_options_is_that_of_earlier_versions():
    found = options_checksum(Options(prompt="Oakes"), "base.en int8 stripes 2", 12345)
    assert found == "96d3d84e989d5987"
