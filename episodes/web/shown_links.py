"""Which links readers see, and how their status is worded."""

from __future__ import annotations

from sqlmodel import Session

from episodes.catalog import links
from episodes.catalog.links import Linked
from episodes.values import LinkStatus

#: Wording of each status; a status without one is not shown.
STATUS_LABELS = {
    LinkStatus.LINKED: "Matched automatically",
    LinkStatus.CONFIRMED: "Confirmed by an editor",
    LinkStatus.PROPOSED: "Possible match, not yet checked",
}


def shown_links(session: Session, *, episode_id: int | None = None, article_id: int | None = None) -> list[Linked]:
    """List the links for readers: those that hold, then proposed ones; rejected ones are left out."""
    found = links.listed(session, episode_id=episode_id, article_id=article_id)
    kept = [one for one in found if one.link.status in STATUS_LABELS]
    return sorted(kept, key=lambda one: not one.holds)
