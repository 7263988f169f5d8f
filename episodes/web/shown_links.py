"""Which links readers are shown, and in what words."""

from __future__ import annotations

from sqlmodel import Session

from episodes.catalog import links
from episodes.catalog.links import Linked
from episodes.values import LinkStatus

#: Statuses in words that readers know.
STATUS_LABELS = {
    LinkStatus.LINKED: "Found by its evidence",
    LinkStatus.CONFIRMED: "Confirmed by a person",
    LinkStatus.PROPOSED: "Perhaps: nobody has looked at this yet",
}


def shown_links(session: Session, *, episode_id: int | None = None, article_id: int | None = None) -> list[Linked]:
    """What readers are shown as linked: what holds, then what is proposed; what a person rejected is not."""
    found = links.listed(session, episode_id=episode_id, article_id=article_id)
    kept = [one for one in found if one.link.status in STATUS_LABELS]
    return sorted(kept, key=lambda one: not one.holds)
