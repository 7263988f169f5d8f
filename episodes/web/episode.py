"""The page of an episode: the player, what was said, and beside it what was written about it, paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from episodes.catalog import alignments, articles, browsing, transcripts
from episodes.catalog.links import Linked
from episodes.database import reading
from episodes.models import Episode
from episodes.pipeline.exporting import Format
from episodes.search.highlights import in_title
from episodes.web import addresses, linked
from episodes.web.asked import LONGEST
from episodes.web.player import player
from episodes.web.settings import base, site
from episodes.web.spoken import Line, lines, stretch
from episodes.web.structured import json_ld
from episodes.web.templating import page
from episodes.web.written import Told, answers, written

router = APIRouter(include_in_schema=False)

#: Articles that stand beside a transcript whole; more than that are named only.
WHOLE = 4

#: Articles that are named besides.
NAMED = 50

#: Reasons for doubt that are listed; all are at their lines.
DOUBTS = 100


@router.get("/e/{key}")
def episode(request: Request, key: str, t: str = "", q: str = "", p: str = "") -> HTMLResponse:
    """An episode, at a second, with a paragraph beside; where only the paragraph is named, at the second when it was said."""
    at, beside, words = addresses.moment(t), addresses.beside(p), q[:LONGEST]
    with reading(site(request).engine) as session:
        row = browsing.episode(session, key)
        at = _said_at(session, row, beside) if at is None else at
        shown = transcripts.shown(session, row.id or 0)
        part, earlier, later = stretch(transcripts.load(session, shown), at) if shown else (None, None, None)
        spoken = lines(part, words=words, at=at) if part else []
        found = linked.shown(session, episode_id=row.id)
        told = _told(session, row, found, words, spoken, beside)
        playing = player(row, site(request), at)
        return page(
            request, "episode.html", headers=playing.headers, episode=row, player=playing, at=at, words=words, source=shown, lines=spoken,
            marked_lines=sum(any(piece.marked for piece in line.pieces) for line in spoken), told=told, answers=answers(told),
            links=found[len(told) : len(told) + NAMED], more_links=max(len(found) - len(told) - NAMED, 0),
            status=linked.STATUS, formats=Format, most_doubts=DOUBTS,
            addresses=addresses, titled=in_title(words, row.title), earlier=earlier, later=later,
            json_ld=json_ld(row, spoken, found, playing, base(request)),
        )  # fmt: skip


def _said_at(session: Session, row: Episode, beside: addresses.Beside | None) -> int | None:
    """The second at which the paragraph was said here, the surest."""
    found = alignments.of_paragraph(session, *beside) if beside else []
    own = {one.link.id for one in linked.shown(session, episode_id=row.id)} if found else set()
    return next((addresses.second(one.place.start) for one in found if one.place.link_id in own), None)


def _told(
    session: Session,
    row: Episode,
    found: Sequence[Linked],
    words: str,
    spoken: Sequence[Line],
    beside: addresses.Beside | None,
) -> list[Told]:
    """The articles that are sure, whole."""
    sure = [one for one in found if one.holds][:WHOLE]
    passages = alignments.of_episode(session, row.id or 0)
    return [
        Told(
            one,
            written(
                articles.paragraph_rows(session, one.article.id or 0),
                [passage for passage in passages if passage.place.link_id == one.link.id],
                {one.link.id or 0: row},
                words=words,
                lines=spoken,
                here=beside,
                beside=True,
            ),
        )
        for one in sure
    ]
