"""Search parameters from a query string, reduced to what can be searched; notes tell what was changed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args
from urllib.parse import urlencode

from episodes.dates import first_day

Where = Literal["all", "said", "written"]

#: Maximum length of a query; longer ones are cut, with a note.
MAX_QUERY = 4000
#: Maximum length of a show's name.
MAX_SHOW = 200
#: Results per page, and number of pages: more than 50 results cost more reads, and every letter typed searches again.
PER_PAGE = 10
MAX_PAGES = 5


@dataclass(frozen=True, slots=True)
class SearchParams:
    """A search: the words and the filters. ``notes`` tell what was not taken as it came."""

    words: str = ""
    where: Where = "all"
    show: str = ""
    after: date | None = None
    before: date | None = None
    page: int = 1
    notes: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Return True if any filter is set."""
        return bool(self.where != "all" or self.show or self.after or self.before)

    def on_page(self, page: int) -> SearchParams:
        """Return the same search on another page."""
        return replace(self, page=page)

    def unfiltered(self) -> SearchParams:
        """Return the same words without filters."""
        return SearchParams(words=self.words)

    @property
    def query_string(self) -> str:
        """Return the query string of this search, without default values."""
        said = {
            "q": self.words,
            "in": self.where if self.where != "all" else "",
            "show": self.show,
            "after": str(self.after or ""),
            "before": str(self.before or ""),
            "page": str(self.page) if self.page > 1 else "",
        }
        return urlencode({name: value for name, value in said.items() if value})


def parse_params(
    *, words: str = "", where: str = "", show: str = "", after: str = "", before: str = "", page: str = ""
) -> SearchParams:
    """Parse a search; anything is accepted, invalid values are ignored with a note."""
    notes = []
    if len(words) > MAX_QUERY:
        notes.append(f"Your search was cut to its first {MAX_QUERY:,} characters.")
    starts, stops = first_day(after), first_day(before)
    notes += [
        f"“{each[:40]}” is not a date and was ignored."
        for each, read in ((after, starts), (before, stops))
        if each and not read
    ]
    side: Where = next((each for each in get_args(Where) if each == where), "all")
    words = words.replace("\x00", " ")[:MAX_QUERY]
    return SearchParams(words, side, show[:MAX_SHOW], starts, stops, page_number(page, MAX_PAGES), tuple(notes))


def page_number(page: str, last: int) -> int:
    """Parse a page number and clamp it to 1 … ``last``; 1 if invalid."""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 10 else 1
    return min(max(number, 1), last)
