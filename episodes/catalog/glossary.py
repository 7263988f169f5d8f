"""The glossary of a show: names in their right spelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, func, or_, select

from episodes.errors import Usage
from episodes.models import Episode, GlossaryName, Show
from transcripts.text import one_line

#: Characters of the longest name; a longer line is hardly one.
LONGEST = 80


def names(session: Session, show_id: int) -> list[str]:
    """The names of a show, in the order in which they were added."""
    rows = session.exec(select(GlossaryName).where(GlossaryName.show_id == show_id).order_by(col(GlossaryName.id)))
    return [row.name for row in rows]


def of_episode(session: Session, episode: Episode) -> list[str]:
    """The names of the show of an episode. An imported episode belongs to the followed show with the same title."""
    by_title = func.lower(Show.title) == episode.show_title.lower() if episode.show_title else None
    of_show = Show.id == episode.show_id
    shows = session.exec(select(Show.id).where(of_show if by_title is None else or_(of_show, by_title)))
    return list(dict.fromkeys(name for show_id in shows.all() for name in names(session, show_id or 0)))


def episodes_of(session: Session, show: Show) -> list[int]:
    """The ids of the episodes that a show's glossary applies to, the newest first."""
    by_title = func.lower(Episode.show_title) == show.title.lower() if show.title else None
    of_show = Episode.show_id == show.id
    rows = select(Episode.id).where(of_show if by_title is None else or_(of_show, by_title))
    return [found for found in session.exec(rows.order_by(col(Episode.published).desc().nulls_last())) if found]


def add(session: Session, show_id: int, given: Iterable[str]) -> list[str]:
    """Add names; returns those that are new, ignoring case.

    Raises:
        Usage: One is empty, too long, or has no letter.
    """
    known = {name.casefold() for name in names(session, show_id)}
    new = [name for name in cleaned(given) if name.casefold() not in known]
    session.add_all([GlossaryName(show_id=show_id, name=name) for name in new])
    session.flush()
    return new


def remove(session: Session, show_id: int, given: Sequence[str]) -> list[str]:
    """Remove names, ignoring case; returns those removed."""
    wanted = {one_line(name).casefold() for name in given}
    rows = session.exec(select(GlossaryName).where(GlossaryName.show_id == show_id)).all()
    removed = [row for row in rows if row.name.casefold() in wanted]
    for row in removed:
        session.delete(row)
    session.flush()
    return [row.name for row in removed]


def cleaned(given: Iterable[str]) -> list[str]:
    """Names with normalized white space, without duplicates.

    Raises:
        Usage: See ``add``.
    """
    plain = [one_line(name) for name in given]
    for name in plain:
        if len(name) > LONGEST or not any(map(str.isalpha, name)):
            raise Usage(f"name {name[:LONGEST]!r}", f"a name has letters, and at most {LONGEST} characters")
    different: dict[str, str] = {}
    for name in plain:
        different.setdefault(name.casefold(), name)
    return list(different.values())
