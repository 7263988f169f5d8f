"""The command line; see the package."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.quality.dependencies import bill, lock


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.dependencies", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    locking = commands.add_parser("lock", help="Write .github/constraints.txt.")
    locking.add_argument("--upgrade", action="store_true", help="The newest of everything.")
    listing = commands.add_parser("sbom", help="A software bill of materials, CycloneDX 1.6 in JSON.")
    listing.add_argument("--extra", action="append", default=[], help="With what this extra needs; may be repeated.")
    listing.add_argument("-o", "--output", type=Path, help="Default: stdout.")
    asked = parser.parse_args()
    if asked.command == "lock":
        lock.write(upgrade=asked.upgrade)
        return 0
    text = json.dumps(bill.bill(asked.extra), indent=2, ensure_ascii=False) + "\n"
    if asked.output:
        asked.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
