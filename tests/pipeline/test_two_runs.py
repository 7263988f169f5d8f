"""Two runs at the same time over the same items, from both ends: both succeed, and nothing is duplicated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine, text

NIR = [sys.executable, "-c", "from episodes.cli import main; main()"]
SIZE = 45


def test_imports_in_opposite_order(engine: Engine, tmp_path: Path) -> None:
    words = "The ferry of quay {} leaves at nine, said the mayor."
    lines = [
        json.dumps(
            {
                "id": f"ep-{n}",
                "title": f"Episode {n}",
                "date": "2026-01-01",
                "segments": [{"start": 0, "end": 3, "text": words.format(n)}],
            }
        )
        for n in range(SIZE)
    ]
    # Two further episodes want one key.
    lines += [json.dumps({"id": "same", "title": f"Of show {n}", "show": f"Show {n}", "date": ""}) for n in range(2)]
    commands = []
    for name, order in (("forth", lines), ("back", lines[::-1])):
        episodes = tmp_path / f"{name}.jsonl"
        episodes.write_text("\n".join(order))
        commands.append(["import", str(episodes), "--transcribe", "never", "--json"])
    env = {**os.environ, "NIR_DATABASE_URL": engine.url.render_as_string(hide_password=False)}
    runs = [
        subprocess.Popen([*NIR, *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for words in commands
    ]
    ended = [(*run.communicate(), run.returncode) for run in runs]

    assert [(code, err) for _, err, code in ended] == [(0, "")] * 2
    states = [one["state"] for out, _, _ in ended for one in json.loads(out)]
    assert sorted(states) == ["done"] * len(lines) + ["unchanged"] * len(lines)
    with engine.connect() as connection:
        rows = {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar()
            for name in ("episode", "segment", "passage", "passage_index")
        }
        assert rows == {"episode": len(lines), "segment": SIZE, "passage": SIZE, "passage_index": SIZE}
        keys = set(connection.execute(text("SELECT key FROM episode")).scalars())
        assert len(keys) == len(lines)
        assert "same" in keys
