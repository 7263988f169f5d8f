"""What is given as JSON, byte for byte: by every ``--json``, by the API, and by the tools of ``nir mcp``.

    python -m tests.documents.record

writes ``recorded.json`` anew, which ``test_recorded.py`` holds the program to. Do that only where a document is meant to change.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine
from starlette.testclient import TestClient

RECORD = Path(__file__).with_name("recorded.json")

READING = (
    *("shows", "shows glossary 1", "episodes", "episodes --limit 1", "articles", "articles sites", "status"),
    *("show ep-12", "show ep-13", "show sport-1", "passages ep-12", "passages ep-13", "passages sport-1"),
    *("search bridge", "search river", "search river --in written", "search nothing-has-this", "search good --limit 1"),
    *("links", "links --status rejected", "links --episode ep-13", "marks", "marks --kept", "marks --kind loop"),
    *("corrections", "corrections --episode ep-13"),
)
WRITING = (
    "shows glossary 1 --add Varga --remove Tafolla", "import more.jsonl", "import more.jsonl", "articles add more-articles.jsonl",
    "links import decisions.jsonl", "link",
)  # fmt: skip
ADDRESSES = (
    "search?q=bridge", "search?q=river&in=written", "search?q=in:said", "episodes", "episodes?show=Valley%20Sport",
    "episodes/ep-12", "episodes/ep-13", "episodes/sport-1", "episodes/ep-12/passages",
    "episodes/ep-12/transcript.json", "articles", "article?url=https://paper.example/bridge",
    "article?url=https://paper.example/water", "links", "links?status=rejected",
)  # fmt: skip
TOOLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search", {"words": "bridge"}),
    ("search", {"words": "harbuor", "where": "said"}),
    ("show", {"name": "ep-12", "minutes": 0.2}),
    ("show", {"name": "12", "start": 20}),
    ("show", {"name": "sport-1"}),
    ("show", {"name": "https://paper.example/bridge"}),
)


def lines(*documents: object) -> str:
    return "".join(json.dumps(one) + "\n" for one in documents)


#: Nothing fails here: why an item failed is a sentence for people, which may change.
FILES = {
    "more.jsonl": lines(
        {"id": "x1", "title": "Fourteen", "date": "2026-03-17"}, {"id": "x2", "title": "é", "date": "2026-01-09"}
    ),
    "more-articles.jsonl": lines({"url": "https://paper.example/ice", "title": "Ice", "text": "The ice is thin."}),
    "decisions.jsonl": lines(
        {
            "episode": "test:ep-13",
            "article": "https://paper.example/soup",
            "status": "rejected",
            "decided": "2026-05-02",
        },
    ),
}


def record(engine: Engine, folder: Path) -> dict[str, str]:
    """What each command, address and tool gives; the working folder is ``folder``."""
    for name, content in FILES.items():
        (folder / name).write_text(content)
    with patch("episodes.cli.opening.open_catalog", lambda *_, **__: engine):
        found = {f"nir {command}": nir(*command.split(), "--json") for command in READING}
        found |= {f"/api/{address}": text for address, text in api(engine, folder)}
        found |= {f"{name} {json.dumps(given)}": tool(engine, name, given) for name, given in TOOLS}
        for number, command in enumerate(WRITING):
            found[f"{number}. nir {command}"] = nir(*command.split(), "--json")
        found["nir links export"] = nir("links", "export")
    return found


def nir(*words: str) -> str:
    """What a command writes to stdout, and how it ends where not well."""
    from episodes.cli import main

    out, code, before = io.StringIO(), 0, sys.argv
    sys.argv = ["nir", *words]
    try:
        with redirect_stdout(out), redirect_stderr(io.StringIO()):
            main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.argv = before
    return out.getvalue() + (f"exit {code}\n" if code else "")


def api(engine: Engine, folder: Path) -> Iterator[tuple[str, str]]:
    from episodes.web.app import application
    from episodes.web.settings import Site

    with TestClient(application(Site(engine, folder)), base_url="http://localhost") as client:
        for address in ADDRESSES:
            yield address, client.get(f"/api/{address}").content.decode()


def tool(engine: Engine, name: str, given: dict[str, Any]) -> str:
    """What a tool of ``nir mcp`` gives, as text: the package ``mcp`` writes the values as they are."""
    from episodes.assistants import tools

    asked: Callable[..., Any] = getattr(tools, name)
    return json.dumps(asked(engine, **given), ensure_ascii=False)


def main() -> None:
    """Write the record from a catalog on SQLite."""
    import os
    import tempfile

    from episodes.database import connect, writing
    from episodes.migrations import migrate
    from tests.documents.newsroom import fill

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"NIR_HOME": name, "NIR_DATABASE_URL": f"sqlite:///{folder / 'catalog.db'}", "HOME": name}
        engine = connect(os.environ["NIR_DATABASE_URL"])
        migrate(engine)
        with writing(engine) as session:
            fill(session)
        os.chdir(folder)
        RECORD.write_text(json.dumps(record(engine, folder), indent=1) + "\n")
        engine.dispose()


if __name__ == "__main__":
    main()
