"""A small catalog with one of each thing that is given as JSON, and with the odd values that a document may hold.

Everything in it is put there: no document depends on the clock, on a machine or on how well linking works.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from episodes import models
from episodes.catalog import corrections, glossary, links, outcomes, shows, sites, transcripts
from episodes.values import AlignedSpan, AlignmentKind, Evidence, LinkStatus, Outcome, State, Verdict
from tests.web.conftest import BRIDGE, FLOOD, PLACES, align, put_article, put_episode
from transcripts.names.corrections import Correction
from transcripts.words import Segment, Source, Transcript

NOW = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
ODD = '“Ferry & <b>fish</b>”\u202e \\ "quoted"\ttab \x07 é 漢 𝄞'


def fill(session: Session) -> None:
    """Episodes with and without words, articles, links in each status, corrections, shows, sites, open items."""
    bridge, flood = _episodes(session)
    _articles(session, bridge, flood)
    _words(session, bridge)
    _followed(session)
    _open(session)
    session.flush()


def _episodes(session: Session) -> tuple[int, int]:
    bridge = put_episode(
        session, "ep-12", "News in Review – Episode 12: The bridge", BRIDGE, number=12, published=date(2026, 3, 3),
        duration=100.0, url="https://www.youtube.com/watch?v=NiRsample12", description="The council has voted.",
    )  # fmt: skip
    flood = put_episode(session, "ep-13", "Episode 13: High water", FLOOD, published=date(2026, 3, 10), duration=9)
    media = "https://ida:secret@cast.example:8443/1.mp3?x=<y>"
    put_episode(session, "sport-1", ODD, [], show="Valley Sport", media=media, channel=ODD, description=f"{ODD}\n{ODD}")
    return bridge, flood


def _articles(session: Session, bridge: int, flood: int) -> None:
    vote = put_article(
        session, "https://paper.example/bridge", "Council votes for the bridge",
        ["Harbour Channel – News in Review – Episode 12.", "The council has voted for the bridge, and calls it a turning point.",
         "“The bridge will cost ninety million,” said the host."],
        published=date(2026, 3, 4), authors=("Ida Fennwick", "J. Ó Dónaill"), site="Harbour Channel", dek="Nine to four.",
    )  # fmt: skip
    put_article(session, "https://paper.example/water", "High water", ["The river rose."])
    water = put_article(session, "https://paper.example/water", ODD, ["The river rose by three metres.", ODD])
    soup = put_article(session, "https://paper.example/soup", "Soup for two hundred", ["Leek soup, a recipe."])
    why = Evidence("name", "the article says “News in Review – Episode 12”", 4.0), Evidence("date", ODD, -0.5)
    links.put_all(
        session,
        [
            Verdict(bridge, vote, LinkStatus.LINKED, 0.98, why),
            Verdict(bridge, soup, LinkStatus.PROPOSED, 0.5, why[:1]),
            Verdict(flood, water, LinkStatus.LINKED, 2 / 3, why),
            Verdict(flood, soup, LinkStatus.PROPOSED, 1, ()),
        ],
    )
    first = {(one.episode.id, one.article.id): one.link.id or 0 for one in links.listed(session)}
    links.decide(session, first[bridge, soup], LinkStatus.REJECTED, now=NOW)
    links.decide(session, first[flood, water], LinkStatus.CONFIRMED, now=NOW)
    align(session, bridge, vote, PLACES)
    align(
        session, flood, water, [AlignedSpan(0, 0, 20, 1 / 3, 5, AlignmentKind.QUOTE, 1, "The river rose three metres")]
    )


def _words(session: Session, bridge: int) -> None:
    """A second transcript, and corrections by hand, of the glossary and undone."""
    heard = Transcript((Segment(0, 5, "Good evening"),), Source.WHISPER, "base.en", "en", 100.0)
    row, _ = transcripts.put(session, bridge, heard, now=NOW)
    corrections.put_manual(session, bridge, Correction("crews", "Cruz"), now=NOW)
    corrections.put_manual(session, bridge, Correction("ice", ODD, 97.0), now=NOW)
    corrections.put_automatic(session, bridge, row.id or 0, [Correction("Tofolla", "Tafolla", 2)], now=NOW)
    corrections.undo(session, 1, now=NOW)


def _followed(session: Session) -> None:
    show, _ = shows.add(
        session, "https://ida:secret@cast.example/feed", title="News in Review", match="Review", now=NOW
    )
    shows.add(session, "https://www.youtube.com/@valley", title="", match="", now=NOW)
    show.checked_at = NOW
    glossary.add(session, show.id or 0, ["Tafolla", ODD])
    site = sites.add(session, "https://paper.example/", kind="wordpress", title=ODD, state={}, now=NOW)
    site.checked_at = NOW.replace(microsecond=0)
    sites.add(session, "https://paper.example/feed", kind="feed", title="", state={}, now=NOW)


def _open(session: Session) -> None:
    later = NOW + timedelta(hours=1)
    outcomes.record(
        session, "hear", Outcome("test:ep-13", State.FAILED, f"no sound: {ODD}", title="High water"), now=NOW
    )
    outcomes.record(
        session, "update", Outcome("https://ida:secret@a.example/", State.WAITING, "live", later), now=later
    )
    assert session.get(models.Outcome, 1)
