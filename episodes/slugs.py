"""Make slugs: text as words joined by dashes, for URLs, keys and file names.

Slugs are stored (in episode keys, in the addresses of parts of a page), so the rules here must not change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from transcripts.text import one_line


def ascii_slug(text: str) -> str:
    """Return lower-case ASCII words joined by dashes; "" if no word is left.

    At most 40 characters, cut between words.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _joined(re.findall(r"[a-z0-9]+", plain.replace("'", "")), 40)


def title_slug(title: str) -> str:
    """Return a title as it appears in a URL: casefolded, without accents; "untitled" if no word is left.

    At most 80 characters, cut between words. Letters of other scripts stay: a Cyrillic title has a readable slug, too.
    """
    folded = unicodedata.normalize("NFKD", one_line(title).casefold())
    return (
        _joined(re.findall(r"\w+", "".join(char for char in folded if not unicodedata.combining(char))), 80)
        or "untitled"
    )


def _joined(words: Sequence[str], longest: int) -> str:
    """Join as many words as fit into ``longest`` characters; a first word that is longer is cut."""
    slug = ""
    for word in words:
        if slug and len(slug) + 1 + len(word) > longest:
            break
        slug = f"{slug}-{word}" if slug else word[:longest]
    return slug
