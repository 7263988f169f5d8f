"""An episode as schema.org JSON-LD for search engines: a VideoObject with clips and its articles. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from episodes.catalog.links import Linked
from episodes.dates import iso
from episodes.models import Episode
from episodes.web import addresses
from episodes.web.player import Player
from episodes.web.transcript_lines import TranscriptLine

#: A clip begins at a speaker turn, at least this many seconds after the previous one.
CLIP_SECONDS = 60.0
MAX_CLIPS = 60
_NAME_WORDS = 10
#: Maximum characters of a title or description.
MAX_TEXT = 5000


def json_ld(
    episode: Episode, lines: Sequence[TranscriptLine], links: Sequence[Linked], player: Player, base: str
) -> str:
    """Return the document as text that is safe inside ``<script>``: it contains no ``<``."""
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "AudioObject" if player.kind == "audio" and not addresses.clickable(episode.url) else "VideoObject",
        "name": episode.title[:MAX_TEXT],
        "description": (episode.description or episode.title)[:MAX_TEXT],
        "url": base + addresses.of_episode(episode.key),
        "uploadDate": iso(episode.published),
        "duration": f"PT{round(episode.duration)}S" if episode.duration else None,
        "thumbnailUrl": addresses.clickable(episode.thumbnail) or None,
        "inLanguage": episode.language or None,
        "contentUrl": _content(episode, player, base),
        "embedUrl": player.source.partition("?")[0] if player.kind == "youtube" else None,
        "isPartOf": {"@type": "CreativeWorkSeries", "name": episode.show_title[:MAX_TEXT]}
        if episode.show_title
        else None,
        "hasPart": clips(episode.key, lines, base) or None,
        "associatedArticle": [_article(one) for one in links[:MAX_CLIPS] if one.holds] or None,
    }
    text = json.dumps({name: value for name, value in about.items() if value is not None}, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _content(episode: Episode, player: Player, base: str) -> str | None:
    """Return the URL of the media: where it was published, else on this site."""
    here = base + addresses.of_media(episode.key) if player.source.startswith("/media/") else None
    return addresses.clickable(episode.media) or here


def clips(key: str, lines: Sequence[TranscriptLine], base: str) -> list[dict[str, Any]]:
    """Split the transcript into clips of a minute or more, each named by its first words."""
    begins: list[TranscriptLine] = []
    for line in lines:
        if line.turn and (not begins or line.start - begins[-1].start >= CLIP_SECONDS):
            begins.append(line)
    ends = [line.start for line in begins[1:]] + [lines[-1].end if lines else 0.0]
    return [
        {
            "@type": "Clip",
            "name": " ".join(line.text.split()[:_NAME_WORDS])[:MAX_TEXT],
            "startOffset": addresses.second(line.start),
            "endOffset": addresses.second(end),
            "url": base + addresses.of_episode(key, at=line.start).partition("#")[0],
        }
        for line, end in zip(begins[:MAX_CLIPS], ends, strict=False)
    ]


def _article(one: Linked) -> dict[str, Any]:
    about = {"@type": "NewsArticle", "headline": one.article.title[:MAX_TEXT]}
    address = addresses.clickable(one.article.url)
    return about | ({"url": address} if address else {})
