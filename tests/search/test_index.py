from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from episodes import database
from episodes.models import Article, Episode, Passage, Segment, Transcript
from episodes.search import index
from episodes.search.backends import backend_of
from episodes.search.find import find
from tests.search.town import Newsroom

OLD = ["The lantern festival was opened by the brass band.", "Fireworks followed at ten."]
NEW = ["The lantern festival was cancelled because of the wind.", "There will be a second try."]


def starts(session: Session, words: str) -> list[float | None]:
    return [hit.start for hit in find(session, words).hits]


def state(session: Session) -> list[tuple[int | None, str]]:
    rows = session.exec(select(Passage.id, Passage.text).order_by(Passage.id))
    return [(number, words) for number, words in rows]


def rows(session: Session) -> int:
    return session.connection().execute(text("SELECT count(*) FROM passage_index")).scalar_one()


def test_the_same_again_changes_nothing(newsroom) -> None:
    transcript = newsroom.episode("1", "Lanterns", OLD)
    article = newsroom.article("https://paper.example/1", "Lanterns", OLD, dek="A dek of its own")
    before = state(newsroom.session)

    assert index.index_transcript(newsroom.session, transcript) is False
    assert index.index_episode(newsroom.session, 1) is False
    assert index.index_article(newsroom.session, article) is False
    assert state(newsroom.session) == before
    assert rows(newsroom.session) == len(before) == 2


def test_new_words_are_found_and_old_ones_are_not(newsroom) -> None:
    session = newsroom.session
    transcript = newsroom.episode("1", "Lanterns", OLD)
    for segment in session.exec(select(Segment).where(Segment.transcript_id == transcript)):
        segment.text = NEW[segment.position]

    assert index.index_transcript(session, transcript) is True
    assert starts(session, "cancelled") == [0.0]
    assert starts(session, "second") == [10.0]
    assert starts(session, "fireworks") == []


def test_another_transcript_is_shown(newsroom) -> None:
    session = newsroom.session
    old = newsroom.episode("1", "Lanterns", OLD)
    new = newsroom.transcript(1, NEW, source="captions")
    session.get_one(Transcript, old).shown = False

    assert index.index_episode(session, 1) is True
    assert starts(session, "fireworks") == []
    assert starts(session, "lantern") == [0.0]
    assert {row.transcript_id for row in session.exec(select(Passage))} == {new}
    assert index.index_episode(session, 1) is False


def test_a_new_title_is_found(newsroom) -> None:
    session = newsroom.session
    newsroom.episode("1", "Lanterns", OLD)
    newsroom.article("https://paper.example/1", "Lanterns", OLD)
    session.get_one(Episode, 1).title = "Fire and light"
    session.get_one(Article, 1).title = "Fire and light"

    assert index.index_episode(session, 1) is True
    assert index.index_article(session, 1) is True
    assert [hit.title for hit in find(session, '"fire and light"').hits] == ["Fire and light"] * 2
    assert index.index_article(session, 1) is False


def test_what_goes_leaves_the_index(newsroom) -> None:
    session = newsroom.session
    newsroom.episode("1", "Lanterns", OLD)
    newsroom.article("https://paper.example/1", "Lanterns", OLD)
    for row in (session.get_one(Episode, 1), session.get_one(Article, 1)):
        session.delete(row)
    session.flush()

    assert rows(session) == 0
    assert find(session, "lantern").hits == ()
    assert index.index_transcript(session, 1) is False
    assert index.index_article(session, 1) is False


def test_what_is_not_indexed_yet(newsroom) -> None:
    session = newsroom.session
    newsroom.episode("1", "Lanterns", OLD)
    newsroom.episode("2", "Nothing was said", [])
    newsroom.article("https://paper.example/1", "Lanterns", [])
    assert index.unindexed(session) == ([], [])

    session.connection().execute(text("DELETE FROM passage"))
    assert index.unindexed(session) == ([1, 2], [1])
    assert index.rebuild(session) == (2, 1)
    assert index.unindexed(session) == ([], [])
    assert starts(session, "fireworks") == [10.0]
    assert [hit.episode for hit in find(session, "nothing").hits] == ["2"]


def test_rebuilding_gives_the_same_answers(newsroom) -> None:
    newsroom.episode("1", "Lanterns", OLD)
    newsroom.article("https://paper.example/1", "Lanterns", NEW)
    before = find(newsroom.session, "lantern").hits

    for _ in range(2):
        assert index.rebuild(newsroom.session) == (1, 1)
        assert find(newsroom.session, "lantern").hits == before
        assert rows(newsroom.session) == 2


