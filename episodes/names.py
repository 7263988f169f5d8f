"""Bound the length of names (identities, GUIDs, URLs) so that every database can store and index them.

PostgreSQL refuses an index row of more than 2,704 bytes, and a feed may use any text as a GUID. A longer name is stored
as its beginning plus a hash, so equal names stay equal and different ones different. ``models.Name`` applies this to
everything stored or looked up, and ``values.EpisodeInfo`` to its own names, so a name is the same in the program and in
the database.
"""

from __future__ import annotations

from hashlib import sha256

from transcripts.text import storable

#: Bytes of a name in UTF-8. Longer URLs are refused on input: a beginning and a hash cannot be fetched.
LONGEST = 2000
#: Bytes of a name that shares an index row with two others.
SHORT = 200
#: Bytes kept of a longer name, before its hash.
_KEPT = 100


def bounded(name: str, longest: int = LONGEST) -> str:
    """Return the name if it is short enough, else its beginning and its hash. Idempotent."""
    name = storable(name)
    content = name.encode()
    if len(content) <= longest:
        return name
    return f"{content[:_KEPT].decode(errors='ignore')}…{sha256(content).hexdigest()}"


def is_too_long(address: str) -> bool:
    """True if a URL is longer than servers accept."""
    return len(address.encode("utf-8", "replace")) > LONGEST
