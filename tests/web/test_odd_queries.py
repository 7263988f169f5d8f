"""Anything can be typed: the page, its fragment and the API answer it, on both databases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.web.reading import Page

ODD = [
    "", " ", "covid-19", "c++", 'a"b', "(x OR y) z", "x AND", "NEAR(", "*", "-", '"', "OR OR", "title:", "in:nowhere", "after:soon",
    "\x00", "a\x00b", "\ud800", "🌉", "\u202ebridge", "'; DROP TABLE episode; --", "<script>alert(1)</script>",
    "%", "_", "\\", "${7*7}", "{{7*7}}",
    "bridge" * 800, "a" * 5000, "🌉 " * 900, "bridge " * 5000, "(" * 3000, "-" * 3000, "a OR " * 900,
]  # fmt: skip


@pytest.mark.parametrize("typed", ODD, ids=lambda typed: ascii(typed[:20]))
def test_odd_queries_are_answered(client: TestClient, typed: str) -> None:
    asked = {"q": typed.encode("utf-8", "surrogatepass")}
    page, fragment, api = (client.get(path, params=asked) for path in ("/", "/results", "/api/search"))

    assert [page.status_code, fragment.status_code, api.status_code] == [200, 200, 200]
    assert isinstance(api.json(), list)
    assert not Page(page.text).all("//script[not(@src)]")
    assert client.get("/e/ep-12", params=asked).status_code == client.get("/a/1", params=asked).status_code == 200


def test_a_long_question_is_cut_and_that_is_said(client: TestClient) -> None:
    page = Page(client.get("/", params={"q": "bridge " * 5000}).text)

    assert any("cut to its first 4,000 characters" in note for note in page.texts("//*[@class='note']"))
    assert len(page.one("//input[@name='q']/@value")) == 4000
    assert all(len(address) < 2000 for address in page.all("//a[@class='place']/@href"))


def test_an_endless_address_is_refused(client: TestClient) -> None:
    assert client.get("/", params={"q": "a" * 60_000}).status_code == 414


TEXT = st.text(max_size=60)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=TEXT, where=TEXT, show=TEXT, after=TEXT, before=TEXT, page=TEXT, t=TEXT)
def test_whatever_stands_in_an_address_is_answered(
    client: TestClient, q: str, where: str, show: str, after: str, before: str, page: str, t: str
) -> None:
    asked = {"q": q, "in": where, "show": show, "after": after, "before": before, "page": page, "t": t}

    for path in ("/", "/results", "/e/ep-12", "/a/1"):
        assert client.get(path, params=asked).status_code == 200
    assert client.get("/api/search", params=asked).status_code == 200


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=30).filter(lambda name: name not in (".", "..")))
def test_whatever_name_is_asked_for_is_no_error_of_ours(client: TestClient, name: str) -> None:
    from urllib.parse import quote

    safe = quote(name, safe="")
    for path in (
        f"/e/{safe}",
        f"/a/{safe}",
        f"/media/{safe}",
        f"/api/episodes/{safe}",
        f"/feed/{safe}.json",
        f"/{safe}",
    ):
        assert client.get(path).status_code in (200, 404)
    assert client.get("/episodes", params={"show": name}).status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "1.5", "x"])
def test_odd_article_numbers_are_not_there(client: TestClient, number: str) -> None:
    answer = client.get(f"/a/{number}")

    assert answer.status_code == 404
    assert Page(answer.text).text("//h1") == "Nothing was found at this address."
