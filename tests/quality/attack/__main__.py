"""Makes all attempts and prints the table; see the package."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict

from tests.quality.attack.ground import POSTGRES, SQLITE, Attempt, Ground, ground

#: Module of each topic, in the order of the points; each has ``POINTS`` (those it is about) and ``attempts(ground)``.
TOPICS: list[str] = [
    "addresses",
    "files",
    "contention",
    "backups",
    "text",
    "web",
    "terminal",
    "kills",
    "places",
]


def attempts(on: Ground, points: set[str]) -> Iterator[Attempt]:
    """All attempts of these points, or of all where none is named."""
    for name in TOPICS:
        module = __import__(f"tests.quality.attack.{name}", fromlist=["attempts"])
        if points and not points & set(module.POINTS):
            continue
        make: Callable[[Ground], Iterator[Attempt]] = module.attempts
        yield from (one for one in make(on) if not points or one.point in points)


def table(made: list[Attempt]) -> Iterator[str]:
    """A line for each point and database, then what did not hold."""
    keys = sorted({(one.point, one.database) for one in made}, key=lambda key: (_rank(key[0]), key))
    yield f"{'point':<14}{'database':<10}{'tried':>7}{'held':>7}"
    for key in keys:
        some = [one for one in made if (one.point, one.database) == key]
        yield f"{key[0]:<14}{key[1] or '-':<10}{len(some):>7}{sum(one.held for one in some):>7}"
    yield f"{'all':<24}{len(made):>7}{sum(one.held for one in made):>7}"
    for one in made:
        if not one.held:
            yield f"NOT HELD {one.point} {one.database}: {one.tried}: {one.detail}"


def _rank(point: str) -> int:
    return int(point) if point.isdigit() else 100


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.attack", description=__doc__)
    parser.add_argument("--point", action="append", default=[], help="Only this point; may be repeated.")
    parser.add_argument("--database", choices=[SQLITE, POSTGRES], help="Only on this one.")
    parser.add_argument("--kills", type=int, default=200, help="Kills at random moments, on each database.")
    parser.add_argument("--backups", type=int, default=30, help="Backups during writes, on each database.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="One JSON document on stdout.")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the database server and the folder go, too
    kinds = (asked.database,) if asked.database else (SQLITE, POSTGRES)
    made: list[Attempt] = []
    with ground(kinds=kinds, kills=asked.kills, backups=asked.backups, seed=asked.seed) as on:
        for one in attempts(on, set(asked.point)):
            made.append(one)
            sign = "held" if one.held else "NOT HELD"
            print(f"{sign:<9}{one.point:<8}{one.database:<9}{one.tried}", one.detail, file=sys.stderr, flush=True)
    if asked.json:
        print(json.dumps([asdict(one) for one in made], indent=2))
    else:
        print("\n".join(table(made)))
    return int(not made or not all(one.held for one in made))


if __name__ == "__main__":
    sys.exit(main())
