"""Which partial transcripts can be resumed: those made with the same options, and not stale. No database access here."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from episodes.catalog.checksums import checksum
from transcripts.engine.interface import Options

#: Windows that no run has continued for this long are dropped: the next transcription starts again.
STALE_AFTER = timedelta(days=60)


def options_checksum(options: Options, signature: str, size: int) -> str:
    """A checksum of all that decides the text: the options, the engine's signature, and the file's size in bytes."""
    fields = asdict(options)
    fields["stripes"] = fields.pop("parallel_chunks")  # the name under which checksums are stored
    return checksum(fields, signature, size)
