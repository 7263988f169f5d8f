"""Folders of yt-dlp's ``STEM.info.json``, with ``STEM.LANGUAGE.vtt`` and the media file ``STEM.EXT`` beside them.

Addresses of captions in an old info.json have expired, so only the files count. A playlist's own info.json is no episode.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from episodes.errors import BadItem
from episodes.sources import info_dict
from episodes.sources.json_lines import parse
from episodes.sources.tracks import FORMATS
from episodes.values import CaptionTrack, EpisodeInfo, Outcome, Read, State
from transcripts.bounded import LARGEST

ENDING = ".info.json"
#: Sound first: it is smaller to decode.
MEDIA = (
    "opus",
    "m4a",
    "mp3",
    "ogg",
    "oga",
    "aac",
    "flac",
    "wav",
    "webm",
    "mp4",
    "m4v",
    "mkv",
    "mov",
    "flv",
    "avi",
    "ts",
    "3gp",
)


def read_folder(folder: Path) -> Iterator[Read]:
    """Every info.json in the folder and below, in order of name."""
    nothing = True
    unreadable: list[OSError] = []
    for at, folders, names in os.walk(folder, onerror=unreadable.append):
        folders.sort()
        names.sort()
        for name in names:
            if name.endswith(ENDING):
                nothing = False
                yield read(Path(at, name), names)
        while unreadable:
            yield _cannot_be_read(unreadable.pop())
    for error in unreadable:
        yield _cannot_be_read(error)
    if nothing and not unreadable:
        reason = "no *.info.json is in this folder or below; name .jsonl, .csv and feed files themselves"
        yield Read(str(folder), outcome=Outcome(str(folder), State.FAILED, reason), path=folder)


def read(path: Path, names: Sequence[str] | None = None) -> Read:
    """One info.json; ``names`` are the sorted names of the files beside it, where they are known already."""
    item = str(path)
    try:
        info = parse(_content(path), nan=True)
        if info.get("_type") in ("playlist", "multi_video") or "entries" in info:
            return Read(item, outcome=Outcome(item, State.SKIPPED, "it describes a playlist, no episode"), path=path)
        beside = names if names is not None else sorted(file.name for file in path.parent.iterdir())
        return Read(item, _with_files(info_dict.episode_info(info), info, path, beside), path=path)
    except BadItem as error:
        return Read(item, outcome=Outcome(item, State.FAILED, error.detail), path=path)
    except OSError as error:
        return _cannot_be_read(error, path)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadItem(detail=f"larger than {LARGEST // 2**20} MB; it is no info.json of an episode")
    return content


def _with_files(episode: EpisodeInfo, info: Mapping[str, Any], path: Path, names: Sequence[str]) -> EpisodeInfo:
    stem = path.name.removesuffix(ENDING)
    beside = [name.removeprefix(f"{stem}.") for name in _starting_with(f"{stem}.", names)]
    tracks = [track for ending in beside if (track := _track(path.parent, stem, ending, info))]
    media = min((ending for ending in beside if ending in MEDIA), key=MEDIA.index, default=None)
    return replace(
        episode,
        captions=tuple(_best_formats(tracks)),
        media=str(path.parent / f"{stem}.{media}") if media else episode.media,
    )


def _starting_with(start: str, names: Sequence[str]) -> Iterator[str]:
    """Of sorted names those that begin so, without a walk over all of a folder of thousands."""
    for name in names[bisect_left(names, start) :]:
        if not name.startswith(start):
            return
        yield name


def _track(folder: Path, stem: str, ending: str, info: Mapping[str, Any]) -> CaptionTrack | None:
    """A subtitle file: "en.vtt", or "vtt" alone in the video's own language."""
    language, _, kind = ending.rpartition(".")
    if kind not in FORMATS or "." in language or language == "live_chat":
        return None
    by_hand = info.get("subtitles")
    by_machine = info.get("automatic_captions")
    automatic = _has(by_machine, language) and not _has(by_hand, language)
    return CaptionTrack(language or info_dict.text(info, "language"), kind, str(folder / f"{stem}.{ending}"), automatic)


def _has(tracks: object, language: str) -> bool:
    return isinstance(tracks, dict) and language in tracks


def _best_formats(tracks: Sequence[CaptionTrack]) -> Iterator[CaptionTrack]:
    """One track a language, manual ones first."""
    best: dict[str, CaptionTrack] = {}
    for track in sorted(tracks, key=lambda track: FORMATS.index(track.format)):
        best.setdefault(track.language, track)
    yield from sorted(best.values(), key=lambda track: track.automatic)


def _cannot_be_read(error: OSError, path: Path | None = None) -> Read:
    item = str(path or error.filename)
    return Read(item, outcome=Outcome(item, State.FAILED, f"it cannot be read: {error.strerror}"), path=Path(item))
