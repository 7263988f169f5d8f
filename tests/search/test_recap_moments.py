"""A few hours of a real show: its gold moments are found by their titles, and indexing again changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from sqlmodel import Session, select

from episodes import database
from episodes.models import Episode, Passage, Segment, Transcript
from episodes.search import index
from episodes.search.find import find
from tests.quality import recap

EPISODES = 6
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def lines(name: str, count: int | None = None) -> list[dict[str, Any]]:
    with (recap.FOLDER / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in islice(file, count)]


def put(session: Session, one: dict[str, Any]) -> None:
    episode = Episode(identity=one["id"], key=one["id"], title=one["title"], updated_at=NOW)
    session.add(episode)
    session.flush()
    transcript = Transcript(episode_id=episode.id or 0, source="import", shown=True, checksum="", created_at=NOW)
    session.add(transcript)
    session.flush()
    columns = ("start", "end", "text", "speaker")
    rows = [
        {"transcript_id": transcript.id, "position": at, **{name: part[name] for name in columns}}
        for at, part in enumerate(one["segments"])
    ]
    session.execute(insert(Segment), rows)


@pytest.mark.skipif(not recap.FOLDER.is_dir(), reason=recap.ABSENT)
def test_gold_moments_are_found_by_their_titles(sqlite_engine: Engine) -> None:
    episodes = lines("episodes", EPISODES)
    known = {one["id"] for one in episodes}
    gold = [one for one in lines("passages") if one["episode"] in known and len(one["title"].split()) >= 4]
    with database.writing(sqlite_engine) as session:
        for one in episodes:
            put(session, one)
        assert index.rebuild(session) == (EPISODES, 0)
        assert not any(index.index_episode(session, number) for number in range(1, EPISODES + 1))

    found = 0
    with database.reading(sqlite_engine) as session:
        for one in gold:
            hits = find(session, one["title"]).hits
            found += any(hit.episode == one["episode"] and abs((hit.start or 0) - one["start"]) <= 60 for hit in hits)
        last = session.exec(select(Segment).where(Segment.transcript_id == 1).order_by(Segment.position.desc())).first()
        said = find(session, f'"{last.text}"').hits
        assert len(session.exec(select(Passage.id)).all()) > 100 * EPISODES

    assert len(gold) > 15
    assert found / len(gold) >= 0.9
    assert said[0].end == last.end
