"""``nir passages``: for scripts by contract, for people with the difference of a misquote; and where else places show."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran

Nir = Callable[..., Ran]
EPISODE = {
    "id": "ep-12",
    "title": "News in Review – Episode 12: The bridge",
    "date": "2026-05-01",
    "url": "https://www.youtube.com/watch?v=NiRsample12",
    "show": "News in Review",
    "segments": [
        {"start": 0, "end": 4, "text": "Good evening from the harbour.", "speaker": "Host"},
        {
            "start": 65,
            "end": 70,
            "text": "The new bridge will cost forty million, the mayor told us.",
            "speaker": "Host",
        },
    ],
}
PAGE = {
    "url": "https://harbour.example/bridge",
    "title": "Council votes for the bridge",
    "date": "2026-05-02",
    "paragraphs": [
        "Harbour Channel – News in Review – Episode 12.",
        "The mayor was plain: “The new bridge will cost fourteen million.” [sic]",
    ],
}


@pytest.fixture
def catalog(nir: Nir, tmp_path: Path) -> Path:
    (tmp_path / "episodes.jsonl").write_text(json.dumps(EPISODE))
    (tmp_path / "articles.jsonl").write_text(json.dumps(PAGE))
    assert nir("import", tmp_path / "episodes.jsonl").code == 0
    assert nir("articles", "add", tmp_path / "articles.jsonl").code == 0
    assert "1 aligned" in nir("link").out
    return tmp_path


def test_scripts_get_the_contract(nir: Nir, catalog: Path) -> None:
    places = json.loads(nir("passages", "12", "--json").out)
    (quote,) = (one for one in places if one["kind"] == "quote")

    assert {"article", "paragraph", "start", "end", "kind", "score"} <= set(quote)
    assert (quote["article"], quote["paragraph"], quote["start"]) == (PAGE["url"], 1, 65.0)
    assert quote["text"] == "The new bridge will cost fourteen million."
    assert quote["said"] == "The new bridge will cost forty million"
    assert (quote["misquote"], quote["difference"]) == (True, [{"written": "fourteen", "said": "forty"}])
    assert quote["url"] == "https://www.youtube.com/watch?v=NiRsample12&t=65s"


def test_a_person_sees_the_misquote(nir: Nir, catalog: Path) -> None:
    shown = nir("passages", "12").out

    assert "Council votes for the bridge" in shown
    assert "1:05  quote" in shown
    assert "differs: “fourteen” was written, “forty” was said" in shown


def test_an_episode_shows_how_much_was_said(nir: Nir, catalog: Path) -> None:
    assert "of 2 paragraphs were said: nir passages ep-12" in nir("show", "12").out
    assert json.loads(nir("show", "12", "--json").out)["aligned"][PAGE["url"]] >= 1
    assert "[1:05](https://www.youtube.com/watch?v=NiRsample12&t=65s) " in nir("export", "12", "--format", "md").out


def test_a_rejected_article_has_no_passages_and_a_confirmed_one_has(nir: Nir, catalog: Path) -> None:
    (link,) = json.loads(nir("links", "--json").out)
    nir("reject", link["id"])
    assert json.loads(nir("passages", "12", "--json").out) == []
    unlinked = nir("passages", "12").out
    assert "no article is linked to this episode" in unlinked
    assert "nir links --status proposed" in unlinked

    nir("confirm", link["id"])
    assert json.loads(nir("passages", "12", "--json").out) != []


def test_an_unknown_episode_is_named(nir: Nir, catalog: Path) -> None:
    result = nir("passages", "nobody")

    assert result.code != 0
    assert "nobody" in result.err


def test_a_linked_article_whose_words_were_not_said_is_told_from_none(nir: Nir, tmp_path: Path) -> None:
    page = {
        **PAGE,
        "paragraphs": [
            PAGE["paragraphs"][0],
            "Gardeners grow tulips in winter, and sell seven kinds of bulbs on Sundays.",
        ],
    }
    (tmp_path / "episodes.jsonl").write_text(json.dumps(EPISODE))
    (tmp_path / "articles.jsonl").write_text(json.dumps(page))
    nir("import", tmp_path / "episodes.jsonl")
    nir("articles", "add", tmp_path / "articles.jsonl")
    nir("link")
    assert [link["status"] for link in json.loads(nir("links", "--json").out)] == ["linked"]
    assert "no aligned paragraphs yet" in nir("passages", "12").out
