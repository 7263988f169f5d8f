"""A made-up town's news in every form in which it comes: files of episodes and articles, a feed with pages and captions, a blog."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from episodes.linking import ArticleCandidate, EpisodeText
from tests.linking.town import town
from tests.pipeline.websites import Answer, Blog

#: So many episodes, and articles, are in the files; enough for linking to remember what it has seen.
SIZE = 100
#: So many are in the feed and on the blog, and so many of them before the update that is looked at.
ONLINE, EARLIER = 14, 4
#: Words of a line, and seconds that it takes; words of an episode and of an article: enough to be linked, and soon written.
LINE, SECONDS = 12, 4.0
SPOKEN, WRITTEN = 96, 60


def lines(text: str) -> list[str]:
    """The words as they are said, a few at a time."""
    words = text.split()
    return [" ".join(words[at : at + LINE]) for at in range(0, len(words), LINE)]


def news(size: int) -> tuple[list[EpisodeText], list[ArticleCandidate]]:
    """The first so many episodes and articles of the town, each cut short."""
    said, written = town(size)
    return (
        [replace(one, text=" ".join(one.text.split()[:SPOKEN])) for one in said],
        [replace(one, text=" ".join(one.text.split()[:WRITTEN])) for one in written],
    )


def files(folder: Path) -> tuple[Path, Path]:
    """The town's episodes, and its articles, as JSON lines."""
    said, written = news(SIZE)
    episodes, articles = folder / "episodes.jsonl", folder / "articles.jsonl"
    episodes.write_text("".join(json.dumps(_episode(one)) + "\n" for one in said), encoding="utf-8")
    articles.write_text("".join(json.dumps(_article(one)) + "\n" for one in written), encoding="utf-8")
    return episodes, articles


def _episode(one: EpisodeText) -> dict[str, object]:
    segments = [
        {"start": at * SECONDS, "end": (at + 1) * SECONDS, "text": line} for at, line in enumerate(lines(one.text))
    ]
    return {"id": f"bay-{one.number}", "title": one.title, "date": str(one.published), "show": one.show,
            "number": one.number, "segments": segments}  # fmt: skip


def _article(one: ArticleCandidate) -> dict[str, object]:
    return {"url": one.url, "title": one.title, "date": str(one.published), "paragraphs": _paragraphs(one.text)}


def _paragraphs(text: str) -> list[str]:
    some = lines(text)
    return [" ".join(some[at : at + 3]).capitalize() + "." for at in range(0, len(some), 3)]


class Newsroom(Blog):
    """A feed of episodes, each a page with a video and captions, and a blog of articles about them; both grow."""

    def __init__(self) -> None:
        super().__init__(0)
        handler = self.server.RequestHandlerClass
        handler.do_HEAD = handler.do_GET  # type: ignore[attr-defined]
        self.per_page = 5
        self.feed = f"{self.url}/feed.xml"

    def publish(self, size: int) -> None:
        """From now on there are the first so many episodes and articles."""
        said, written = news(ONLINE)
        self.posts = [self._post(one) for one in written[:size]]
        items = "".join(map(self._item, said[size - 1 :: -1]))
        rss = f"<rss version='2.0'><channel><title>{said[0].show}</title>{items}</channel></rss>"
        self.pages["/feed.xml"] = Answer(rss, kind="application/rss+xml")
        for one in said[:size]:
            track = f"<track kind='captions' srclang='en' src='/captions/{one.number}.vtt'>"
            page = f"<html><head><title>{one.title}</title></head><body><video src='/{one.number}.mp4'>{track}</video></body></html>"
            self.pages[f"/page/{one.number}.html"] = Answer(page)
            self.pages[f"/captions/{one.number}.vtt"] = Answer(_captions(one.text), kind="text/vtt")
            self.pages[f"/{one.number}.mp4"] = Answer(b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64, kind="video/mp4")

    def _item(self, one: EpisodeText) -> str:
        page = f"{self.url}/page/{one.number}.html"
        day = f"{one.published:%d %b %Y} 18:00:00 +0000" if one.published else ""
        return f"<item><title>{one.title}</title><guid>bay-{one.number}</guid><link>{page}</link><pubDate>{day}</pubDate></item>"

    def _post(self, one: ArticleCandidate) -> dict[str, object]:
        body = "".join(f"<p>{paragraph}</p>" for paragraph in _paragraphs(one.text))
        when = f"{one.published}T06:00:00"
        return {**self.post(one.id), "date_gmt": when, "modified_gmt": when, "title": {"rendered": one.title},
                "content": {"rendered": body, "protected": False}}  # fmt: skip


def _captions(text: str) -> str:
    cues = (f"{_clock(at * SECONDS)} --> {_clock((at + 1) * SECONDS)}\n{line}\n" for at, line in enumerate(lines(text)))
    return "WEBVTT\n\n" + "\n".join(cues)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60):02}:{seconds % 60:06.3f}"
