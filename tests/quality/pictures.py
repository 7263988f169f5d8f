"""Make the pictures of the README: ``python -m tests.quality.pictures``.

It builds the catalog of ``nir demo``, serves it with ``nir serve``, and photographs two pages with the system's Chromium. Beside the
pictures it writes a checksum of what they show (templates, style, the sample show and this file), by which
``test_pictures.py`` finds out that they are of an earlier version.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from shutil import which

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / ".github"
RECORD = FOLDER / "pictures.json"
COMMAND = "python -m tests.quality.pictures"
#: What the two pages are made of. Other templates may change without new pictures.
TEMPLATES = ("base", "search", "episode", "_results", "_macros", "_link", "_paragraphs")
#: File name, address, and what the pointer is on: the line of a transcript lights up the paragraph that belongs to it.
PICTURES = (
    ("search.png", "/?q=harbour+bridge", ""),
    ("episode.png", "/e/NiRsample12?t=14", ".line.here"),
)
WIDTH, HEIGHT, SCALE = 1000, 660, 1.25
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--force-color-profile=srgb",
]
NIR = [sys.executable, "-c", "from episodes.cli import main; main()"]


def fingerprint() -> str:
    """A checksum of what the pictures show. Comments, scripts and the code of the sample show are not in it."""
    web, sample = ROOT / "episodes" / "web", ROOT / "episodes" / "sample"
    files = [web / "templates" / f"{name}.html" for name in TEMPLATES]
    files += [web / "static" / "nir.css", Path(__file__)]
    files += [path for path in sample.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    digest = sha256()
    for path in sorted(files):
        content = re.sub(rb"/\*.*?\*/\s*", b"", path.read_bytes()) if path.suffix == ".css" else path.read_bytes()
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n{sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of ``nir serve`` over the catalog in ``home``."""
    environment = {**os.environ, "NIR_HOME": str(home), "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    environment.pop("NIR_DATABASE_URL", None)
    subprocess.run([*NIR, "demo", "--home", str(home)], env=environment, check=True, stdout=subprocess.DEVNULL)
    with subprocess.Popen(
        [*NIR, "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().split("/  ")[0]
        finally:
            process.terminate()


def photograph(address: str) -> None:
    """Write the pictures."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium") or which("chromium-browser"), args=QUIET)
        context = browser.new_context(
            base_url=address, viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE,
            color_scheme="light", reduced_motion="reduce",
        )  # fmt: skip
        page = context.new_page()
        for name, path, pointed in PICTURES:
            page.goto(path, wait_until="networkidle")
            page.evaluate("scrollTo(0, 0)")
            if pointed:
                page.locator(pointed).first.hover()
            page.screenshot(path=str(FOLDER / name), animations="disabled", caret="hide")
        browser.close()


def main() -> int:
    """Make them, and note what they show."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "home") as address:
        photograph(address)
    RECORD.write_text(json.dumps({"made_by": COMMAND, "shows": fingerprint()}, indent=2) + "\n", encoding="utf-8")
    for name, _, _ in PICTURES:
        sys.stdout.write(f"{(FOLDER / name).relative_to(ROOT)}: {(FOLDER / name).stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
