"""Search filters as SQL conditions on ``passage``, for both databases: side, show, speaker, quality marks, dates.

A document without a date matches no date filter. A passage of an article belongs to a show if the article is linked to one of its
episodes.

A filter is read in ``query_scanner`` (``name:value``), kept in ``query.Query`` and documented in ``nir help search``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_
from sqlmodel import Session, col, select

from episodes.models import Article, Episode, Link, Passage, Segment, Show, Transcript
from episodes.search.backends import backend_of
from episodes.search.query import SIDES, Query
from episodes.search.tokenizer import tokens
from episodes.values import CERTAIN_STATUSES


def filter_conditions(
    query: Query, show_conditions: Sequence[ColumnElement[bool]], segment_conditions: Sequence[ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """Return all conditions of a query.

    Each of ``show_conditions`` is on ``episode``; all ``segment_conditions`` hold for one segment of a passage.
    """
    found = []
    if query.sides != SIDES:
        allowed = {"said": col(Passage.transcript_id).is_not(None), "written": col(Passage.article_id).is_not(None)}
        found.append(or_(false(), *(allowed[side] for side in sorted(query.sides))))
    if query.after or query.before:
        spoken, written = (_date_condition(query, dated) for dated in (col(Episode.published), col(Article.published)))
        found.append(_passages_of(spoken, select(Article.id).where(written)))
    for of_show in show_conditions:
        linked = select(Link.article_id).join(Episode).where(of_show, col(Link.status).in_(CERTAIN_STATUSES))
        found.append(_passages_of(of_show, linked))
    if segment_conditions:
        found.append(exists().where(segment_in_passage(), *segment_conditions))
    return found


def segment_in_passage() -> ColumnElement[bool]:
    """Return the condition that a segment is part of a passage."""
    within = col(Segment.position).between(Passage.first, Passage.last)
    return and_(col(Segment.transcript_id) == Passage.transcript_id, within)


def segment_conditions(
    session: Session, speakers: Collection[str], kinds: Collection[str]
) -> list[ColumnElement[bool]]:
    """Return the conditions on a segment: spoken by one of these speakers, with a quality mark of one of these kinds.

    Transcripts without such a mark are excluded first, without reading their segments.
    """
    backend = backend_of(session.connection())
    found: list[ColumnElement[bool]] = [col(Segment.speaker).in_(speakers)] if speakers else []
    if kinds:
        transcripts = select(Transcript.id).where(backend.has_any_quality_mark(col(Transcript.marks), kinds))
        found += [col(Segment.transcript_id).in_(transcripts), backend.has_quality_mark(col(Segment.detail), kinds)]
    return found


def speakers_named(session: Session, names: Sequence[str]) -> list[str]:
    """Return the speakers, as spelled in the transcripts, that match one of these names in full or in part: ``varga`` is Ilse Varga."""
    wanted = [[token.form for token in tokens(name)] for name in names]
    speakers = session.exec(select(Segment.speaker).where(col(Segment.speaker).is_not(None)).distinct())
    return sorted(speaker for speaker in speakers if speaker and any(_has_name(speaker, words) for words in wanted))


def _has_name(speaker: str, words: Sequence[str]) -> bool:
    """Return True if the words are side by side in the name; the last one may be a prefix."""
    forms = [token.form for token in tokens(speaker)]
    begins = range(len(forms) - len(words) + 1)
    return any(
        forms[at : at + len(words) - 1] == words[:-1] and forms[at + len(words) - 1].startswith(words[-1])
        for at in begins
    )


def _passages_of(of_episode: ColumnElement[bool], articles: Select[Any]) -> ColumnElement[bool]:
    """Return the condition that a passage is of these episodes or articles."""
    transcripts = select(Transcript.id).join(Episode).where(of_episode)
    return or_(col(Passage.transcript_id).in_(transcripts), col(Passage.article_id).in_(articles))


def _date_condition(query: Query, dated: Any) -> ColumnElement[bool]:  # noqa: ANN401 - SQLAlchemy's own type of a column differs by its nullability
    bounds: list[ColumnElement[bool]] = [dated.is_not(None)]
    bounds += [dated >= query.after] if query.after else []
    bounds += [dated < query.before] if query.before else []
    return and_(*bounds)


def show_condition(session: Session, name: str) -> ColumnElement[bool] | None:
    """Return the condition on ``episode`` for a show by id, URL or title, in full or as a prefix; None if no show matches."""
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
