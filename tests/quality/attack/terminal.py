"""Hostile titles in every command on a terminal, and Ctrl-C at random moments over the commands."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from threading import Thread

from episodes import database
from episodes.catalog import alignments, articles, episodes, links, transcripts
from episodes.migrations import migrate
from episodes.search import index
from episodes.values import (
    AlignedSpan,
    AlignmentKind,
    ArticleText,
    EpisodeInfo,
    Evidence,
    ParagraphKind,
    ParagraphText,
    Verdict,
)
from tests.quality.attack.ground import NIR, Attempt, Ground
from transcripts.words import Mark, Segment, Source, Transcript

POINTS = ("12", "15")
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
#: What a title may hold; each title has a few of them.
PIECES = [
    "\x1b[2J", "\x1b]0;owned\x07", "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\", "\x1bP+q\x1b\\", "\x1b[6n", "\x1bc", "\x9b31m",
    "\x90q\x9c", "\x9d0;x\x9c", "\x85", "\x08\x08", "\r", "\x07", "\x0c", "\x0e", "\x7f", "\u202e", "\u2066", "\u2028", "\n✓ done", "\n",
    "[bold red]", "[/]", "[link=http://evil.example]", ":fire:", ":skull:", "\\", "\\[", "{0}", "%s", "\t", "ferry",
]  # fmt: skip
OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
#: Colours are ours, and what rows of progress do: hide and show the cursor, go up, clear a line.
OURS = re.compile("\x1b\\[[0-9;]*m|\x1b\\[\\?25[lh]|\x1b\\[\\d*[AG]|\x1b\\[2K|\r\\Z|\r\x1b\\[2K|\r")
COMMANDS = [
    ["search", "ferry"], ["search", "ferry", "--json"], ["search", "\x1b[2J"], ["show", "ep-1"], ["show", "ep-1", "--json"], ["episodes"],
    ["show", "\x1b[2J\x9b1m"], ["marks"], ["links"], ["links", "--json"], ["links", "review"], ["articles"], ["status"], ["shows"],
    ["passages", "ep-1"], ["corrections"], ["export", "ep-1", "--format", "vtt"], ["export", "ep-1", "--format", "md"],
    ["export", "ep-1", "--format", "tsv"], ["search", "--limit", "\x1b[2J"], ["\x1b[2J\x9b"], ["--\x1b[2J"], ["import", "{folder}"],
    ["articles", "add", "{folder}"], ["confirm", "1"], ["use", "ep-1", "\x1b["],
]  # fmt: skip


def attempts(on: Ground) -> Iterator[Attempt]:
    yield from _titles(on)
    yield from _interrupted(on)


def hostile(rng: Random) -> str:
    return "ferry " + " ".join(rng.choices(PIECES, k=4))


def _titles(on: Ground) -> Iterator[Attempt]:
    rng = on.random("titles")
    for _ in range(2):
        home, folder = on.place(), on.place("files")
        _filled(home, rng)
        for number in range(4):
            line = json.dumps({"id": f"new-{number}", "title": hostile(rng), "date": "2026-01-01", "segments": []})
            (folder / f"{number} \x1b[2J\x9b.jsonl").write_text(
                f"{line}\n{{broken {hostile(rng)}\n".replace("\r", " "), encoding="utf-8"
            )
        (folder / "\x1b]0;x\x07.txt").write_text(hostile(rng), encoding="utf-8", errors="replace")
        for command in COMMANDS:
            words = [word.format(folder=folder) if word == "{folder}" else word for word in command]
            code, text = on_a_terminal(words, on.environment(home, TERM="xterm-256color", COLUMNS="200"))
            wrong = faults(text, as_json="--json" in words)
            yield Attempt(
                "12",
                f"nir {' '.join(command)}".encode("unicode_escape").decode(),
                not wrong and code is not None,
                f"{code} {wrong}",
            )


def faults(text: str, *, as_json: bool) -> str:
    """What of it a terminal would have obeyed, or where a title has become something else."""
    plain = OURS.sub("", text.replace("\r\n", "\n"))
    if found := OBEYED.search(plain) or re.search("\x1b", plain):
        return f"{found[0]!r} in {plain[max(0, found.start() - 40) : found.end() + 40]!r}"
    if "Traceback" in plain:
        return plain[-300:]
    if not as_json and ("🔥" in plain or "💀" in plain):
        return "a picture"
    return ""


def on_a_terminal(words: list[str], environment: dict[str, str], seconds: float = 60) -> tuple[int | None, str]:
    """Exit code and all that came; None where its time was up."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*NIR, *words], env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        parts: list[bytes] = []

        def read() -> None:
            try:
                while part := os.read(ours, 65_536):
                    parts.append(part)
            except OSError:  # how a terminal says that nobody is there any more
                pass

        reader = Thread(target=read, daemon=True)
        reader.start()
        code, waited = None, 0.0
        while (code := process.poll()) is None and waited < seconds:
            os.write(ours, b"q")  # for who asks for a key: what was typed before is thrown away then
            time.sleep(0.1)
            waited += 0.1
        if code is None:
            process.kill()
        reader.join(10)
    os.close(ours)
    return code, b"".join(parts).decode("utf-8", "replace")


