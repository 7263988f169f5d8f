"""Names of any length and content are kept alike on both databases, and found again by what was given."""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from episodes.catalog import addresses, articles, episodes, outcomes, shows, sites, transcripts
from episodes.database import connect, reading, writing
from episodes.errors import ArticleError, Usage
from episodes.migrations import migrate
from episodes.names import LONGEST, SHORT, bounded
from episodes.urls import canonical
from episodes.values import ArticleText, EpisodeInfo, Listed, Outcome, ParagraphText, State
from transcripts.words import Segment, Source, Transcript

NOW = datetime(2026, 5, 4, tzinfo=UTC)
LETTERS = {"ascii": string.ascii_letters + string.digits, "han": "".join(map(chr, range(0x4E00, 0x9FA0)))}


def long(letters: str = LETTERS["ascii"], size: int = 20_000) -> str:
    """Text that does not compress."""
    return "".join(random.Random(size).choices(letters, k=size))


@given(st.text(st.characters(), max_size=60), st.integers(1, 60), st.sampled_from([LONGEST, SHORT]))
def test_a_name_is_short_and_stays_what_it_is(part: str, times: int, longest: int) -> None:
    name = part * times
    kept = bounded(name, longest)

    assert len(kept.encode()) <= longest
    assert bounded(kept, longest) == kept
    assert "\x00" not in kept
    if name.isprintable() and len(name.encode()) <= longest:
        assert kept == name


def test_long_names_that_differ_at_their_end_stay_apart() -> None:
    assert bounded(long() + "a") != bounded(long() + "b")


def test_values_have_their_names_as_they_are_kept() -> None:
    info = EpisodeInfo(long(), long(), "The harbour")

    assert (info.identity, info.key) == (bounded(long()), bounded(long()))
    assert Listed(long(), "https://video.example/1").identity == bounded(long())


@pytest.mark.parametrize("script", LETTERS)
def test_whatever_is_indexed_takes_long_names(engine: Engine, script: str) -> None:
    """Twice, by a value of 60 kB in its first and a little different in the second of two rows."""
    one, other = (long(LETTERS[script]) + end for end in "ab")
    for _ in range(2):
        with writing(engine) as session:
            put_all(session, one)
            put_all(session, other)

    with reading(engine) as session:
        assert [row.key for row in episodes.newest_first(session)] == [bounded(other), bounded(one)]
        assert episodes.find(session, one).identity == bounded(one)
        assert articles.find(session, one).title == "The harbour"
        assert outcomes.known(session, "update", [one, other, "none"]) == {bounded(one), bounded(other)}
        assert len(sites.listed(session)) == 2
        assert len(transcripts.of_episode(session, 1)) == 1


def put_all(session: Session, name: str) -> None:
    row, _ = episodes.put(session, EpisodeInfo(name, name, "The harbour"), now=NOW)
    said = Transcript((Segment(0.0, 1.0, "The ferry"),), Source.IMPORT, model=name, language=name)
    transcripts.put(session, row.id or 0, said, now=NOW)
    page, _ = articles.put(session, ArticleText(name, "The harbour", (ParagraphText("A ferry."),)), now=NOW)
    addresses.add(session, page.id or 0, name)
    outcomes.record(session, "update", Outcome(name, State.DONE), now=NOW)
    outcomes.enqueue(session, "update", [(name, "", {})], now=NOW)
    sites.add(session, name, kind="feed", title="", state={}, now=NOW)


def test_an_address_that_leads_nowhere_is_refused_at_its_door(engine: Engine) -> None:
    address = f"https://paper.example/{long()}"

    with pytest.raises(ArticleError, match="longer than 2000 bytes"):
        canonical(address)
    with pytest.raises(Usage, match="longer than 2000 bytes"), writing(engine) as session:
        shows.add(session, address, title="", match="", now=NOW)


def test_older_catalogs_get_bounded_names(engine: Engine) -> None:
    """SQLite took them, PostgreSQL those that compress."""
    name = "harbour " * 1000
    with writing(engine) as session:
        put_all(session, "short")
    with engine.begin() as connection:
        for table, column in (("episode", "identity"), ("episode", "key"), ("article", "url"), ("outcome", "item")):
            connection.execute(text(f'UPDATE {table} SET "{column}" = :name WHERE id = 1'), {"name": name})
        connection.execute(text("UPDATE alembic_version SET version_num = '0007'"))
    migrate(engine)

    with reading(engine) as session:
        assert episodes.of_identity(session, name).key == bounded(name)
        assert [(one.url, one.extra) for one in articles.every(session)] == [(bounded(name), {"address": name})]
        assert outcomes.known(session, "update", [name]) == {bounded(name)}


def test_a_catalog_with_overlong_names_moves_to_postgresql(tmp_path: Path, postgres_engine: Engine) -> None:
    from episodes.catalog.copying import copy

    old = connect(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(old)
    with writing(old) as session:
        put_all(session, "short")
    with old.begin() as connection:
        connection.execute(text("UPDATE episode SET identity = :name, key = :name"), {"name": long()})
    with old.connect() as source, postgres_engine.begin() as target:
        list(copy(source, target))
    old.dispose()

    with reading(postgres_engine) as session:
        assert episodes.find(session, long()).title == "The harbour"
