"""The way in which something is heard: windows of one way are not gone on with in another. It knows no database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from episodes.catalog.checksums import checksum
from transcripts.engine.interface import Options

#: Windows that nobody went on with for so long are given up: the next hearing begins anew.
STALE_AFTER = timedelta(days=60)


def options_checksum(options: Options, signature: str, size: int) -> str:
    """The name of all that decides about an episode's words: how it is asked for, the engine's signature, the file's bytes."""
    fields = asdict(options)
    fields["stripes"] = fields.pop("parallel_chunks")  # the name under which checksums are stored
    return checksum(fields, signature, size)
