"""Every command in the README and in the topics of the manual works: each is run as it is written, against the sample show."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from episodes import testing
from episodes.help.topics import topics
from episodes.sample.server import SampleSite
from episodes.sample.voice import unpack_voice
from tests.conftest import Ran
from tests.test_layers import LEVEL

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MANUAL = {name: topic.text for name, topic in topics().items()}


def blocks(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[list[str]]:
    return [shlex.split(line)[1:] for block in blocks(text) for line in block.splitlines() if line.startswith("nir ")]


BLOCKS = blocks(README)
COMMANDS = [(where, words) for where, text in {"README": README, **MANUAL}.items() for words in commands(text)]
#: They end by Ctrl-C only; tests/web/test_serve.py and tests/assistants/test_mcp.py run them. test_demo.py runs the demo.
ELSEWHERE = {"serve", "mcp", "demo"}


@pytest.fixture
def site() -> Iterator[SampleSite]:
    with SampleSite() as site:
        yield site


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the examples name, and the sample's voice as the model."""
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
    (folder / "archive" / "16.en.vtt").write_text(testing.VTT.format("sixteen"))
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


def test_the_pictures_are_there() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)

    assert pictures == [".github/search.png", ".github/episode.png"]
    assert [path for path in pictures if not (ROOT / path).is_file()] == []


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    links = re.findall(r"(?<!!)\[[^]]+\]\(([^)]+)\)", README)

    assert [link for link in links if not (ROOT / link).is_file()] == []
    assert {f"episodes/help/{name}.md" for name in MANUAL} - {"episodes/help/start.md"} <= set(links)


def test_every_command_has_a_topic_that_shows_it(nir: Callable[..., Ran]) -> None:
    known = re.findall(r"^│ ([a-z]+) ", nir("--help").out, re.MULTILINE)
    explained = [command for topic in topics().values() for command in topic.commands]

    assert len(known) > 15
    assert sorted(explained) == sorted(known)
    assert [name for topic in topics().values() for name in topic.commands if f"nir {name}" not in topic.text] == []


def test_every_module_that_the_manual_runs_exists() -> None:
    named = re.findall(r"python -m ([\w.]+)", "\n".join([README, *MANUAL.values()]))
    files = [ROOT / name.replace(".", "/") for name in named]

    assert len(named) > 8
    assert [
        path for path in files if not path.with_suffix(".py").is_file() and not (path / "__main__.py").is_file()
    ] == []


def test_the_layers_in_the_manual_are_those_of_the_code() -> None:
    drawn = re.findall(r"^    (cli ->.*\n(?:        .*\n)+)", MANUAL["build"], re.MULTILINE)[0]
    rows = [{name.strip() for name in row.split(",")} for row in drawn.split("->")]

    levels = [[LEVEL[name] for name in row if name in LEVEL] for row in rows]
    assert rows.pop() == {"transcripts"}
    assert all(len(set(level)) == 1 for level in levels[:-1]), "a row is one layer"
    assert [level[0] for level in levels[:-1]] == sorted({level[0] for level in levels[:-1]})
    assert set().union(*rows) <= set(LEVEL)


@pytest.mark.slow
def test_the_commands_work_in_reading_order(nir: Callable[..., Ran], place: Path, site: SampleSite) -> None:
    stand_ins = {
        "https://www.youtube.com/@harbourchannel": [site.feed],
        "https://harbourchannel.example/bridge/": [site.articles[0], "--allow-private"],
        "https://harbourchannel.example/": [site.feed, "--allow-private"],
    }
    for where, command in COMMANDS:
        if command[0] in ELSEWHERE:
            continue
        words = [word for given in command for word in stand_ins.get(given, [given])]
        if words[:2] == ["articles", "forget"]:
            words.remove("--allow-private")
        if command[0] == "update":
            words.append("--allow-private")
        result = nir(*words)
        assert result.code == 0, f"{where}: nir {shlex.join(command)}: {result.out}{result.err}"

    assert len(COMMANDS) > 60
    assert nir("restore", "catalog-backup.db").code == 2
