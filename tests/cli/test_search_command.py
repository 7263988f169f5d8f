"""`nir search` as people and pipes use it, and `nir reindex --check`."""

from __future__ import annotations

import json
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from episodes.cli import opening
from episodes.database import writing
from tests.conftest import Ran

Nir = Callable[..., Ran]
SAID = [
    "Good evening from the harbour, where the new bridge was opened by the mayor and a brass band.",
    "It took eleven years, three mayors and one flood until the first cart rolled over it this morning,",
    "pulled by two horses that were not impressed at all, while the old ferry lay at the quay for the last time.",
    "The toll is two crowns, and the toll keeper has a new hat.",
]
EPISODE = {
    "id": "ep-12",
    "title": "The bridge",
    "date": "2026-05-01",
    "url": "https://www.youtube.com/watch?v=NiRsample12",
    "show": "News in Review",
    "segments": [
        {"start": at * 6, "end": at * 6 + 6, "text": words, "speaker": "Editor" if at == 3 else "Host"}
        for at, words in enumerate(SAID)
    ],
}
PAGE = {"url": "https://harbour.example/bridge", "title": "A bridge", "paragraphs": ["The bridge is open."]}


@pytest.fixture
def catalog(nir: Nir, tmp_path: Path) -> None:
    (tmp_path / "episodes.jsonl").write_text(json.dumps(EPISODE))
    (tmp_path / "articles.jsonl").write_text(json.dumps(PAGE))
    assert nir("import", tmp_path / "episodes.jsonl").code == 0
    assert nir("articles", "add", tmp_path / "articles.jsonl").code == 0


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a browser was asked to open."""
    asked: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: not asked.append(url))
    return asked


def test_hits_are_numbered_and_counted(nir: Nir, catalog: None) -> None:
    found = nir("search", "bridge")

    assert [line[:2] for line in found.out.splitlines() if line[:1].isdigit()] == ["1.", "2."]
    assert "1 moment in 1 episode, 1 paragraph in 1 article" in found.err
    assert "\x1b" not in found.out


def test_what_has_only_some_words_says_so(nir: Nir, catalog: None) -> None:
    found = nir("search", "brass band elephants")

    assert "missing: elephants" in found.out
    assert "some of them" in found.err


def test_how_it_was_read_and_what_was_meant(nir: Nir, catalog: None) -> None:
    found = nir("search", "brigde", "title:brid*")

    assert "read as" not in nir("search", "Bridge").err
    assert 'read as: "bridge 12"' in nir("search", "bridge-12").err
    assert "did you mean: bridge title:brid*" in found.err
    assert "did you mean" not in found.out
    misspelt = nir("search", "brigde")
    assert misspelt.err.splitlines() == ["no results", "did you mean: bridge"]


def test_the_words_around(nir: Nir, catalog: None) -> None:
    short, usual, wide = (nir("search", "ferry", *more).out for more in (["--context", "4"], [], ["--context", "90"]))

    assert len(short) < len(usual) < len(wide)
    assert "Good evening" in wide
    assert nir("search", "ferry", "--context", "0").code == 2


def test_a_moment_is_opened(nir: Nir, catalog: None, opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    shown = nir("search", "toll", "--open", "1")

    assert opened == ["https://www.youtube.com/watch?v=NiRsample12&t=18s"]
    assert shown.code == 0


def test_without_a_browser_the_address_is_told(
    nir: Nir, catalog: None, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = nir("search", "toll", "--open", "1")
    assert (opened, piped.out.splitlines()[-2].strip()) == ([], "https://www.youtube.com/watch?v=NiRsample12&t=18s")

    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    assert "t=18s" in nir("search", "toll", "--open", "1").out


def test_a_moment_that_is_not_there_cannot_be_opened(nir: Nir, catalog: None, opened: list[str]) -> None:
    wrong = nir("search", "toll", "--open", "7")

    assert (wrong.code, opened) == (2, [])
    assert "no result 7" in wrong.err


def test_by_speaker_and_show(nir: Nir, catalog: None) -> None:
    assert "without" not in nir("search", "toll speaker:editor").out
    assert nir("search", "mayor speaker:editor").out == ""
    assert "No show is called nobody" in nir("search", "toll show:nobody").err


def test_a_pipe_that_closes_is_no_error(nir: Nir, catalog: None) -> None:
    code = "from episodes.cli import main; main()"
    command = f"{sys.executable} -c '{code}' search the --limit 1000 | head -n 1"
    ran = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)

    assert ran.stdout.startswith("1. ")
    assert "Traceback" not in ran.stderr


def test_the_index_is_checked(nir: Nir, catalog: None) -> None:
    whole = nir("reindex", "--check")
    assert (whole.code, "the index matches the catalog" in whole.out) == (0, True)

    engine = opening.open_catalog()
    with writing(engine) as session:
        session.connection().execute(text("UPDATE segment SET text = 'The toll is four crowns.' WHERE position = 3"))
        session.connection().execute(text("UPDATE article SET title = 'Another title'"))
    engine.dispose()
    broken = nir("reindex", "--check")

    assert broken.code == 1
    assert "episode ep-12" in broken.out
    assert "article https://harbour.example/bridge" in broken.out
    assert nir("search", "four crowns toll").out.count("missing: four") == 1
    assert nir("reindex").code == 0
    assert nir("reindex", "--check").code == 0


def test_what_changes_is_found_at_once(nir: Nir, catalog: None, tmp_path: Path) -> None:
    segments = [*EPISODE["segments"][:3], EPISODE["segments"][3] | {"text": "The toll is seven ducats."}]
    (tmp_path / "episodes.jsonl").write_text(json.dumps(EPISODE | {"segments": segments}))
    (tmp_path / "articles.jsonl").write_text(json.dumps(PAGE | {"paragraphs": ["The viaduct is open."]}))
    assert nir("import", tmp_path / "episodes.jsonl").code == 0
    assert nir("articles", "add", tmp_path / "articles.jsonl").code == 0

    assert "seven ducats" in nir("search", "ducats").out
    assert "viaduct is open" in nir("search", "viaduct").out
    assert nir("search", '"two crowns"').out == nir("search", '"bridge is open"').out == ""
    assert nir("reindex", "--check").code == 0


def test_the_other_side_is_told(nir: Nir, tmp_path: Path) -> None:
    written = [
        "The harbour has a new bridge.",
        "“Pulled by two horses that were not impressed at all,” the paper wrote of the first cart.",
    ]
    page = PAGE | {
        "date": "2026-05-02",
        "paragraphs": [*written, "Watch it: https://www.youtube.com/watch?v=NiRsample12"],
    }
    (tmp_path / "episodes.jsonl").write_text(json.dumps(EPISODE | {"description": f"Read it: {PAGE['url']}"}))
    (tmp_path / "articles.jsonl").write_text(json.dumps(page))
    for command in (
        ("import", tmp_path / "episodes.jsonl"),
        ("articles", "add", tmp_path / "articles.jsonl"),
        ("link",),
    ):
        assert nir(*command).code == 0

    said = nir("search", '"two horses"', "--in", "said")
    [given] = json.loads(nir("search", '"first cart"', "--in", "written", "--json").out)

    assert "paragraph 2: Pulled by two horses" in said.out.replace("“", "")
    aligned = given["aligned"]
    assert (aligned["source"], aligned["episode"]) == ("said", "ep-12")
    assert aligned["start"] <= 12.0 < aligned["end"]
    assert list(given)[-2:] == ["score", "aligned"]


def test_a_word_to_leave_out_needs_two_dashes(nir: Nir, catalog: None) -> None:
    refused = nir("search", "bridge", "-toll")

    assert refused.code == 2
    assert "nir search -- water -storm" in refused.err
    assert "two dashes" not in nir("search", "bridge", "--limt", "3").err
    assert nir("search", "--", "bridge", "-toll").code == 0
