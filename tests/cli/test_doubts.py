"""Doubts, corrections and glossaries through the command line: what is printed, the JSON, the exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran

Nir = Callable[..., Ran]
EPISODE = {
    "id": "ep-7",
    "title": "Episode 7",
    "date": "2026-05-01",
    "url": "https://www.youtube.com/watch?v=NiRsample07",
    "show": "News in Review",
    "segments": [
        {"start": 0, "end": 4, "text": "Good evening from [the harbour]."},
        {"start": 4, "end": 9, "text": "Thank you. " * 6},
        {"start": 61, "end": 66, "text": "The crossing opens in May."},
    ],
}


@pytest.fixture
def catalog(nir: Nir, tmp_path: Path) -> Path:
    """A show and an imported episode of it; the folder of the files."""
    (tmp_path / "episodes.jsonl").write_text(json.dumps(EPISODE))
    assert nir("shows", "add", "https://video.example/@harbour", "--title", "News in Review").code == 0
    assert nir("import", tmp_path / "episodes.jsonl").code == 0
    return tmp_path


def test_marks_in_words_and_as_json(nir: Nir, catalog: Path) -> None:
    shown, (moment,) = nir("marks"), nir("marks", "7", "--kind", "loop", "--json").json

    assert "“thank you” is said 6 times in a row" in shown.out
    assert "https://www.youtube.com/watch?v=NiRsample07&t=4s" in shown.out
    assert (moment["episode"], moment["start"], moment["source"]) == ("ep-7", 4, "import")
    assert moment["marks"] == [{"kind": "loop", "detail": "“thank you” is said 6 times in a row"}]
    assert nir("marks", "--kind", "echo").out == "no doubtful moments\n"
    assert nir("marks", "--refresh").err.startswith("1 episodes checked, 0 segments changed")
    assert (wrong := nir("marks", "--kind", "odd")).code == 2
    assert "kinds are loop, echo" in wrong.err


def test_an_episode_tells_what_is_doubted_in_it(nir: Nir, catalog: Path) -> None:
    shown, whole = nir("show", "7"), nir("show", "7", "--json").json

    assert "doubtful: 1 loop; nir marks ep-7" in shown.out
    assert whole["transcripts"][0]["marks"] == {"loop": 1}
    assert [moment["start"] for moment in whole["transcripts"][0]["doubtful"]] == [4]
    exported = nir("export", "7", "--format", "md").out
    assert exported.endswith("&t=4s) “thank you” is said 6 times in a row\n")


def test_a_word_is_corrected_listed_and_taken_back(nir: Nir, catalog: Path) -> None:
    made = nir("correct", "7", "crossing", "Crossing", "--at", "1:01")

    assert made.out == "correction 1: “crossing” is “Crossing” at 1:01; undo: nir corrections undo 1\n"
    assert "The Crossing opens" in nir("search", "crossing").out
    (listed,) = nir("corrections", "--episode", "7", "--json").json
    assert (listed["heard"], listed["right"], listed["by"], listed["undone"]) == ("crossing", "Crossing", "hand", None)
    assert "corrected   1: nir corrections --episode ep-7" in nir("show", "7").out
    assert (
        json.loads(nir("export", "7", "--format", "json").out)["segments"][2]["heard"] == "The crossing opens in May."
    )
    assert nir("corrections", "undo", "1").out == "correction 1: back to “crossing”\n"
    assert "The crossing opens" in nir("export", "7").out
    assert "undone 20" in nir("corrections").out
    assert nir("corrections", "undo", "9").code == 2


@pytest.mark.parametrize(
    "words", [["7", "zebra", "x"], ["7", "crossing", "x", "--at", "noon"], ["99", "crossing", "x"]]
)
def test_what_cannot_be_corrected_is_one_line_and_exit_code_2(nir: Nir, catalog: Path, words: list[str]) -> None:
    wrong = nir("correct", *words)

    assert wrong.code == 2
    assert len(wrong.err.strip().splitlines()) == 1


def test_a_glossary_is_listed_added_to_imported_and_removed_from(nir: Nir, catalog: Path) -> None:
    (catalog / "names.txt").write_text("# names\nIlse Varga  # host\n\nTafolla\n", encoding="utf-8-sig")
    added = nir("shows", "glossary", "news", "--add", "Tafolla", "--import", catalog / "names.txt")

    assert added.out == "Tafolla\nIlse Varga\n"
    assert added.err.startswith("2 added, 0 removed; 1 episodes checked")
    assert nir("shows", "glossary", "1", "--remove", "tafolla", "--json").json == {
        "show": "News in Review",
        "names": ["Ilse Varga"],
        "added": [],
        "removed": ["Tafolla"],
        "corrected": 0,
    }
    assert nir("shows", "glossary", "1").out == "Ilse Varga\n"
    assert nir("shows", "glossary", "1", "--import", catalog / "none.txt").code == 1
    assert nir("shows", "glossary", "nobody").code == 2