def test_a_transaction_that_fails_leaves_the_old_words(engine: Engine, newsroom) -> None:
    transcript = newsroom.episode("1", "Lanterns", OLD)
    newsroom.session.commit()

    def fail() -> None:
        with database.writing(engine) as session:
            session.connection().execute(text("DELETE FROM segment WHERE position = 1"))
            index.index_transcript(session, transcript)
            assert starts(session, "fireworks") == []
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.reading(engine) as session:
        assert starts(session, "fireworks") == [10.0]


def test_segments_without_words_and_with_strange_times(newsroom) -> None:
    newsroom.episode("1", "Odd", ["♪", "", "lantern", "…"], seconds=0.0)
    newsroom.episode("2", "Odd", ["lantern"], seconds=-5.0)

    assert starts(newsroom.session, "lantern") == [0.0, 0.0]


def test_one_long_segment_is_found_at_its_minute(newsroom) -> None:
    spoken = " ".join(f"word{number:03}" for number in range(600))
    newsroom.episode("1", "Monologue", [spoken], seconds=600.0)

    [start] = starts(newsroom.session, "word300")
    assert start == pytest.approx(300, abs=20)


def test_long_titles_are_indexed_as_far_as_they_go(newsroom) -> None:
    title = "ding " * 100 + " ".join(f"dong{number}" for number in range(1000))
    newsroom.article("https://paper.example/1", title, ["ding " * 300])

    assert find(newsroom.session, '"ding ding" dong10').hits
    assert not find(newsroom.session, "dong900").hits


def test_the_index_can_be_made_and_removed_twice(engine: Engine) -> None:
    with engine.begin() as connection:
        backend_of(connection).create(connection)
        backend_of(connection).drop(connection)
        backend_of(connection).drop(connection)
        backend_of(connection).create(connection)
        backend_of(connection).create(connection)
    with database.reading(engine) as session:
        assert find(session, "anything").hits == ()


SPOIL = {
    "sqlite": "UPDATE passage_index SET body = 'nothing' WHERE rowid = :id",
    "postgresql": """UPDATE passage_index SET lexemes = CAST('nothing:1' AS tsvector) WHERE passage_id = :id""",
}


def test_differences_are_told(newsroom) -> None:
    session = newsroom.session
    transcript = newsroom.episode("1", "Lanterns", OLD * 40)
    newsroom.episode("2", "Lanterns", OLD)
    newsroom.article("https://paper.example/1", "Lanterns", OLD)
    assert list(index.differences(session)) == []

    of_first = select(Passage.id).where(Passage.transcript_id == transcript)
    connection = session.connection()
    last = max(number or 0 for number in session.exec(of_first))
    connection.execute(text(SPOIL[connection.dialect.name]), {"id": last})
    connection.execute(text("DELETE FROM passage WHERE article_id = 1"))
    connection.execute(text("UPDATE transcript SET shown = false WHERE id = 2"))

    assert list(index.differences(session)) == [
        "episode 1 is not indexed as it is",
        "article https://paper.example/1 is not indexed as it is",
        "episode 2 has a transcript that is found though it is not shown",
    ]
    connection.execute(text("UPDATE transcript SET shown = true WHERE id = 2"))
    index.rebuild(session)
    assert list(index.differences(session)) == []


def test_a_damaged_index_is_told(sqlite_engine: Engine) -> None:
    with database.writing(sqlite_engine) as session:
        Newsroom(session).episode("1", "Lanterns", OLD)
        connection = session.connection()
        connection.execute(text("INSERT INTO passage_index(rowid, title, body, forms) VALUES (99, '', 'lost', '')"))
        connection.execute(text("UPDATE passage_index_content SET c1 = 'something else' WHERE id = 1"))

        told = list(index.differences(session))

    assert any("damaged" in line for line in told)
    assert "1 rows of the index belong to no passage" in told


def test_a_moment_begins_at_its_word(newsroom) -> None:
    session = newsroom.session
    newsroom.episode("1", "Lanterns", OLD)
    first = session.exec(select(Segment).where(Segment.position == 0)).one()
    spoken = first.text.split()
    times = [{"text": word, "start": 1.0 + number, "end": 1.5 + number} for number, word in enumerate(spoken)]
    first.detail = {"words": times}
    session.flush()

    assert starts(session, "brass") == [1.0 + spoken.index("brass")]
    assert starts(session, '"the brass band"') == [1.0 + spoken.index("brass") - 1]
    assert starts(session, "fireworks") == [10.0]
    first.detail = {"words": times[:3], "avg_logprob": -0.2}
    session.flush()

    assert starts(session, "brass") == [0.0]
