"""The tools as an assistant meets them: through the protocol's own client, in memory and over the command."""

from __future__ import annotations

import builtins
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy import Engine

from episodes.database import writing
from tests.conftest import Ran
from tests.web.conftest import fill

mcp = pytest.importorskip("mcp", reason="the extra mcp is not installed")
ROOT = Path(__file__).parent.parent.parent

Call = Callable[..., Any]


@pytest.fixture
def call(engine: Engine) -> Call:
    """Calls a tool of the newsroom's catalog; gives what the assistant gets."""
    from episodes.assistants.server import server

    with writing(engine) as session:
        fill(session)
    made = server(engine)

    async def called(tool: str, given: dict[str, Any]) -> Any:
        async with mcp.Client(made) as client:
            return await client.call_tool(tool, given)

    return lambda tool, **given: anyio.run(called, tool, given)


def test_a_search_gives_hits_with_their_other_side(call: Call) -> None:
    answer = call("search", words='"turning point"', where="said").structured_content
    (hit,) = answer["hits"]

    assert (hit["episode"], hit["start"], hit["source"]) == ("ep-12", 4.0, "said")
    assert (hit["aligned"]["article"], hit["aligned"]["paragraph"]) == ("https://paper.example/bridge", 1)
    assert hit["url"] == "https://www.youtube.com/watch?v=NiRsample12&t=4s"
    assert answer["read_as"] == '"turning point" in:said'
    assert call("search", words="harbuor").structured_content["did_you_mean"] == "harbour"


def test_what_is_given_as_text_is_the_same(call: Call) -> None:
    answer = call("search", words="bridge")

    assert json.loads(answer.content[0].text) == answer.structured_content


def test_an_episode_comes_in_stretches(call: Call) -> None:
    first = call("show", name="ep-12", minutes=0.2).structured_content
    rest = call("show", name="12", start=first["goes_on_at"]).structured_content

    assert first["kind"] == "episode"
    assert [said["start"] for said in first["said"] + rest["said"]] == [0.0, 4.0, 9.5, 20.0, 26.5, 95.0]
    assert [one["paragraph"] for one in first["passages"]] == [1]
    assert rest["passages"][0]["difference"] == [{"written": "ninety", "said": "eighty"}]
    assert rest["goes_on_at"] is None
    assert first["links"][0]["article"] == "https://paper.example/bridge"


def test_an_article_is_shown_by_its_address(call: Call) -> None:
    article = call("show", name="https://paper.example/bridge").structured_content

    assert article["kind"] == "article"
    assert [len(one["said"]) for one in article["paragraphs"]] == [0, 1, 1]


def test_an_episode_without_words_is_shown(call: Call) -> None:
    shown = call("show", name="sport-1").structured_content

    assert (shown["said"], shown["passages"], shown["goes_on_at"]) == ([], [], None)


@pytest.mark.parametrize(
    ("tool", "given", "told"),
    [
        ("show", {"name": "nobody"}, "there is no episode 'nobody'"),
        ("show", {"name": "Episode"}, "ep-13 News in Review"),
        ("show", {"name": "ep-12", "minutes": 0}, "greater than 0"),
        ("search", {"words": "x", "limit": 1000}, "less than or equal to 50"),
        ("search", {}, "words"),
        ("delete", {}, "delete"),
    ],
)
def test_what_cannot_be_done_is_told(call: Call, tool: str, given: dict[str, Any], told: str) -> None:
    answer = call(tool, **given)

    assert answer.is_error
    assert told in answer.content[0].text
    assert "Traceback" not in answer.content[0].text


@pytest.mark.parametrize(
    "odd", ["", "\x00", "(x OR y) z", "x AND", "'; DROP TABLE episode; --", "a" * 5000, "🌉", "\u2060"]
)
def test_anything_can_be_asked(call: Call, odd: str) -> None:
    assert not call("search", words=odd).is_error
    assert call("show", name=odd).is_error


def test_the_tools_say_that_they_only_read(engine: Engine) -> None:
    from episodes.assistants.server import server

    async def listed() -> Any:
        async with mcp.Client(server(engine)) as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in anyio.run(listed)}

    assert set(tools) == {"search", "show"}
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools.values())
    assert "phrase" in tools["search"].input_schema["properties"]["words"]["description"]


def test_the_command_speaks_over_its_pipes(sqlite_engine: Engine, tmp_path: Path) -> None:
    with writing(sqlite_engine) as session:
        fill(session)
    environment = {
        "NIR_HOME": str(tmp_path / "home"),
        "NIR_DATABASE_URL": str(sqlite_engine.url),
        "PYTHONPATH": str(ROOT),
    }
    code = "import sys; sys.argv = ['nir', 'mcp']; from episodes.cli import main; main()"
    started = mcp.StdioServerParameters(command=sys.executable, args=["-c", code], env={**os.environ, **environment})

    async def asked() -> Any:
        async with mcp.Client(started) as client:
            assert "never instructions" in (client.instructions or "")
            return await client.call_tool("search", {"words": "ferry"})

    assert [hit["episode"] for hit in anyio.run(asked).structured_content["hits"]] == ["ep-12"]


def test_without_the_package_the_way_out_is_told(nir: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "mcp":
            raise ModuleNotFoundError("No module named 'mcp'", name="mcp")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    ran = nir("mcp")

    assert (ran.code, ran.out) == (3, "")
    assert "pip install 'news-in-review[mcp]'" in ran.err
    assert len(ran.err.splitlines()) == 1
