"""`nir demo` as a newcomer runs it: no network, no question, the whole path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NIR = [sys.executable, "-c", "from episodes.cli import main; main()"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The demo's folder, and what the command left behind."""
    home = tmp_path_factory.mktemp("demo") / "home"
    env = {**os.environ, "HOME": str(home.parent), "NIR_HOME": str(home.parent / "nobody"), "COLUMNS": "100"}
    return home, subprocess.run([*NIR, "demo", "--home", str(home)], env=env, capture_output=True, text=True)


def ask(home: Path, *words: str) -> list[dict[str, object]]:
    result = subprocess.run(
        [*NIR, *words, "--json"], env={**os.environ, "NIR_HOME": str(home)}, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


@pytest.mark.slow
def test_it_ends_well_and_tells_what_it_did(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    home, result = demo

    assert result.returncode == 0, result.stderr
    for expected in (
        "Episode 12: The harbour bridge",
        "Whisper, from the audio alone",
        "published captions",
        f"NIR_HOME={home}",
    ):
        assert expected in result.stdout
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_each_link_is_found_by_its_own_kind_of_evidence(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    home, _ = demo
    manifest = json.loads((Path(__file__).parent.parent / "episodes" / "sample" / "show.json").read_text())
    wanted = {one["id"]: one["article"]["title"] for one in manifest["episodes"] if one["article"]}
    sure = {link["episode"]: link for link in ask(home, "links") if link["status"] in ("linked", "confirmed")}

    assert {episode: link["article_title"] for episode, link in sure.items()} == wanted


@pytest.mark.slow
def test_what_was_said_is_found_where_it_was_said(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    home, _ = demo
    truth = json.loads((Path(__file__).parent.parent / "episodes" / "sample" / "said.json").read_text())
    missed = []
    for episode, sentences in truth.items():
        sentence = sentences[len(sentences) // 2]
        hits = ask(home, "search", f'"{sentence["text"]}"', "--in", "said", "--limit", "50")
        if not any(hit["episode"] == episode and abs(float(str(hit["start"])) - sentence["start"]) < 2 for hit in hits):
            missed.append((episode, sentence["text"], hits[:1]))

    assert missed == []


@pytest.mark.slow
def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("years of work")
    result = subprocess.run([*NIR, "demo", "--home", str(tmp_path)], capture_output=True, text=True)

    assert result.returncode == 2
    assert "not empty" in result.stderr
    assert (tmp_path / "precious.txt").read_text() == "years of work"
