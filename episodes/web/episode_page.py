"""The page of an episode: player, transcript, and the articles beside it, paragraph by paragraph."""

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
from episodes.web import addresses
from episodes.web.article_paragraphs import PairedArticle, page_paragraphs, paragraphs_by_line
from episodes.web.json_ld import json_ld
from episodes.web.player import player
from episodes.web.search_params import MAX_QUERY
from episodes.web.settings import base_url, site
from episodes.web.shown_links import STATUS_LABELS, shown_links
from episodes.web.templating import page
from episodes.web.transcript_lines import TranscriptLine, transcript_lines, window

router = APIRouter(include_in_schema=False)

#: Articles shown in full beside a transcript.
MAX_PAIRED = 4

#: Further articles listed by title.
MAX_LINKS = 50

#: Doubtful lines listed above the transcript; all are marked in it.
MAX_DOUBTS = 100


@router.get("/e/{key}")
def episode(request: Request, key: str, t: str = "", q: str = "", p: str = "") -> HTMLResponse:
    """An episode, at a second, with a paragraph beside; where only the paragraph is named, at the second when it was said."""
    at, paragraph, words = addresses.parse_time(t), addresses.parse_ref(p), q[:MAX_QUERY]
    with reading(site(request).engine) as session:
        row = browsing.episode(session, key)
        at = _said_at(session, row, paragraph) if at is None else at
        shown = transcripts.shown(session, row.id or 0)
        part, earlier, later = window(transcripts.load(session, shown), at) if shown else (None, None, None)
        lines = transcript_lines(part, words=words, at=at) if part else []
        found = shown_links(session, episode_id=row.id)
        paired = _paired_articles(session, row, found, words, lines, paragraph)
        playing = player(row, site(request), at)
        return page(
            request, "episode.html", headers=playing.headers, episode=row, player=playing, at=at, words=words, source=shown, lines=lines,
            highlighted_lines=sum(any(piece.highlighted for piece in line.pieces) for line in lines), paired=paired,
            paragraphs_by_line=paragraphs_by_line(paired),
            links=found[len(paired) : len(paired) + MAX_LINKS], more_links=max(len(found) - len(paired) - MAX_LINKS, 0),
            status=STATUS_LABELS, formats=Format, max_doubts=MAX_DOUBTS,
            addresses=addresses, titled=in_title(words, row.title), earlier=earlier, later=later,
            json_ld=json_ld(row, lines, found, playing, base_url(request)),
        )  # fmt: skip


def _said_at(session: Session, row: Episode, paragraph: addresses.ParagraphRef | None) -> int | None:
    """The second at which the paragraph was said here, the surest."""
    found = alignments.of_paragraph(session, *paragraph) if paragraph else []
    own = {one.link.id for one in shown_links(session, episode_id=row.id)} if found else set()
    return next((addresses.second(one.span.start) for one in found if one.span.link_id in own), None)


def _paired_articles(
    session: Session,
    row: Episode,
    found: Sequence[Linked],
    words: str,
    lines: Sequence[TranscriptLine],
    selected: addresses.ParagraphRef | None,
) -> list[PairedArticle]:
    """Prepare the articles whose link holds, to be shown in full."""
    sure = [one for one in found if one.holds][:MAX_PAIRED]
    passages = alignments.of_episode(session, row.id or 0)
    return [
        PairedArticle(
            one,
            page_paragraphs(
                articles.paragraph_rows(session, one.article.id or 0),
                [passage for passage in passages if passage.span.link_id == one.link.id],
                {one.link.id or 0: row},
                words=words,
                lines=lines,
                selected=selected,
                paired=True,
            ),
        )
        for one in sure
    ]
