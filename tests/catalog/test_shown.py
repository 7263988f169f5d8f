"""Which transcript of an episode is shown: by the rules, or as a person chose, permanently."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from episodes.catalog import episodes, transcripts
from episodes.database import writing
from episodes.errors import NotFound
from episodes.models import Segment as SegmentRow
from episodes.values import EpisodeInfo
from transcripts.quality.kinds import MarkKind
from transcripts.words import Mark, Segment, Source, Transcript, Word

NOW = datetime(2026, 5, 4, tzinfo=UTC)
LATER = (NOW + timedelta(hours=number) for number in count(1))


def transcript(
    source: Source, model: str = "", marked: int = 0, kind: str = MarkKind.LOOP, segments: int = 8
) -> Transcript:
    """Eight segments, so many of them marked."""
    mark = (Mark(kind, "the same words again and again"),)
    said = tuple(Segment(at, at + 1, f"Part {at}", marks=mark if at < marked else ()) for at in range(segments))
    return Transcript(said, source, model, "en")


def shown(session: Session, *given: Transcript, prefer: str = "") -> str:
    """What is shown when an episode gets these, one after the other."""
    row, _ = episodes.put(session, EpisodeInfo("fake:1", "ep1", "Episode 1"), now=NOW)
    for one in given:
        transcripts.put(session, row.id or 0, one, now=next(LATER))
    if prefer:
        transcripts.prefer(session, row, prefer)
    best = transcripts.shown(session, row.id or 0)
    return f"{best.source} {best.model}".strip() if best else ""


@pytest.mark.parametrize("given", [list(Source), list(reversed(Source))])
def test_what_people_wrote_goes_before_what_machines_transcribed(engine: Engine, given: list[Source]) -> None:
    with writing(engine) as session:
        assert shown(session, *map(transcript, given)) == "captions"


def test_whisper_goes_before_automatic_captions_and_the_newer_model_before_the_older(engine: Engine) -> None:
    models = [transcript(Source.WHISPER, "base.en"), transcript(Source.WHISPER, "small.en")]
    with writing(engine) as session:
        assert shown(session, *models, transcript(Source.AUTO_CAPTIONS)) == "whisper small.en"


@pytest.mark.parametrize(
    ("marked", "kind", "best"),
    [(2, MarkKind.LOOP, "captions"), (3, MarkKind.LOOP, "whisper base.en"), (8, MarkKind.PUNCTUATION, "captions")],
)
def test_a_transcript_full_of_grave_marks_loses(engine: Engine, marked: int, kind: str, best: str) -> None:
    doubtful = transcript(Source.CAPTIONS, "", marked, kind)
    with writing(engine) as session:
        assert shown(session, doubtful, transcript(Source.WHISPER, "base.en")) == best


def test_two_doubtful_ones_go_by_source_and_one_without_words_is_last(engine: Engine) -> None:
    with writing(engine) as session:
        assert (
            shown(session, transcript(Source.WHISPER, "base.en", 8), transcript(Source.CAPTIONS, "", 8)) == "captions"
        )
        assert (
            shown(session, transcript(Source.CAPTIONS, segments=0), transcript(Source.WHISPER, "base.en", 8))
            == "whisper base.en"
        )


def test_what_a_person_prefers_is_shown_until_it_is_undone(engine: Engine) -> None:
    with writing(engine) as session:
        given = [transcript(Source.CAPTIONS), transcript(Source.WHISPER, "base.en")]
        assert shown(session, *given, prefer="whisper") == "whisper base.en"
        assert shown(session, transcript(Source.WHISPER, "small.en"), transcript(Source.IMPORT)) == "whisper small.en"
        assert shown(session, prefer="whisper base.en") == "whisper base.en"
        row = episodes.find(session, "ep1")
        episodes.put(session, EpisodeInfo("fake:1", "ep1", "Episode 1, renamed"), now=NOW)
        assert shown(session, transcript(Source.WHISPER, "turbo")) == "whisper base.en"
        transcripts.prefer(session, row, "")
        assert shown(session) == "captions"


def test_a_transcript_that_is_not_there_cannot_be_preferred(engine: Engine) -> None:
    with writing(engine) as session, pytest.raises(NotFound, match="captions en"):
        shown(session, transcript(Source.CAPTIONS), prefer="whisper")


def test_words_come_back_as_they_were_put_and_so_do_those_of_an_older_catalog(engine: Engine) -> None:
    words = (Word(0.3, 0.6, "The", 0.91), Word(0.6, 1.4, "ferry", None))
    said = Transcript(
        (Segment(0.3, 1.4, "The ferry", words=words), Segment(2, 3, "sails")), Source.WHISPER, "base", "en"
    )
    with writing(engine) as session:
        row, _ = episodes.put(session, EpisodeInfo("fake:1", "ep1", "Episode 1"), now=NOW)
        kept, _ = transcripts.put(session, row.id or 0, said, now=NOW)
        assert transcripts.load(session, kept) == said
        first = session.exec(select(SegmentRow).where(SegmentRow.position == 0)).one()
        assert len(str(first.detail)) < 80
        first.detail = {"words": [asdict(word) for word in words]}
        session.add(first)
        session.flush()
        assert transcripts.load(session, kept) == said
