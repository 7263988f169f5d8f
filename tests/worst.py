"""Every door that reads what others wrote, and the text that it is worst at.

A child process reads one text after the other, each within so many seconds of the processor's time (not of the clock, so that a busy
machine changes nothing) and all within so much memory; the system ends it where it does not keep them. An input that takes time by the
square of its length needs hours for a megabyte, so the bound is generous and still tells.

    python -m tests.worst DOOR SIZE SECONDS GB [INPUT…]    in the child: a line for each
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SENTENCE = "The harbour bridge was closed on Monday, the mayor said. "
URL = "https://harbour.example/bridge"
#: Pieces that are repeated: of each door those that once made it hang, and what is alike.
UNITS = {
    "spaces": " ",
    "tabs": "\t",
    "lines": "\n",
    "letters": "a",
    "words": "harbour ",
    "capitals": "Monday ",
    "names": "Varga{i} ",
    "digits": "1",
    "numbers": "1 ",
    "dots": ".",
    "dashes": "-",
    "stars": "*",
    "underlines": "_",
    "slashes": "/",
    "commas": ",",
    "quotes": '"',
    "opening": "\u201c",
    "guillemets": "\u00bb",
    "brackets": "(",
    "closing": ")",
    "squares": "[",
    "braces": "{",
    "ampersands": "&",
    "entities": "&amp;",
    "halves": "&#",
    "hashes": "#",
    "at": "@",
    "ideographs": "\u6e2f",
    "ligatures": "\ufdfa",
    "marks": "a\u0301",
    "sentences": "a b c d. ",
    "ends": "a.)",
    "emphasis": "_a ",
    "comments": "<!--x-->",
    "unclosed comments": "<!--",
    "links": '<a href="x">',
    "open tags": "<a ",
    "tags": "<p>",
    "breaks": "<br",
    "metas": "<meta ",
    "attributes": "a=b ",
    "closed": "</a>",
    "scripts": "<script>",
    "sections": "<![CDATA[",
    "markdown": "[a](",
    "pictures": "![a](b) ",
    "videos": "youtube.com/watch?",
    "addresses": "https://harbour.example/a?b=c& ",
    "schemes": "https://",
    "nested addresses": "https://youtube.com/?url=",
    "hosts": "youtube.com",
    "labels of hosts": "a.",
    "escapes": "%25",
    "episodes": "episode 1, ",
    "eps": "ep 1,",
    "ago": "1 day ago ",
    "labels": "on at ",
    "bylines": "By\n",
    "rules": "---\n",
    "bullets": "- a\n",
    "arrows": "--> ",
    "clocks": "00:01 --> 00:02\n",
    "seconds": "<00:01.000>",
    "voices": "<v Ann>",
    "ors": "a OR ",
    "minus": "-a ",
    "filters": "in:- ",
    "speakers": "speaker:a{i} ",
    "fields": "title:",
    "stars behind": "ab* ",
    "reading": "<p>Continue Reading</p><h2>T</h2>",
    "headings": "<h2><a href='/x/{i}'>Toll {i}</a></h2>",
    "cells": "<table><tr><td>a b</td></tr></table>",
    "asides": "<aside>x</aside>y ",
    "articles": "<article><h2>a</h2>b</article>",
    "divs": "<div class=share>",
    "times": "<time class=date>x</time>",
    "items": "<item><title>a</title><link>https://h.example/{i}</link></item>",
    "urls": "<url><loc>https://h.example/{i}</loc></url>",
    "users": "-wp-sitemap-users-",
    "lists": "[],",
    "objects": '{"a":1},',
    "nested": '{"a":[',
    "rows": "a,b,c\n",
    "quoted rows": '"a\n',
    "and": " and ",
}


def repeated(unit: str, size: int) -> str:
    """So many characters of a piece, numbered where it says ``{i}``."""
    if "{i}" not in unit:
        return (unit * (size // len(unit) + 1))[:size]
    return "".join(unit.replace("{i}", str(number)) for number in range(size // len(unit) + 1))[:size]


def inputs(size: int) -> Iterator[tuple[str, str]]:
    """All texts by name: each piece alone, and between words, so that what has to end with it does not."""
    for name, unit in UNITS.items():
        yield name, repeated(unit, size)
    for name in ("spaces", "dots", "dashes", "closing", "commas", "hashes", "underlines"):
        yield f"{name} inside", f"Harbour {repeated(UNITS[name], size)}x y"
    yield "attributes inside", f"<p {repeated(UNITS['attributes'], size)}>x</p>"


def _page(text: str) -> object:
    from episodes.articles.page import read_page

    return list(
        read_page(f"<html><title>Toll</title><body><h1>Toll</h1><p>{SENTENCE * 6}</p>{text}</body></html>", URL)
    )


def _answer(text: str) -> object:
    from episodes.articles.http import Page
    from episodes.articles.read import read_response

    return list(read_response(Page(URL, 200, "text/plain", text.encode("utf-8", "replace"))))


def _markdown(text: str) -> object:
    from episodes.articles.plain_text import read_plain_text

    return list(read_plain_text(f"# Toll\n\n{text}", URL, markdown=True)), list(read_plain_text(text, URL))


def _front(text: str) -> object:
    from episodes.articles.plain_text import read_plain_text

    return list(
        read_plain_text(f"---\ntitle: {text}\nauthor: {text}\ndate: {text}\n---\n{SENTENCE}", URL, markdown=True)
    )


def _article_lines(text: str) -> object:
    import json

    from episodes.articles.json_lines import read_json_lines

    line = {"url": URL, "title": text[:1000], "text": text, "date": text, "authors": text, "more": text}
    return list(read_json_lines([json.dumps(line).encode(), text.encode("utf-8", "replace")], "a.jsonl"))


def _lists(text: str) -> object:
    from episodes.articles.feeds import read_feed
    from episodes.articles.sitemaps import read_sitemap

    body = f"<rss><channel><title>Toll</title>{text}</channel></rss>".encode("utf-8", "replace")
    return read_feed(body, URL), read_sitemap(body, URL)


def _entries(text: str) -> object:
    from html import escape

    from episodes.articles.feeds import read_feed

    told = escape(text)
    item = f"<item><link>{URL}</link><title>{told}</title><description>{told}</description><pubDate>{told}</pubDate></item>"
    return read_feed(f"<rss><channel>{item}</channel></rss>".encode("utf-8", "replace"), URL)


def _wordpress(text: str) -> object:
    import json

    from episodes.articles.feed_entry import entry_article
    from episodes.articles.tree import parse
    from episodes.articles.wordpress import find_api_url, parse_posts

    find_api_url(parse("<p>a</p>"), text, URL)
    post = {"link": URL, "title": {"rendered": "Toll"}, "content": {"rendered": text}, "date_gmt": text[:5000]}
    found = parse_posts(json.dumps([post]).encode(), {"x-wp-totalpages": "9" * 5000}, URL, "")
    return [entry_article(entry) for entry in found.entries]


def _robots(text: str) -> object:
    from datetime import UTC, datetime

    from episodes.articles.responses import retry_after
    from episodes.articles.robots import parse

    return parse(f"User-agent: *\n{text}").allows(URL, "nir"), retry_after(text, datetime.now(UTC))


def _file(name: str) -> Callable[[str], object]:
    def door(text: str) -> object:
        from episodes.sources.bulk import read_bulk

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_bytes(text.encode("utf-8", "replace"))
            return list(read_bulk(path))

    return door


def _import_fields(text: str) -> object:
    from episodes.sources.info_dict import episode_info
    from episodes.sources.records import episode_from_record

    segment = {"start": 0, "end": 9, "text": text}
    fields = {
        "id": "a",
        "title": text,
        "date": "",
        "description": text,
        "show": text,
        "segments": [segment],
        "media": text,
        "more": text,
    }
    info = {**fields, "webpage_url": text, "upload_date": text, "series": text, "chapters": [{"title": text}]}
    return episode_from_record(fields), episode_info(info)


def _feed_file(text: str) -> object:
    from html import escape

    from episodes.sources.feed_file import episodes

    told = escape(text)
    item = f"<item><guid>{told[:3000]}</guid><title>{told}</title><description>{told}</description><pubDate>{told}</pubDate>"
    whole = f'<rss version="2.0"><channel><title>Toll</title>{item}<link>{URL}</link></item></channel></rss>'
    return list(episodes(whole.encode("utf-8", "replace")))


def _markup(text: str) -> object:
    from episodes.sources.html_to_text import html_to_text
    from transcripts.text import storable_json

    return html_to_text(f"<p>{text}"), storable_json({"a": text})


def _captions(kind: str) -> Callable[[str], object]:
    heads = {
        "vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n",
        "srt": "1\n00:00:01,000 --> 00:00:02,000\n",
        "json": '{"segments": [',
        "text": "",
    }

    def door(text: str) -> object:
        from transcripts.captions import read_captions
        from transcripts.words import Source

        return read_captions(heads[kind] + text, None, source=Source.FEED)

    return door


def _question(text: str) -> object:
    from episodes.search.highlights import highlights, in_title
    from episodes.search.query import last_word_as_prefix, relaxed
    from episodes.search.query_parser import parse

    query = parse(text)
    return (
        str(query),
        query.node and (last_word_as_prefix(query.node), relaxed(query.node)),
        highlights(text, [SENTENCE]),
        in_title(text, text),
    )


def _passages(text: str) -> object:
    from episodes.search.highlights import highlights
    from episodes.search.passages import Unit, windows
    from episodes.search.tokenizer import folded_tokens, token_spans

    return (
        windows([Unit(0, text)]),
        windows([Unit(0, text, 0.0, 9.0)]),
        highlights("harbour a 1", [text]),
        folded_tokens(text),
        token_spans(text),
    )


def _numbers(text: str) -> object:
    from episodes.episode_numbers import episode_number, show_mentions
    from episodes.sources import identity

    identity.key(identity.of_address(text), "", text), identity.of_feed(text, text, text), identity.file_name(text)
    return (
        episode_number(text, text),
        show_mentions(text, "a"),
        show_mentions(text, text),
        show_mentions(text, "Harbour"),
    )


def _names(text: str) -> object:
    from transcripts.names.corrections import Correction, corrected, spoken_words
    from transcripts.names.expected import names_in, prompt_of
    from transcripts.names.near_misses import near_misses
    from transcripts.words import Segment, Word

    words = tuple(Word(0, 1, word) for word in text.split())
    made = corrected([Segment(0, 9, text, words=words)], [Correction("a", "b c")])
    return (
        prompt_of([], names_in([text])),
        near_misses(made, ["Tafolla", "Varga"], lambda word: False),
        spoken_words(made[0]),
    )


def _linking(text: str) -> object:
    from episodes.linking.values import ArticleCandidate, EpisodeText
    from episodes.linking.verdicts import link

    ours = [EpisodeText(n, show=text, title=text, number=n, description=text, url=text, text=text) for n in (1, 2)]
    return link(
        ours,
        [
            ArticleCandidate(1, url=text, title=text, dek=text, text=text, links=(text,)),
            ArticleCandidate(2, text=SENTENCE),
        ],
    )


def _addresses(text: str) -> object:
    from episodes import urls

    for one in (text, f"https://harbour.example/{text}", f"https://{text}.example/", f"https://youtube.com/{text}"):
        urls.key(one), urls.youtube(one), urls.variants(one), urls.deep_link(one, 1), urls.absolute(one, URL)
        list(urls.addresses_in(one)), urls.youtube_ids_in(one)
    return urls.host_of(text)


def _alignment(text: str) -> object:
    from episodes.alignment.align import align
    from episodes.alignment.difference import difference
    from episodes.alignment.quotes import is_quotation
    from episodes.values import ParagraphText
    from transcripts.words import Segment

    is_quotation(text, 0, 9), difference(text, text[::-1])
    said = [Segment(n * 9.0, n * 9.0 + 9, text[n * len(text) // 20 :][: len(text) // 20]) for n in range(20)]
    return align([ParagraphText(text), ParagraphText(SENTENCE)], said)


def _quality(text: str) -> object:
    from transcripts.quality import compare_with_captions, marks_of_transcript
    from transcripts.words import Segment, Transcript

    parts = text[: len(text) // 4].split()[:20_000] or [text]
    many = Transcript(tuple(Segment(n * 9.0, n * 9.0 + 9, f"{part} a b c d e f") for n, part in enumerate(parts)))
    other = Transcript(tuple(Segment(n * 9.0, n * 9.0 + 9, "g h i j k l m") for n in range(len(parts))))
    one = Transcript((Segment(0, 9, text, no_speech_prob=0.9, avg_logprob=-0.1),))
    return (
        compare_with_captions(many, other),
        marks_of_transcript(many),
        marks_of_transcript(one),
        compare_with_captions(one, one),
    )


def _match(text: str) -> object:
    from episodes.errors import Usage
    from episodes.sources.decisions import title_matches

    for expression in ("(a|aa)+$", "(a+)+$", "(.*)*x$", r"(\s*\w*)*!$", "Harbour"):
        try:
            title_matches(text, expression)
        except Usage:
            continue
    return None


DOORS: dict[str, Callable[[str], object]] = {
    "page": _page,
    "answer": _answer,
    "markdown": _markdown,
    "front matter": _front,
    "article lines": _article_lines,
    "lists": _lists,
    "entries": _entries,
    "wordpress": _wordpress,
    "robots": _robots,
    "jsonl": _file("a.jsonl"),
    "csv": _file("a.csv"),
    "info": _file("a.info.json"),
    "feed": _file("a.xml"),
    "feed items": _feed_file,
    "fields": _import_fields,
    "markup": _markup,
    "vtt": _captions("vtt"),
    "srt": _captions("srt"),
    "json captions": _captions("json"),
    "captions": _captions("text"),
    "question": _question,
    "passages": _passages,
    "numbers": _numbers,
    "names": _names,
    "linking": _linking,
    "addresses": _addresses,
    "alignment": _alignment,
    "quality": _quality,
    "match": _match,
}


@dataclass(frozen=True)
class Tried:
    """One input at one door, and whether it was read (or refused in our own words) within the bounds."""

    door: str
    name: str
    held: bool
    detail: str = ""
    seconds: float = 0.0


def tried(
    door: str, size: int, *, seconds: int = 30, memory: float = 3.0, names: Sequence[str] | None = None
) -> list[Tried]:
    """A door with all inputs (or the named ones) in processes with limits; where one is ended, another goes on behind."""
    waiting = [name for name, _ in inputs(1) if names is None or name in names]
    found: list[Tried] = []
    while waiting:
        ran = subprocess.run(
            [sys.executable, "-m", "tests.worst", door, str(size), str(seconds), str(memory), *waiting],
            capture_output=True, text=True, cwd=ROOT, check=False,
        )  # fmt: skip
        done = [line.split("\t") for line in ran.stdout.splitlines() if line.startswith("done")]
        found += [Tried(door, name, not trouble, trouble, float(spent)) for _, name, trouble, spent in done]
        waiting = waiting[len(done) :]
        if waiting:
            found.append(
                Tried(door, waiting.pop(0), held=False, detail=f"ended by {ran.returncode}: {ran.stderr[-200:]}")
            )
    return found


def main() -> None:
    """In the child: read the named inputs at one door."""
    door, size, seconds, memory, *names = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(float(memory) * 2**30),) * 2)
    for name, text in inputs(int(size)):
        if name not in names:
            continue
        before = _spent()
        resource.setrlimit(resource.RLIMIT_CPU, (int(before) + int(seconds), resource.RLIM_INFINITY))
        trouble = _trouble(DOORS[door], text)
        print(f"done\t{name}\t{trouble}\t{_spent() - before:.1f}", flush=True)


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _trouble(door: Callable[[str], object], text: str) -> str:
    """What went wrong beside what we say ourselves."""
    from episodes.errors import CatalogError
    from transcripts.errors import TranscriptError

    try:
        door(text)
    except (CatalogError, TranscriptError):
        return ""
    except Exception as error:  # noqa: BLE001 - told, whatever it is
        return f"{type(error).__name__}: {error}"[:200].replace("\n", " ")
    return ""


if __name__ == "__main__":
    main()
