"""Followed shows."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, func, select

from episodes.errors import NotFound, Usage
from episodes.models import Episode, Show
from episodes.names import LONGEST, is_too_long
from episodes.urls import web_address, with_scheme
from episodes.values import State


def add(session: Session, url: str, *, title: str, match: str, now: datetime) -> tuple[Show, State]:
    """Follow the channel, playlist or feed at ``url``; for a followed one, change the title and match that are given.

    Raises:
        Usage: ``match`` is not a regular expression, or ``url`` is no web address or too long.
    """
    _check(match)
    if is_too_long(url):
        raise Usage(f"{url[:80]}…", f"the address is longer than {LONGEST} bytes")
    typed, url = url, web_address(with_scheme(url))
    if not url:
        raise Usage(
            detail=f"{typed!r} is no web address; give the https:// or http:// address of a channel, playlist or feed"
        )
    show = session.exec(select(Show).where(Show.url == url)).first()
    if show is None:
        show = Show(url=url, title=title, match=match, added_at=now)
        session.add(show)
        session.flush()
        return show, State.DONE
    before = (show.title, show.match)
    if match and match != show.match:
        show.match, show.checked_at = match, None  # skipped episodes may match now: read the whole listing
    show.title = title or show.title
    return show, State.UNCHANGED if before == (show.title, show.match) else State.DONE


def _check(match: str) -> None:
    import regex

    try:
        regex.compile(match)
    except regex.error as error:
        raise Usage(f"--match {match}", f"not a regular expression: {error}") from error


def listed(session: Session) -> list[tuple[Show, int]]:
    """All shows, in the order in which they were added, each with its number of episodes."""
    counts = func.count(col(Episode.id))
    rows = session.exec(select(Show, counts).join(Episode, isouter=True).group_by(col(Show.id)).order_by(col(Show.id)))
    return [(show, count) for show, count in rows]


def find(session: Session, name: str) -> Show:
    """The show with this id, URL or title, or the only one whose title begins so, ignoring case.

    Raises:
        NotFound: There is none, or more than one.
    """
    shows = list(session.exec(select(Show)))
    for fits in (_same, _begins):
        found = [show for show in shows if fits(show, name)]
        if len(found) == 1:
            return found[0]
    known = f"shows: {', '.join(show.title or show.url for show in shows)}" if shows else "`nir shows add` follows one"
    raise NotFound(detail=f"{'more than one' if found else 'no'} followed show is named {name!r}; {known}")


def _same(show: Show, name: str) -> bool:
    return name in (str(show.id), show.url) or name.casefold() == show.title.casefold()


def _begins(show: Show, name: str) -> bool:
    return bool(name) and show.title.casefold().startswith(name.casefold())


def remove(session: Session, show: Show) -> None:
    """Stop following; its episodes stay."""
    for episode in session.exec(select(Episode).where(Episode.show_id == show.id)):
        episode.show_id = None
    session.flush()
    session.delete(show)
