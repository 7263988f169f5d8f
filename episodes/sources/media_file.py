"""The audio file of an episode: where it is stored, how it is downloaded, and whether it is complete."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from episodes.errors import FileRefused
from episodes.files.reading import really_below
from episodes.sources.ytdlp_errors import to_catalog_error

#: Extensions of media files; audio first, because it is cheaper to decode.
MEDIA = (
    "opus", "m4a", "mp3", "ogg", "oga", "aac", "flac", "wav", "weba",
    "webm", "mp4", "m4v", "mkv", "mka", "mov", "ogv", "flv", "avi", "ts", "3gp",
)  # fmt: skip

#: Called with the bytes done and the total (None if unknown).
OnProgress = Callable[[float, float | None], None]


def download_options(folder: Path, stem: str, on_progress: OnProgress | None) -> dict[str, object]:
    """Return yt-dlp's options for a download into ``folder`` under ``stem``: resumable, without ffmpeg."""

    def tell(status: Mapping[str, Any]) -> None:
        if on_progress:
            total = status.get("total_bytes") or status.get("total_bytes_estimate")
            on_progress(float(status.get("downloaded_bytes") or 0), float(total) if total else None)

    return {
        "outtmpl": {"default": f"{stem}.%(ext)s"},
        "paths": {"home": str(folder)},
        "progress_hooks": [tell],
        "noprogress": True,
        "ignore_no_formats_error": False,
        "writesubtitles": False,
        "writeautomaticsub": False,
        "playlist_items": "1",
        "updatetime": False,
        "fixup": "never",  # would need ffmpeg
        "fragment_retries": 3,
        "skip_unavailable_fragments": False,  # audio with a gap is not complete
    }


def make_folder(folder: Path) -> None:
    """Create the folder if missing.

    Raises:
        DiskFull: there is no room.
        SourceError: it cannot be created.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise to_catalog_error(error, str(folder)) from error


def finished_file(folder: Path, stem: str) -> Path | None:
    """Return the complete file with this stem, or None. Unfinished downloads have other extensions."""
    if not folder.is_dir():
        return None
    found = (file for file in folder.iterdir() if file.name.startswith(f"{stem}.") and _is_ours(file, folder))
    return next((file for file in found if not re.search(r"\.(?:part(?:-Frag\d+)?|ytdl|temp)$", file.name)), None)


def _is_ours(file: Path, folder: Path) -> bool:
    try:
        really_below(file, folder)
    except FileRefused:
        return False
    return True
