"""Make URLs for parts of a page or file that have none: the URL of the whole, with the title as fragment. Pure."""

from __future__ import annotations

from urllib.parse import quote

from episodes.slugs import title_slug


def part_url(base: str, title: str) -> str:
    """Return the URL of a part. It depends on the title only, so it is stable if the neighbours change."""
    return f"{base.partition('#')[0]}#{quote(title_slug(title), safe='-')}"


def unique_url(url: str, taken: set[str]) -> str:
    """Return the URL, with a number appended if another part has it already; add it to ``taken``."""
    chosen, number = url, 2
    while chosen in taken:
        chosen, number = f"{url}{'-' if '#' in url else '#'}{number}", number + 1
    taken.add(chosen)
    return chosen
