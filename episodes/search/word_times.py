"""Move moments to the exact second of their first word, if the transcript has word timestamps.

A segment's text may have been corrected after its words were timed: a word that is not among the timed ones leaves its moment at the start
of the segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Executable, bindparam, select
from sqlmodel import Session, col

from episodes.models import Segment
from episodes.search.dedup import Moment
from episodes.search.tokenizer import folded_tokens
from transcripts.words import Word

#: A segment by its transcript's id and its position.
_Key = tuple[int, int]
#: Two IN conditions instead of pairs: for pairs, SQLite reads the whole table.
_DETAILS: Executable = select(col(Segment.transcript_id), col(Segment.position), col(Segment.detail)).where(
    col(Segment.transcript_id).in_(bindparam("transcripts", expanding=True)),
    col(Segment.position).in_(bindparam("positions", expanding=True)),
    col(Segment.detail).is_not(None),
)


def at_words(session: Session, found: Sequence[Moment]) -> list[Moment]:
    """Return the moments, each at the time of its first word if that is known."""
    spoken = [each for each in found if each.document.side == "said" and each.first_word]
    details = _details(session, [(each.document.id, each.position) for each in spoken]) if spoken else {}
    return [_moved(each, details.get((each.document.id, each.position), ())) for each in found]


def _moved(moment: Moment, words: Sequence[Word]) -> Moment:
    """Move a moment to the timed word nearest to the estimated second of its match."""
    if moment.document.side != "said" or moment.first_word is None:
        return moment
    stem, about = moment.first_word
    starts = [word.start for word in words if stem in [part.stem for part in folded_tokens(word.text)]]
    return moment._replace(start=min(starts, key=lambda start: abs(start - about))) if starts else moment


def _details(session: Session, keys: Sequence[_Key]) -> dict[_Key, list[Word]]:
    bound = {"transcripts": [key[0] for key in keys], "positions": [key[1] for key in keys]}
    rows: Iterable[Any] = session.connection().execute(_DETAILS, bound)
    return {
        (transcript_id, position): [Word.unpacked(word) for word in detail.get("words", ())]
        for transcript_id, position, detail in rows
    }
