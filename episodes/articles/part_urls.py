"""Addresses made for parts of a page or a file that have none of their own: its address, and a fragment of the part's title. Pure."""

from __future__ import annotations

from urllib.parse import quote

from episodes.slugs import title_slug


def part_url(base: str, title: str) -> str:
    """The address of a part that has none of its own: stable when its neighbours change, since only its title is in it."""
    return f"{base.partition('#')[0]}#{quote(title_slug(title), safe='-')}"


def unique_url(url: str, taken: set[str]) -> str:
    """The address itself, or with a number behind it where another part has it already; it is taken from now on."""
    chosen, number = url, 2
    while chosen in taken:
        chosen, number = f"{url}{'-' if '#' in url else '#'}{number}", number + 1
    taken.add(chosen)
    return chosen
