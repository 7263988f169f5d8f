"""What the world calls a thing, as it is kept: text that every database takes, and no longer than an index takes.

PostgreSQL refuses an index row of more than 2,704 bytes, and feeds give whatever they like as a GUID. A longer name is kept as its
beginning and its hash: still the same for the same, and another for another. ``models.Name`` does so with all that is stored or looked
up, the values that carry names (``values.EpisodeInfo``) with their own, so that a name is the same in a program and in its database.
"""

from __future__ import annotations

from hashlib import sha256

from transcripts.text import storable

#: Bytes of a name in UTF-8. Addresses that are longer are refused at the doors: a beginning and a hash lead nowhere.
LONGEST = 2000
#: Bytes of a name that shares its index row with two others.
SHORT = 200
#: Bytes that are kept of a longer one.
_KEPT = 100


def bounded(name: str, longest: int = LONGEST) -> str:
    """The name itself if it is short enough, else its beginning and its hash; doing so twice changes nothing."""
    name = storable(name)
    content = name.encode()
    if len(content) <= longest:
        return name
    return f"{content[:_KEPT].decode(errors='ignore')}…{sha256(content).hexdigest()}"


def is_too_long(address: str) -> bool:
    """Whether an address is longer than any that leads somewhere."""
    return len(address.encode("utf-8", "replace")) > LONGEST