def _filled(home: Path, rng: Random) -> None:
    """A catalog in which every text is hostile, as an older version may have let them in."""
    engine = database.connect(f"sqlite:///{home / 'catalog.db'}")
    migrate(engine)
    with database.writing(engine) as session:
        info = EpisodeInfo(
            "test:1", "ep-1", hostile(rng), show=hostile(rng), description=hostile(rng), url=f"https://video.example/{hostile(rng)}",
            published=date(2026, 1, 1),
        )  # fmt: skip
        row, _ = episodes.put(session, info, now=NOW)
        said = tuple(
            Segment(4.0 * n, 4.0 * n + 4, hostile(rng), hostile(rng), marks=(Mark("loop", hostile(rng)),))
            for n in range(4)
        )
        transcripts.put(session, row.id or 0, Transcript(said, Source.IMPORT, model=hostile(rng)), now=NOW)
        index.index_episode(session, row.id or 0)
        parts = (ParagraphText(hostile(rng), ParagraphKind.TEXT),) * 2
        url = f"https://paper.example/{hostile(rng)}"
        article, _ = articles.put(
            session, ArticleText(url, hostile(rng), parts, site=hostile(rng), authors=(hostile(rng),)), now=NOW
        )
        index.index_article(session, article.id or 0)
        why = (Evidence("name", hostile(rng), 1.0), Evidence("date", hostile(rng), -1.0))
        links.put_all(session, [Verdict(row.id or 0, article.id or 0, "proposed", 0.6, why)])
        (link,) = links.listed(session, episode_id=row.id)
        places = [
            AlignedSpan(0, 0, 10, 0.0, 4.0, AlignmentKind.QUOTE, 0.9, hostile(rng)),
            AlignedSpan(1, 0, 10, 4.0, 8.0, AlignmentKind.PARAPHRASE, 0.8),
        ]
        alignments.put(session, link.link.id or 0, places, checksum="made up")
    engine.dispose()


def _interrupted(on: Ground) -> Iterator[Attempt]:
    """Once, twice, or a request to terminate; of a command that is over by then nothing is asked but that it says nothing odd."""
    said = [{"start": 0, "end": 3, "text": "The ferry."}]
    rng, home, folder = on.random("interrupted"), on.place(), on.place("files")
    rows = ({"id": f"e{n}", "title": f"Ferry {n}", "date": "2026-01-01", "segments": said} for n in range(400))
    (folder / "years.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "page.txt").write_text("The ferry is back\n\nFrom Monday on it crosses the harbour again.\n")
    commands = [
        ["import", folder], ["link"], ["reindex"], ["episodes"], ["search", "ferry"], ["status"],
        ["articles", "add", folder / "page.txt"], ["doctor"], ["update"], ["marks", "--refresh"], ["--help"], ["shows"],
    ]  # fmt: skip
    for number in range(48):
        command = commands[number % len(commands)]
        which = rng.choice([signal.SIGINT, signal.SIGINT, signal.SIGTERM])
        with on.start(*command, environment=on.environment(home)) as process:
            _until_it_listens(process.pid)
            time.sleep(rng.random() * 1.5)
            for _ in range(rng.randint(1, 2)):
                process.send_signal(which)
                time.sleep(rng.random() * 0.05)
            try:
                _, told = process.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                _, told = process.communicate()
        good = {0, 1, 130 if which is signal.SIGINT else 143, -which}  # by itself, while Python is still being loaded
        held = "Traceback" not in told and "Exception ignored" not in told and process.returncode in good
        yield Attempt("15", f"{which.name} during nir {command[0]}", held, f"{process.returncode} {told[-300:]}")


def _until_it_listens(pid: int) -> None:
    """Python's own first moments, before any code of ours runs, belong to nobody: until then SIGTERM is not caught."""
    caught = 1 << (signal.SIGTERM - 1)
    for _ in range(6000):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        mask = next((line.split()[1] for line in lines if line.startswith("SigCgt")), "0")
        if int(mask, 16) & caught:
            return
        time.sleep(0.01)
