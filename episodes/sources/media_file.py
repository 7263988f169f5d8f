"""The sound of an episode as a file: where it goes, how it is asked for, and whether it is whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from episodes.errors import FileRefused
from episodes.files.reading import really_below
from episodes.sources.ytdlp_errors import to_catalog_error

#: Endings of media files; sound first: it is smaller to decode.
MEDIA = (
    "opus", "m4a", "mp3", "ogg", "oga", "aac", "flac", "wav", "weba",
    "webm", "mp4", "m4v", "mkv", "mka", "mov", "ogv", "flv", "avi", "ts", "3gp",
)  # fmt: skip

#: Told bytes done and bytes in all, None where nobody knows.
OnProgress = Callable[[float, float | None], None]


def download_options(folder: Path, stem: str, on_progress: OnProgress | None) -> dict[str, object]:
    """What yt-dlp has to know to put the sound into ``folder`` under ``stem``: resumable, and never in need of ffmpeg."""

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
        "skip_unavailable_fragments": False,  # a sound with a hole is not whole
    }


def make_folder(folder: Path) -> None:
    """Make it, if it is not there.

    Raises:
        DiskFull: there is no room.
        SourceError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise to_catalog_error(error, str(folder)) from error


def finished_file(folder: Path, stem: str) -> Path | None:
    """The whole file of this stem; what is still being fetched has another ending."""
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
