"""Pure: what a reader typed and chose, cut to what is answered; what was not taken as it came is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args
from urllib.parse import urlencode

from episodes.dates import first_day

Where = Literal["all", "said", "written"]

#: Characters of a question; more is cut, and said.
MAX_QUERY = 4000
#: Characters of a show's name.
MAX_SHOW = 200
#: Moments on a page, and how far one can turn them: the search reads more for more than 50, and every letter typed asks anew.
PER_PAGE = 10
MAX_PAGES = 5


@dataclass(frozen=True, slots=True)
class SearchParams:
    """A search: the words, and what narrows it. ``notes`` say what was not taken as it came."""

    words: str = ""
    where: Where = "all"
    show: str = ""
    after: date | None = None
    before: date | None = None
    page: int = 1
    notes: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether anything but the words was chosen."""
        return bool(self.where != "all" or self.show or self.after or self.before)

    def on_page(self, page: int) -> SearchParams:
        """The same on another page."""
        return replace(self, page=page)

    def unfiltered(self) -> SearchParams:
        """The same words and nothing else."""
        return SearchParams(words=self.words)

    @property
    def query_string(self) -> str:
        """The query string that asks this again, without what goes without saying."""
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
    """A search from what stands in an address: anything is taken, what cannot be used is left out and said."""
    notes = []
    if len(words) > MAX_QUERY:
        notes.append(f"The question was cut to its first {MAX_QUERY:,} characters.")
    starts, stops = first_day(after), first_day(before)
    notes += [
        f"“{each[:40]}” is no date and was left out."
        for each, read in ((after, starts), (before, stops))
        if each and not read
    ]
    side: Where = next((each for each in get_args(Where) if each == where), "all")
    words = words.replace("\x00", " ")[:MAX_QUERY]
    return SearchParams(words, side, show[:MAX_SHOW], starts, stops, page_number(page, MAX_PAGES), tuple(notes))


def page_number(page: str, last: int) -> int:
    """The page that somebody turned to, 1 to ``last``; the first where it is no number."""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 10 else 1
    return min(max(number, 1), last)
