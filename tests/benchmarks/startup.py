"""What `nir --help` costs against a bare import of typer, rich and sqlmodel: whole processes, in turn.

    python -m tests.benchmarks.startup [--rounds N]

The house wants at most 1.3.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

HELP = [sys.executable, "-c", "import sys; sys.argv = ['nir', '--help']; from episodes.cli import main; main()"]
BARE = [sys.executable, "-c", "import typer, rich, sqlmodel"]


def seconds(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    seconds(HELP), seconds(BARE)
    pairs = [(seconds(HELP), seconds(BARE)) for _ in range(rounds)]
    ratio = statistics.median(ours / bare for ours, bare in pairs)
    print(
        f"nir --help {statistics.median(ours for ours, _ in pairs):.3f} s, bare import {statistics.median(b for _, b in pairs):.3f} s"
    )
    print(f"ratio {ratio:.2f} (median of {rounds} pairs; wanted: at most 1.3)")


if __name__ == "__main__":
    main()
