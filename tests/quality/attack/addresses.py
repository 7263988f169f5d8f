"""Addresses that lead inside, through every door that fetches; bombs and drips. Points 1, 13 and 15.

A server on 127.0.0.2 is the inside and counts who connects. Another on 127.0.0.1 serves feeds, pages, manifests and redirects and is the
only host of the public internet here: in the child that makes the attempts, its address counts as public, and a resolver of its own gives
names to both. Each door is handed each trick, directly and behind a redirect. Held is what was refused in words and reached nobody.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.quality.attack.ground import ROOT, Attempt, Ground

POINTS: tuple[str, ...] = ("1", "13", "15")


def attempts(on: Ground) -> Iterator[Attempt]:
    """All of them, made in processes of their own with limits of memory and time."""
    for part in ("tricks", "manifests", "schemes", "bombs", "drips", "cookies"):
        yield from _made(on, part)
    yield from _of_the_commands(on)


def _made(on: Ground, part: str) -> Iterator[Attempt]:
    """What a child says, a line an attempt; a child that dies has not held."""
    folder = on.place(part)
    command = [sys.executable, "-m", "tests.quality.attack.inside", part, str(folder)]
    limited = f'ulimit -v {3 * 2**20}; exec "$@"'
    try:
        ran = subprocess.run(
            ["/bin/bash", "-c", limited, "bash", *command],
            cwd=ROOT, env=on.environment(folder), capture_output=True, text=True, timeout=240,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        yield Attempt("1", f"{part}: all of them", held=False, detail="they did not end")
        return
    for line in ran.stdout.splitlines():
        yield Attempt(**json.loads(line))
    if ran.returncode:
        yield Attempt("1", f"{part}: the rest", held=False, detail=(ran.stderr.strip() or "killed").splitlines()[-1])


def _of_the_commands(on: Ground) -> Iterator[Attempt]:
    """A followed feed with bad items and a good one, by the command line, without and with ``--allow-private``."""
    from tests.quality.attack.inside import serving

    with serving() as (site, inner):
        media = [
            inner.url + "a.wav",
            "file:///etc/hostname",
            "ftp://127.0.0.2/a.wav",
            "http://[::1]:1/a.wav",
            "/etc/hostname",
        ]
        site.feed("/feed.xml", media)
        for kind in on.kinds:
            home = on.place("feed")
            with on.database(kind, home) as database:
                environment = on.environment(home, database)
                yield _followed(on, environment, site, inner, kind)


def _followed(on: Ground, environment: dict[str, str], site: Any, inner: Any, kind: str) -> Attempt:
    on.nir("shows", "add", f"{site.url}/feed.xml", environment=environment)
    strict = on.nir("update", "--transcribe", "never", "--json", environment=environment)
    held = strict.code == 1 and "--allow-private" in strict.out and not site.asked and not inner.connections
    return Attempt("1", "nir update of a feed on the loopback", held, strict.last[:200], kind)
