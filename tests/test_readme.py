"""The README's commands work: each is run as it stands, on the sample show in place of the world."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from episodes.sample.server import SampleSite
from episodes.sample.voice import unpack_voice
from tests import fakes
from tests.conftest import Ran

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
COMMANDS = [shlex.split(line)[1:] for block in BLOCKS for line in block.splitlines() if line.startswith("nir ")]


@pytest.fixture
def site() -> Iterator[SampleSite]:
    with SampleSite() as site:
        yield site


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the README speaks of, and the sample's voice as the model."""
    folder = tmp_path / "work"
    (folder / "archive").mkdir(parents=True)
    (folder / "pages").mkdir()
    info = {
        "id": "NiRsample16",
        "title": "News in Review – Episode 16",
        "extractor_key": "Youtube",
        "upload_date": "20261002",
    }
    (folder / "archive" / "16.info.json").write_text(json.dumps(info))
    (folder / "archive" / "16.en.vtt").write_text(fakes.VTT.format("sixteen"))
    (folder / "episodes.jsonl").write_text('{"id": "seventeen", "title": "Seventeen", "date": "2026-10-09"}\n')
    (folder / "episodes.csv").write_text("id,title,date\neighteen,Eighteen,2026-10-16\n")
    (folder / "pages" / "harbour.txt").write_text(
        "The harbour\n\nThe ferry was late, and the port was full of people waiting for it.\n"
    )
    (folder / "articles.jsonl").write_text(
        '{"url": "https://harbour.example/fish", "title": "Fish", "text": "The market has moved."}\n'
    )
    shutil.copy(ROOT / "episodes" / "sample" / "media" / "NiRsample15.opus", folder / "interview.opus")
    monkeypatch.setenv("NIR_MODEL", str(unpack_voice(tmp_path / "voice")))
    monkeypatch.setenv("NIR_NAMES", "no")  # the voice learned without prompts
    (folder / "names.txt").write_text("Tafolla  # the dry valley's river\nIlse Varga\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("q"))
    monkeypatch.chdir(folder)
    return folder


def test_the_first_block_runs_the_demo_and_the_second_the_tests() -> None:
    first, second = BLOCKS[:2]

    assert [block.splitlines()[0] for block in (first, second)] == ["python3 -m venv .venv"] * 2
    assert first.splitlines()[-1] == "nir demo"
    assert second.splitlines()[-1].startswith("pytest")


def test_every_command_is_in_the_readme(nir: Callable[..., Ran]) -> None:
    shown = nir("--help").out
    commands = re.findall(r"^│ ([a-z]+) ", shown, re.MULTILINE)

    assert len(commands) > 15
    assert [command for command in commands if f"nir {command}" not in README] == []


@pytest.mark.slow
def test_the_commands_work_in_the_order_in_which_they_stand(
    nir: Callable[..., Ran], place: Path, site: SampleSite
) -> None:
    stand_ins = {
        "https://www.youtube.com/@harbourchannel": [site.feed],
        "https://harbourchannel.example/bridge/": [site.articles[0], "--allow-private"],
        "https://harbourchannel.example/": [site.feed, "--allow-private"],
    }
    ran = 0
    for command in COMMANDS:
        if command == ["demo"]:
            continue  # test_demo.py runs it whole
        if command[0] in ("serve", "mcp"):
            continue  # they end by Ctrl-C only; tests/web/test_serve.py and tests/assistants/test_mcp.py run them
        words = [word for given in command for word in stand_ins.get(given, [given])]
        if words[:2] == ["articles", "forget"]:
            words.remove("--allow-private")
        if command[0] == "update":
            words.append("--allow-private")
        result = nir(*words)
        assert result.code == 0, f"nir {shlex.join(command)}: {result.out}{result.err}"
        ran += 1

    assert ran >= 20
    assert (place / "episode-12.md").read_text().startswith("# News in Review")
    assert nir("restore", "catalog-backup.db").code == 2
