"""The export formats are listed once: commands, API and page offer the same, and each of them can be written."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from starlette.testclient import TestClient

from episodes.catalog import episodes, transcripts
from episodes.database import reading, writing
from episodes.models import Episode
from episodes.pipeline.exporting import Format, WordsFormat, export
from episodes.values import EpisodeInfo
from episodes.web.app import application
from episodes.web.settings import Site
from tests.conftest import Ran
from transcripts.formats import FORMATS
from transcripts.words import Segment, Transcript

NOW = datetime(2026, 5, 4, tzinfo=UTC)
NAMES = [str(form) for form in Format]
SAID = Transcript((Segment(0.0, 5.0, "The toll on the old bridge ends on Monday.", "Host"),))


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with writing(engine) as session:
        row, _ = episodes.put(session, EpisodeInfo("test:1", "one", "The bridge"), now=NOW)
        transcripts.put(session, row.id or 0, SAID, now=NOW)
    return engine


def choices(text: str) -> list[str]:
    """What stands between < and > behind --format in a command's help."""
    found = re.search(r"--format\s+-f\s+<([^>]*)>", text)
    assert found
    return found[1].split("|")


def test_the_formats_of_words_are_those_that_can_be_written_without_a_catalog() -> None:
    assert {str(form) for form in WordsFormat} == set(FORMATS)
    assert [form for form in Format if form not in FORMATS] == [Format.md]


def test_commands_offer_them(nir: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")

    assert choices(nir("export", "--help").out) == NAMES
    assert choices(nir("transcribe", "--help").out) == [str(form) for form in WordsFormat]


def test_the_api_describes_them(tmp_path: Path) -> None:
    described = application(Site(create_engine("sqlite://"), tmp_path)).app.app.openapi()
    got = described["paths"]["/api/episodes/{key}/transcript.{form}"]["get"]

    assert described["components"]["schemas"]["Format"]["enum"] == NAMES
    assert list(got["responses"]["200"]["content"]) == [form.media_type for form in Format]


@pytest.mark.parametrize("form", Format)
def test_each_can_be_had_everywhere(filled: Engine, tmp_path: Path, form: Format) -> None:
    written = io.StringIO()
    with reading(filled) as session:
        export(session, session.get_one(Episode, 1), SAID, form, written)
    with TestClient(application(Site(filled, tmp_path)), base_url="http://localhost") as client:
        page = client.get("/e/one").text
        downloads = dict(re.findall(r'href="([^"]*)" download="one\.(\w+)"', page))
        (address,) = (address for address, ending in downloads.items() if ending == form)
        got = client.get(address)

    assert form.about in page
    assert "The toll on the old bridge ends on Monday." in written.getvalue()
    assert got.text == written.getvalue()
    assert got.headers["content-type"].partition(";")[0] == form.media_type
