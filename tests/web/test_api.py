"""The JSON API: the command line's documents, described by OpenAPI, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Engine
from starlette.testclient import TestClient

from episodes.database import reading, writing
from episodes.documents import alignment, articles, episodes, links, outcomes, search, transcripts
from episodes.pipeline.searching import searched
from episodes.web.app import application
from episodes.web.settings import Site
from tests.conftest import Ran
from tests.web.conftest import fill
from transcripts.captions.feed_json import read_feed_json
from transcripts.formats import read_json


@pytest.mark.parametrize(
    ("address", "shape"),
    [
        ("/api/search?q=bridge", list[search.Hit]),
        ("/api/episodes", list[episodes.ListedEpisode]),
        ("/api/episodes?show=Valley%20Sport", list[episodes.ListedEpisode]),
        ("/api/episodes/ep-12", episodes.WholeEpisode),
        ("/api/episodes/evil", episodes.WholeEpisode),
        ("/api/articles", list[articles.Article]),
        ("/api/links", list[links.Link]),
        ("/api/links?status=rejected&episode=ep-12", list[links.Link]),
        ("/api/episodes/ep-12/transcript.json", transcripts.TimedWords),
        ("/api/episodes/ep-12/passages", list[alignment.AlignedParagraph]),
        ("/api/episodes/ep-13/passages", list[alignment.AlignedParagraph]),
        ("/api/article?url=https://paper.example/bridge", articles.WholeArticle),
        ("/api/article?url=javascript:alert(4)", articles.WholeArticle),
        ("/api/episodes/nobody", outcomes.Error),
        ("/api/search?limit=0", outcomes.Error),
    ],
)
def test_documents_are_as_they_are_described(client: TestClient, address: str, shape: type[BaseModel]) -> None:
    given = client.get(address)

    assert given.json()
    TypeAdapter(shape).validate_json(given.content, strict=True)


def test_every_address_is_described(client: TestClient) -> None:
    described = client.get("/openapi.json").json()

    assert sorted(described["paths"]) == [
        "/api/article",
        "/api/articles",
        "/api/episodes",
        "/api/episodes/{key}",
        "/api/episodes/{key}/passages",
        "/api/episodes/{key}/transcript.{form}",
        "/api/links",
        "/api/search",
    ]
    for path, methods in described["paths"].items():
        assert list(methods) == ["get"]
        assert {"200", "422"} <= set(methods["get"]["responses"]), path
        assert methods["get"]["description"]


def test_a_search_gives_what_the_search_gives(client: TestClient, filled: Engine) -> None:
    with reading(filled) as session:
        hits = [search.Hit.of(one).as_dict() for one in searched(session, "bridge", where="said", limit=3)[1]]

    assert client.get("/api/search?q=bridge&in=said&limit=3").json() == json.loads(json.dumps(hits))
    assert hits


def test_links_have_their_evidence(client: TestClient) -> None:
    (link,) = client.get("/api/links?status=linked&episode=ep-12").json()

    assert (link["episode"], link["article"], link["confidence"]) == ("ep-12", "https://paper.example/bridge", 0.98)
    assert [why["kind"] for why in link["evidence"]] == ["name", "date"]


def test_an_article_tells_when_its_paragraphs_were_said(client: TestClient) -> None:
    article = client.get("/api/article", params={"url": "https://paper.example/bridge"}).json()
    first, second, third = article["paragraphs"]

    assert (article["title"], article["authors"]) == ("Council votes for the bridge", ["Ida Fennwick"])
    assert first["said"] == []
    assert [(one["episode"], one["start"], one["kind"]) for one in second["said"]] == [("ep-12", 4.0, "paraphrase")]
    assert third["said"][0]["difference"] == [{"written": "ninety", "said": "eighty"}]
    assert third["said"][0]["misquote"] is True
    assert [link["episode"] for link in article["links"]] == ["ep-12"]


def test_lists_are_taken_in_parts(client: TestClient) -> None:
    first = client.get("/api/episodes?limit=1")
    rest = client.get("/api/episodes?limit=100&offset=1")

    assert first.headers["x-total-count"] == rest.headers["x-total-count"] == "4"
    assert [one["episode"] for one in first.json() + rest.json()] == ["sport-1", "ep-13", "ep-12", "evil"]


@pytest.mark.parametrize("address", ["/api/episodes", "/api/articles", "/api/links"])
def test_a_part_is_a_part_of_the_whole(client: TestClient, address: str) -> None:
    whole = client.get(address).json()
    parts = [client.get(f"{address}?limit=1&offset={at}").json() for at in range(len(whole) + 1)]

    assert parts == [*([one] for one in whole), []]
    assert len(whole) >= 4


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("vtt", "text/vtt; charset=utf-8", "WEBVTT\n\n00:00:00.000 --> 00:00:04.000\n<v Host>Good evening"),
        ("md", "text/markdown; charset=utf-8", "# News in Review – Episode 12: The bridge"),
        ("srt", "application/x-subrip; charset=utf-8", "1\n00:00:00,000 --> 00:00:04,000\nGood evening"),
        ("txt", "text/plain; charset=utf-8", "Host: Good evening"),
        ("tsv", "text/tab-separated-values; charset=utf-8", "start\tend\ttext\n0\t4000\tGood evening"),
    ],
)
def test_transcripts_in_every_format(client: TestClient, form: str, kind: str, begins: str) -> None:
    answer = client.get(f"/api/episodes/ep-12/transcript.{form}")

    assert answer.headers["content-type"] == kind
    assert answer.text.startswith(begins)


def test_the_json_transcript_is_lossless(client: TestClient) -> None:
    transcript = read_json(client.get("/api/episodes/ep-12/transcript.json").text)

    assert [segment.speaker for segment in transcript.segments] == ["Host", "Editor", "Editor", "Host", "Host", "Host"]
    assert transcript.segments[-1].end == 99.0


def test_the_feeds_json_is_what_podcast_players_read(client: TestClient) -> None:
    segments = read_feed_json(client.get("/feed/ep-12.json").json())

    assert [(segment.start, segment.text) for segment in segments][:2] == [
        (0.0, "Good evening from the harbour."),
        (4.0, "The council calls the new bridge a turning"),
    ]
    assert client.get("/feed/sport-1.json").status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/episodes/nobody", 404),
        ("/api/episodes/nobody/passages", 404),
        ("/api/article?url=https://nobody.example/", 404),
        ("/api/article", 422),
        ("/api/episodes/sport-1/transcript.vtt", 404),
        ("/api/episodes/ep-12/transcript.exe", 404),
        ("/api/links?episode=nobody", 404),
        ("/api/links?status=perhaps", 422),
        ("/api/search?limit=101", 422),
        ("/api/search?limit=many", 422),
        ("/api/episodes?offset=-1", 422),
        ("/api/nothing", 404),
    ],
)
def test_errors_are_documents(client: TestClient, address: str, status: int) -> None:
    answer = client.get(address)
    document: dict[str, Any] = answer.json()

    assert answer.status_code == status
    assert set(document) == {"error", "detail"}
    assert "Traceback" not in answer.text


def test_what_was_read_otherwise_is_said(client: TestClient) -> None:
    answer = client.get("/api/search", params={"q": "bridge " * 1000, "after": "last week"})

    assert answer.status_code == 200
    assert "cut to its first 4,000 characters" in answer.headers["x-note"]
    assert "is not a date" in answer.headers["x-note"]


@pytest.mark.parametrize(
    ("words", "address"),
    [
        (["episodes"], "/api/episodes"),
        (["articles"], "/api/articles"),
        (["links"], "/api/links"),
        (["links", "--status", "proposed"], "/api/links?status=proposed"),
        (["show", "ep-12"], "/api/episodes/ep-12"),
        (["passages", "ep-12"], "/api/episodes/ep-12/passages"),
        (["search", "bridge", "--in", "said"], "/api/search?q=bridge&in=said"),
    ],
    ids=str,
)
def test_documents_are_those_of_the_command_line(
    nir: Callable[..., Ran],
    sqlite_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    words: list[str],
    address: str,
) -> None:
    monkeypatch.setenv("NIR_DATABASE_URL", str(sqlite_engine.url))
    with writing(sqlite_engine) as session:
        fill(session)
    client = TestClient(application(Site(sqlite_engine, tmp_path)))
    document = nir(*words, "--json").json

    assert client.get(address).json() == document
    assert document
