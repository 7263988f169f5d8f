"""The pages ``/help``: every topic, its neighbours, and what an unknown one gives."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from episodes.help.topics import topics
from tests.web.reading import Page


def test_the_contents_name_every_topic(client: TestClient) -> None:
    page = Page(client.get("/help").text)

    assert page.text("//h1") == "Help"
    assert page.all("//main//li/a/@href") == [f"/help/{name}" for name in topics()]
    assert page.all("//footer//a[@href='/help']")


@pytest.mark.parametrize("name", topics())
def test_a_topic_is_a_page(client: TestClient, name: str) -> None:
    page = Page(client.get(f"/help/{name}").text)

    assert page.text("//h1") == topics()[name].title
    assert page.text("//title").startswith(topics()[name].title)
    assert page.all("//nav[@aria-label='Help']//a[@aria-current]/@href") == [f"/help/{name}"]
    assert all(
        client.get(address).status_code == 200 for address in page.all("//article//a[starts-with(@href, '/')]/@href")
    )


def test_a_command_leads_to_its_topic(client: TestClient) -> None:
    assert Page(client.get("/help/confirm").text).text("//h1") == topics()["links"].title


def test_an_unknown_topic_is_not_found_and_names_the_nearest(client: TestClient) -> None:
    answer = client.get("/help/serch")
    page = Page(answer.text)

    assert answer.status_code == 404
    assert page.all("//*[@class='nothing']/a/@href")[0] == "/help/search"
    assert "<script>" not in client.get("/help/<script>alert(1)<%2Fscript>").text
    assert client.get("/help/" + "x" * 5000).status_code == 404
