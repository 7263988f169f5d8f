"""``.github/constraints.txt``: resolved by uv, which knows the hashes of all files of a version and the markers of all platforms."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
FILE = ROOT / ".github" / "constraints.txt"

HEADER = """\
# The versions that were tried together, with the hashes of all their files; made by `python -m tests.quality.dependencies lock`.
# For Python 3.11 and later; all tests pass with them on Python 3.11, Linux, x86-64.
#
#     pip install --require-hashes --no-deps -r .github/constraints.txt
#     pip install .
#
# The first line installs these files and nothing else, the second the project and what is not listed. That is torch, with the CUDA
# libraries that some of its builds need: one version comes as different files for different machines (CPU, CUDA, ROCm), and with
# --require-hashes pip takes no file whose hash is not here, so the choice is left to the machine; pyproject.toml bounds the version.
# This is no file for `pip install -c`: hashes there make pip ask for a hash of the project itself, too, and a folder has none.
"""

#: Which of their files is right depends on the machine; see the header.
LEFT_TO_THE_MACHINE = re.compile(r"torch|nvidia-.+|cuda-.+")


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of one package; ``marker`` says where it is needed (empty: everywhere)."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def write(*, upgrade: bool = False) -> None:
    """Resolve anew, and write the file."""
    FILE.write_text(HEADER + "\n" + "".join(_kept(_resolved(upgrade=upgrade))), encoding="utf-8")


def _resolved(*, upgrade: bool) -> str:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / FILE.name
        if not upgrade and FILE.exists():
            shutil.copy(FILE, output)  # uv keeps to what it finds there
        how = ["--extra=dev", "--universal", "--python-version=3.11", "--generate-hashes", "--no-header", "--quiet"]
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *how, f"--output-file={output}"]
        subprocess.run(command, check=True, cwd=ROOT)
        return output.read_text(encoding="utf-8")


def _kept(text: str) -> Iterator[str]:
    """The entries, each with its hashes and the comment on who needs it."""
    for entry in re.findall(r"^[a-z0-9].*\n(?:[ \t].*\n)*", text, re.MULTILINE):
        if not LEFT_TO_THE_MACHINE.fullmatch(entry.split("==")[0]):
            yield entry


def pins(text: str | None = None) -> list[Pin]:
    """What the file holds."""
    entries = re.findall(
        r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; (.*?))? \\\n((?: +--hash=\S+(?: \\)?\n)+)",
        FILE.read_text(encoding="utf-8") if text is None else text,
        re.MULTILINE,
    )
    return [
        Pin(name, version, marker, tuple(re.findall(r"sha256:(\w{64})", rest)))
        for name, version, marker, rest in entries
    ]
