"""The house's rules, read from the imports: which layer sees which, one door for each outside world, and laziness."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: Inside episodes/, from the top down. A file may import from lower rows only; what stands in one row does not see its neighbours.
LAYERS = [
    {"cli", "testing"},
    {"web", "assistants", "api"},
    {"documents"},
    {"pipeline"},
    {"catalog", "search", "sources", "articles", "linking", "alignment", "sample"},
    {"migrations"},
    {"database"},
    {"models"},
    {"files", "guard", "feeds"},
    {
        "help",
        "values",
        "config",
        "errors",
        "redaction",
        "logs",
        "episode_numbers",
        "names",
        "deadline",
        "dates",
        "batches",
        "urls",
        "youtube",
        "tracking_parameters",
        "slugs",
    },
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

#: Each outside world has one door; elsewhere its name is not imported.
DOORS = {
    "yt_dlp": {
        "episodes/sources/ytdlp_session.py",
        "episodes/sources/ytdlp_lists.py",
        "episodes/sources/ytdlp_network.py",
        "episodes/sources/ytdlp_handler.py",
        "episodes/sources/ytdlp_responses.py",
    },  # how it is opened, how it reads lists, and how it reaches the network
    "feedparser": {"episodes/feeds.py"},
    "httpx2": {"episodes/guard/client.py", "episodes/guard/client_pool.py"},
    "httpcore2": {"episodes/guard/network.py"},
    "trafilatura": {"episodes/articles/extract.py"},
    "markdown_it": {"episodes/help/markdown.py"},
    "protego": {"episodes/articles/robots.py"},
    "mcp": {"episodes/assistants/server.py"},
    "faster_whisper": {"transcripts/engine/faster_whisper.py"},
    "ctranslate2": {"transcripts/engine/faster_whisper.py"},
    "alembic": {"episodes/migrations/__init__.py", "episodes/migrations/env.py"},
}
#: What is at home in one folder only.
HOMES = {
    "transcripts/audio/": {"av"},
    "transcripts/engine/openai_whisper/": {"whisper", "torch", "silero_vad"},
    "transcripts/engine/openai_whisper/compiled/": {"numba"},
    "episodes/web/": {"fastapi", "starlette", "jinja2", "uvicorn"},
}
WEB = HOMES["episodes/web/"]
FILES = sorted(path for package in ("transcripts", "episodes") for path in (ROOT / package).rglob("*.py"))
SOURCES = [path for path in FILES if "versions" not in path.parts]


def imports(path: Path) -> Iterator[str]:
    """Every module that a file names in an import, wherever it stands; `from a import b` counts as a.b as well."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(module: str) -> str | None:
    """The part of episodes/ that a module belongs to."""
    names = module.split(".")
    return names[1] if names[0] == "episodes" and len(names) > 1 and names[1] in LEVEL else None


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_part_of_episodes_has_its_layer() -> None:
    parts = {
        path.relative_to(ROOT / "episodes").parts[0].removesuffix(".py") for path in (ROOT / "episodes").rglob("*.py")
    }

    assert parts - {"__init__", "__main__"} <= set(LEVEL)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_point_downwards(path: Path) -> None:
    modules = set(imports(path))
    if path.is_relative_to(ROOT / "transcripts"):
        assert not {module for module in modules if module.split(".")[0] in ("episodes", "sqlmodel", "sqlalchemy")}
        return
    own = part(f"episodes.{path.relative_to(ROOT / 'episodes').parts[0].removesuffix('.py')}")
    for module in modules:
        other = part(module)
        if own and other and other != own:
            assert LEVEL[other] > LEVEL[own] or LEVEL[own] == len(LAYERS) - 1, f"{own} must not see {other} ({module})"


def module_of(path: Path) -> str:
    """The dotted name of a file; that of a package for its ``__init__.py``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in SOURCES}


def runtime_imports(path: Path) -> set[str]:
    """Modules of this project that a file imports when it runs, those inside functions included; the most exact name of each."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else str(node.module) for name in names}
    return found & MODULES.keys() - {module_of(path)}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return the names that are in a circle or lead into one; empty if there is none."""
    rest = dict(graph)
    while free := [name for name, needs in rest.items() if not needs & rest.keys()]:
        for name in free:
            del rest[name]
    return sorted(rest)


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize("package", sorted({path.parent for path in SOURCES}), ids=name_of)
def test_no_package_has_a_circle(package: Path) -> None:
    """Neither at import time nor through an import inside a function."""
    inside = {name for name, path in MODULES.items() if path.is_relative_to(package)}
    graph = {name: runtime_imports(MODULES[name]) & inside for name in inside}

    assert circle(graph) == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_each_outside_world_has_one_door(path: Path) -> None:
    used = {module.split(".")[0] for module in imports(path)}
    shut = {world for world, doors in DOORS.items() if name_of(path) not in doors and "versions" not in path.parts}

    assert not used & shut
    for home, worlds in HOMES.items():
        assert not used & worlds or name_of(path).startswith(home)


#: markdown_it comes with rich, by which typer prints its help.
HEAVY = set(DOORS) - {"markdown_it"} | set().union(*HOMES.values()) | {"numpy"}


@pytest.mark.parametrize("command", [["--help"], ["search", "harbour"], ["links", "--json"]], ids=" ".join)
def test_light_commands_load_nothing_heavy(command: list[str], tmp_path: Path) -> None:
    report = tmp_path / "modules.json"
    code = (
        "import atexit, json, pathlib, sys\n"
        f"atexit.register(lambda: pathlib.Path({str(report)!r}).write_text(json.dumps(sorted(sys.modules))))\n"
        f"sys.argv = ['nir', *{command!r}]\n"
        "from episodes.cli import main\n"
        "main()\n"
    )
    if command != ["--help"]:
        subprocess.run(
            [sys.executable, "-c", "from episodes.cli.opening import open_catalog; open_catalog()"], check=True
        )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert result.returncode == 0, result.stderr
    assert not HEAVY & set(json.loads(report.read_text()))


def test_whoever_hears_without_a_catalog_loads_none() -> None:
    """What stands between `nir transcribe` and its engine's own process; the engine is not loaded here either."""
    code = (
        "import json, sys, transcripts.engine.factory, episodes.pipeline.file_transcription, episodes.cli.output\n"
        "from episodes.cli.options import engine_options_for\n"
        "assert engine_options_for('a.pt').folder\n"
        "print(json.dumps(list(sys.modules)))\n"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert not (HEAVY | {"sqlalchemy", "sqlmodel"}) & set(json.loads(loaded))
