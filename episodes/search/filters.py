"""What narrows a search, as conditions on ``passage`` that both databases take: side, show, speaker, marks, dates.

What has no date is in no period. A written passage is of a show if its article is linked to an episode of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_
from sqlmodel import Session, col, select

from episodes.models import Article, Episode, Link, Passage, Segment, Show, Transcript
from episodes.search.backends import full_text
from episodes.search.query import SIDES, Query
from episodes.search.tokenizer import tokens
from episodes.values import HOLDING


def conditions(
    query: Query, of_shows: Sequence[ColumnElement[bool]], of_segments: Sequence[ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """All conditions of a query; each of ``of_shows`` is on ``episode``, those ``of_segments`` hold for one and the same of a passage."""
    found = []
    if query.sides != SIDES:
        allowed = {"said": col(Passage.transcript_id).is_not(None), "written": col(Passage.article_id).is_not(None)}
        found.append(or_(false(), *(allowed[side] for side in sorted(query.sides))))
    if query.after or query.before:
        spoken, written = (_period(query, dated) for dated in (col(Episode.published), col(Article.published)))
        found.append(_documents(spoken, select(Article.id).where(written)))
    for of_show in of_shows:
        linked = select(Link.article_id).join(Episode).where(of_show, col(Link.status).in_(HOLDING))
        found.append(_documents(of_show, linked))
    if of_segments:
        found.append(exists().where(within_passage(), *of_segments))
    return found


def within_passage() -> ColumnElement[bool]:
    """That a segment is of a passage."""
    within = col(Segment.position).between(Passage.first, Passage.last)
    return and_(col(Segment.transcript_id) == Passage.transcript_id, within)


def of_segments(session: Session, speakers: Collection[str], kinds: Collection[str]) -> list[ColumnElement[bool]]:
    """What is asked of a segment: said by one of these speakers, marked for one of these reasons.

    That a transcript has such a mark at all is known without looking at its segments.
    """
    index = full_text(session.connection())
    found: list[ColumnElement[bool]] = [col(Segment.speaker).in_(speakers)] if speakers else []
    if kinds:
        transcripts = select(Transcript.id).where(index.counts_any(col(Transcript.marks), kinds))
        found += [col(Segment.transcript_id).in_(transcripts), index.doubted(col(Segment.detail), kinds)]
    return found


def called(session: Session, names: Sequence[str]) -> list[str]:
    """The speakers that have one of these names, whole or in part (``varga`` is Ilse Varga), as the transcripts have them."""
    wanted = [[token.form for token in tokens(name)] for name in names]
    speakers = session.exec(select(Segment.speaker).where(col(Segment.speaker).is_not(None)).distinct())
    return sorted(speaker for speaker in speakers if speaker and any(_is_called(speaker, words) for words in wanted))


def _is_called(speaker: str, words: Sequence[str]) -> bool:
    """Whether the words stand side by side in the name, the last one perhaps only begun."""
    forms = [token.form for token in tokens(speaker)]
    begins = range(len(forms) - len(words) + 1)
    return any(
        forms[at : at + len(words) - 1] == words[:-1] and forms[at + len(words) - 1].startswith(words[-1])
        for at in begins
    )


def _documents(of_episode: ColumnElement[bool], articles: Select[Any]) -> ColumnElement[bool]:
    """Passages of these episodes and of these articles."""
    transcripts = select(Transcript.id).join(Episode).where(of_episode)
    return or_(col(Passage.transcript_id).in_(transcripts), col(Passage.article_id).in_(articles))


def _period(query: Query, dated: Any) -> ColumnElement[bool]:  # noqa: ANN401 - SQLAlchemy's own type of a column differs by its nullability
    bounds: list[ColumnElement[bool]] = [dated.is_not(None)]
    bounds += [dated >= query.after] if query.after else []
    bounds += [dated < query.before] if query.before else []
    return and_(*bounds)


def of_show(session: Session, name: str) -> ColumnElement[bool] | None:
    """The condition on ``episode`` for a show by its number, address or title, whole or its beginning; None if none is called so."""
    wanted = name.strip().casefold()
    followed = [(show.id, _names(show)) for show in session.exec(select(Show))]
    titles = list(session.exec(select(Episode.show_title).where(Episode.show_title != "").distinct()))
    for fits in (str.__eq__, str.startswith):
        ids = [show_id for show_id, names in followed if any(fits(each, wanted) for each in names)]
        called = [title for title in titles if fits(title.casefold(), wanted)]
        if wanted and (ids or called):
            return or_(col(Episode.show_id).in_(ids), col(Episode.show_title).in_(called))
    return None


def _names(show: Show) -> Sequence[str]:
    return str(show.id), show.url.casefold(), show.title.casefold()
