"""Choose from the caption tracks that a site offers.

json3 is best, because it has word times and does not roll; then VTT and SRT; other formats are ignored. Manual captions
take precedence over automatic ones. Machine translations of automatic captions are ignored, and so is live chat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from episodes.values import CaptionTrack

#: Formats that can be read, best first.
FORMATS = ("json3", "vtt", "srt")


def caption_tracks(info: Mapping[str, Any], languages: Sequence[str] = ("en",)) -> tuple[CaptionTrack, ...]:
    """Return the tracks to keep from yt-dlp's info dict: manual before automatic, one per language.

    The video's own language comes first, then ``languages``. If the video's language is unknown and no manual track is
    in ``languages``, all manual tracks are kept.
    """
    own = _text(info.get("language"))
    wanted = list(dict.fromkeys(language for language in (own, *languages) if language))
    manual = list(_tracks(info.get("subtitles"), automatic=False))
    automatic = list(_tracks(info.get("automatic_captions"), automatic=True))
    chosen = _in_languages(manual, wanted)
    if not chosen and not own:
        chosen = manual
    return (*chosen, *_in_languages(automatic, wanted))


def is_language(tag: str, wanted: str) -> bool:
    """True if ``tag`` ("en-GB", "en-orig") is the language ``wanted`` ("en", "en-US") or a variant of it."""
    return tag.lower().replace("_", "-").split("-")[0] == wanted.lower().replace("_", "-").split("-")[0]


def _in_languages(tracks: Sequence[CaptionTrack], wanted: Sequence[str]) -> list[CaptionTrack]:
    """Return the best track per wanted language: an exact match, else the original ("en-orig"), else any variant."""
    chosen: dict[str, CaptionTrack] = {}
    for language in wanted:
        fitting = [track for track in tracks if is_language(track.language, language)]
        best = min(
            fitting, key=lambda track: (track.language != language, not track.language.endswith("-orig")), default=None
        )
        if best:
            chosen.setdefault(best.location, best)
    return list(chosen.values())


def _tracks(offered: object, *, automatic: bool) -> Iterator[CaptionTrack]:
    """Yield, per language, the track in the best readable format."""
    for language, entries in offered.items() if isinstance(offered, Mapping) else ():
        if not isinstance(language, str) or "live_chat" in language or not isinstance(entries, Sequence):
            continue
        usable = [track for entry in entries if (track := _track(language, entry, automatic=automatic))]
        if usable:
            yield min(usable, key=lambda track: FORMATS.index(track.format))


def _track(language: str, entry: object, *, automatic: bool) -> CaptionTrack | None:
    if not isinstance(entry, Mapping):
        return None
    url = _text(entry.get("url"))
    kind = _text(entry.get("ext")).lower() or url.split("?")[0].rpartition(".")[2].lower()
    translated = automatic and ("&tlang=" in url or "?tlang=" in url)
    if not url.startswith(("http://", "https://")) or kind not in FORMATS or translated:
        return None
    return CaptionTrack(language, kind, url, automatic)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
