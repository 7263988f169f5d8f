"""Read folders of yt-dlp's ``STEM.info.json``, with ``STEM.LANGUAGE.vtt`` and the media file ``STEM.EXT`` beside them.

Caption URLs in an old info.json have expired, so only the files count. The info.json of a playlist is no episode.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from episodes.errors import BadItem, FileRefused
from episodes.files.reading import read_regular, really_below
from episodes.sources import info_dict
from episodes.sources.caption_tracks import FORMATS
from episodes.sources.json_lines import parse
from episodes.sources.media_file import MEDIA
from episodes.values import CaptionTrack, EpisodeInfo, Outcome, Read, State
from transcripts.bounded_json import LARGEST

ENDING = ".info.json"


def read_folder(folder: Path) -> Iterator[Read]:
    """Yield every info.json in the folder and below, in order of name. Links out of the folder are skipped."""
    nothing = True
    unreadable: list[OSError] = []
    for at, folders, names in os.walk(folder, onerror=unreadable.append):
        folders.sort()
        names.sort()
        for name in folders:
            if Path(at, name).is_symlink():
                yield _passed_over(Path(at, name), "it is a link to a folder; name that folder itself")
        for name in names:
            if name.endswith(ENDING):
                nothing = False
                yield read(Path(at, name), names, folder)
        while unreadable:
            yield _cannot_be_read(unreadable.pop())
    for error in unreadable:
        yield _cannot_be_read(error)
    if nothing and not unreadable:
        reason = "no *.info.json is in this folder or below; name .jsonl, .csv and feed files themselves"
        yield Read(str(folder), outcome=Outcome(str(folder), State.FAILED, reason), path=folder)


def read(path: Path, names: Sequence[str] | None = None, folder: Path | None = None) -> Read:
    """Read one info.json. ``names`` are the sorted names of the files beside it, if already known.

    ``folder`` is the one that the user named; without it the user named the file, and its own folder counts.
    """
    item = str(path)
    try:
        if folder:
            really_below(path, folder)
    except FileRefused as error:
        return _passed_over(path, error.detail)
    try:
        info = parse(read_regular(path, LARGEST), nan=True)
        if info.get("_type") in ("playlist", "multi_video") or "entries" in info:
            return _passed_over(path, "it describes a playlist, not an episode")
        beside = names if names is not None else sorted(file.name for file in path.parent.iterdir())
        episode = info_dict.episode_info(info)
        return Read(item, _with_files(episode, info, path, beside, folder or path.parent), path=path)
    except (BadItem, FileRefused) as error:
        return Read(item, outcome=Outcome(item, State.FAILED, error.detail), path=path)
    except OSError as error:
        return _cannot_be_read(error, path)


def _with_files(
    episode: EpisodeInfo, info: Mapping[str, Any], path: Path, names: Sequence[str], folder: Path
) -> EpisodeInfo:
    stem, at = path.name.removesuffix(ENDING), path.parent.absolute()
    beside, passed_over = _really_there(path, f"{stem}.", names, folder)
    tracks = [track for ending in beside if (track := _track(at, stem, ending, info))]
    media = min((ending for ending in beside if ending in MEDIA), key=MEDIA.index, default=None)
    return replace(
        episode,
        captions=tuple(_best_formats(tracks)),
        media=str(at / f"{stem}.{media}") if media else episode.media,
        folder=str(folder.absolute()) if tracks or media else "",
        passed_over=passed_over,
    )


def _really_there(path: Path, start: str, names: Sequence[str], folder: Path) -> tuple[list[str], tuple[str, ...]]:
    """Return the extensions of media and subtitle files below the folder, and a note on each file outside."""
    there: list[str] = []
    passed_over: list[str] = []
    for name in _starting_with(start, names):
        ending = name.removeprefix(start)
        if ending in MEDIA or ending.rpartition(".")[2] in FORMATS:
            try:
                really_below(path.with_name(name), folder)
                there.append(ending)
            except FileRefused as error:
                passed_over.append(f"{name} passed over: {error.detail}")
    return there, tuple(passed_over)


def _starting_with(start: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the names with this prefix from a sorted list, by binary search: folders have thousands of files."""
    for name in names[bisect_left(names, start) :]:
        if not name.startswith(start):
            return
        yield name


def _track(folder: Path, stem: str, ending: str, info: Mapping[str, Any]) -> CaptionTrack | None:
    """Return the track of a subtitle file: "en.vtt", or "vtt" in the video's own language."""
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
    """Yield one track per language, manual ones first."""
    best: dict[str, CaptionTrack] = {}
    for track in sorted(tracks, key=lambda track: FORMATS.index(track.format)):
        best.setdefault(track.language, track)
    yield from sorted(best.values(), key=lambda track: track.automatic)


def _passed_over(path: Path, reason: str) -> Read:
    return Read(str(path), outcome=Outcome(str(path), State.SKIPPED, reason), path=path)


def _cannot_be_read(error: OSError, path: Path | None = None) -> Read:
    item = str(path or error.filename)
    return Read(item, outcome=Outcome(item, State.FAILED, f"it cannot be read: {error.strerror}"), path=Path(item))
