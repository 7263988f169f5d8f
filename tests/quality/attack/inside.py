"""The child of ``addresses``: ``python -m tests.quality.attack.inside PART FOLDER`` prints one attempt a line as JSON."""

from __future__ import annotations

import gzip
import json
import os
import resource
import socket
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from episodes.articles.http import Limits
from episodes.errors import CatalogError
from episodes.sources.download_limits import DownloadLimits
from episodes.sources.ytdlp import YtDlp
from episodes.values import CaptionTrack, EpisodeInfo, Listed
from tests.guard.conftest import Inside, PublicSite
from tests.quality.attack.ground import Attempt

Door = Callable[[str, Path], object]
HASTY = Limits(seconds=2, read_timeout=2)
BOUNDS = DownloadLimits(text_seconds=4, audio_seconds=4, per_seconds=2)
VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nThe bridge is closed.\n"


class Site(PublicSite):
    """Serves what is put there, and whatever is below ``/to/ADDRESS`` as a redirect to it."""

    def feed(self, path: str, media: list[str]) -> str:
        items = "".join(
            f"<item><title>No. {number}</title><guid>harbour-item-{number:05}</guid>"
            f'<enclosure url="{_escaped(one)}" type="audio/x-wav"/></item>'
            for number, one in enumerate(media)
        )
        return self.put(path, f"<rss><channel><title>News</title>{items}</channel></rss>", "application/rss+xml")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


@contextmanager
def serving() -> Iterator[tuple[Site, Inside]]:
    """The site on 127.0.0.1 and the inside on 127.0.0.2, [::1] and 127.0.0.1 of one more port."""
    from http.server import BaseHTTPRequestHandler

    from tests.guard.conftest import served

    site, inner = Site(), Inside()

    class Outer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.command, self.path, dict(self.headers)))
            act = site.acts.get(self.path)
            with suppress(OSError):
                act(self) if act else self.send_error(404)

        do_POST = do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    class Inner(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            inner.requests += 1
            self.send_response(200)
            self.end_headers()

        do_POST = do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    def count() -> None:
        inner.connections += 1

    with served("127.0.0.1", Outer, lambda: None) as port, served("127.0.0.2", Inner, count) as inner.port:
        site.url = f"http://127.0.0.1:{port}"
        yield site, inner


def spellings(port: int) -> list[str]:
    """Addresses that lead to this machine or network, or nowhere, in as many spellings as we know."""
    numbers = [
        "127.0.0.2", "127.2", "127.0.2", "2130706434", "0x7f000002", "0x7f.2", "0x7f.0x0.0x0.0x2", "0177.0.0.2", "0177.2",
        "017700000002", "127.0.0.2.", "0x7F.0.2", "127.000.000.002", "0000177.0.0.02", "127.0.0.0x2",
        "１２７.０.０.２", "127。0。0。2", "127．0．0．2", "①②⑦.0.0.2", "127.0.0.2%2e", "%31%32%37.0.0.2",
        "0", "0.0.0.0", "0.0.0.1", "10.0.0.1", "10.1", "100.64.0.1", "100.100.100.200", "169.254.169.254", "0xA9FEA9FE",
        "2852039166", "0251.0376.0251.0376", "169.254.43518", "172.16.0.1", "192.168.0.1", "192.168.257", "192.0.0.192",
        "168.63.129.16", "198.18.0.1", "192.88.99.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "[::1]", "[::]", "[::127.0.0.2]", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[0:0:0:0:0:ffff:127.0.0.2]",
        "[::ffff:0:127.0.0.2]", "[64:ff9b::127.0.0.2]", "[64:ff9b::7f00:2]", "[64:ff9b:1::127.0.0.2]", "[64:ff9b::10.0.0.1]",
        "[64:ff9b::169.254.169.254]", "[2002:7f00:2::]", "[2002:a00:1::1]", "[2002:a9fe:a9fe::]", "[2001:0:7f00:2::]",
        "[2001:0:a9fe:a9fe::]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[fec0::1]", "[feff::1]", "[fc00::1]",
        "[fd00:ec2::254]", "[ff02::1]", "[100::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]",
        "[fe80::5efe:127.0.0.2]", "[2606:4700::5efe:127.0.0.2]", "[2606:4700::200:5efe:10.0.0.1]", "[::1%25lo]", "[0:0:0:0:0:0:0:1]",
        "localhost", "LOCALHOST", "localhost.", "lo\u00adcalhost", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "inside.example", "INSIDE.example", "inside.example.",
        "both.example", "turning.example", "mapped.example", "nat.example", "zoned.example", "inside%2eexample", "ınside.example",
    ]  # fmt: skip
    plain = [f"http://{number}:{port}/" for number in numbers]
    target = f"127.0.0.2:{port}"
    shapes = [
        f"HTTP://{target}/", f"hTTp://{target}/", f"http:{target}/", f"http:/{target}/", f"http:///{target}/", f"http:////{target}/",
        f"//{target}/", f"http:\\\\{target}/", f"http://\\{target}/", f"http://public.example@{target}/", f"http://public.example:80@{target}/",
        f"http://public.example%40{target}/", f"http://public.example\\@{target}/", f"http://public.example#@{target}/",
        f"http://{target}#@public.example/", f"http://{target}\\@public.example/", f"http://{target}?@public.example/",
        f"http://a:b@c@{target}/", f"http://{target}:80/", f"http://{target}\t/", f"http://127.0.\n0.2:{port}/", f"ht\ntp://{target}/",
        f" http://{target}/", f"\thttp://{target}/", f"\x01http://{target}/", f"http://{target}\r\nHost: x/", f"http://{target}/\x00",
        f"http://%00{target}/", f"http://{target}%00.public.example/", f"http://{target}%20/", f"http:// {target}/", f"http://{target} /",
        f"https://{target}/", f"HTTPS://{target}/", f"http://[127.0.0.2]:{port}/", f"http://127.0.0.2:0{port}/", f"http://127.0.0.2:+{port}/",
        f"http://127.0.0.2:{port}.0/", f"http://127.0.0.2:{port + 65536}/", f"http://public.example/../../@{target}/", f"http://{target}/;a=http://public.example",
        f"url:http://{target}/", f"view-source:http://{target}/", f"jar:http://{target}/!/", f"feed:http://{target}/", f"feed://{target}/",
        f"dict://{target}/", f"gopher://{target}/_x", f"ldap://{target}/", f"tftp://{target}/x", f"sftp://{target}/", f"ws://{target}/",
    ]  # fmt: skip
    return plain + shapes


def doors(door: YtDlp, pages: Any) -> dict[str, Door]:
    """Every public function that fetches what an address names."""
    entry = {"_type": "url_transparent", "title": "One"}
    return {
        "listing": lambda url, _: list(door.listing(url).entries),
        "feed": lambda url, _: list(door.listing(f"{url}#.xml").entries),
        "reading": lambda url, _: door.read_episode(Listed("x:1", url)),
        "item": lambda url, _: door.read_episode(Listed("x:1", url, hint={"entry": {**entry, "url": url}})),
        "captions": lambda url, _: door.fetch_captions(CaptionTrack("en", "vtt", url)),
        "sound": lambda url, folder: door.fetch_audio(EpisodeInfo("x:1", "1", "One", media=url), folder),
        "page": lambda url, _: pages.fetch(url, limits=HASTY),
        "robots": lambda url, _: pages.robots_txt(url),
    }


def refused(call: Callable[[], object]) -> str:
    """Why it was refused; empty where it was not."""
    try:
        call()
    except CatalogError as error:
        return error.detail or str(error)
    return ""


def resolve(monkey: dict[str, list[str]]) -> None:
    """Names of our own: inside, half inside, and inside at every second lookup."""
    real, turns = socket.getaddrinfo, iter(range(1_000_000))

    def lookup(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        name = str(host).lower().rstrip(".")
        if name == "turning.example":
            return real("127.0.0.2" if next(turns) % 2 else "127.0.0.1", port, *args, **options)
        if name.endswith(".example"):
            answers = [found for one in monkey.get(name, []) for found in real(one, port, *args, **options)]
            if not answers:
                raise socket.gaierror(-2, "Name or service not known")
            return answers
        return real(host, port, *args, **options)

    socket.getaddrinfo = lookup


NAMES = {
    "public.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"], "both.example": ["127.0.0.1", "127.0.0.2"],
    "mapped.example": ["::ffff:127.0.0.2"], "nat.example": ["64:ff9b::7f00:2"], "zoned.example": ["fe80::1%1"],
}  # fmt: skip


def tricks(site: Site, inner: Inside, folder: Path) -> Iterator[Attempt]:
    """Every spelling, at every door, as it is and behind a redirect."""
    from episodes.articles.rate_limiter import RateLimiter
    from episodes.articles.web_client import WebClient

    pages = WebClient(limiter=RateLimiter(sleep=lambda _: None))
    every = doors(YtDlp(pause=0, timeout=3, limits=BOUNDS), pages)
    for number, url in enumerate(spellings(inner.port)):
        via = site.act(f"/to/{number}", lambda handler, url=url: _redirect(handler, url))
        for name, door in every.items():
            for way, address in (("", url), (" behind a redirect", via)):
                if way and name not in ("captions", "sound", "page"):
                    continue
                before = inner.connections
                reason = refused(lambda door=door, address=address: door(address, folder))
                reached = inner.connections - before
                detail = f"{reached} connections" if reached else "nothing was said" if not reason else ""
                point = "15" if "[" in url else "1"
                yield Attempt(point, f"{name}{way}: {url!r}", not detail, detail)


def _redirect(handler: Any, url: str) -> None:
    with suppress(UnicodeError):
        location = url.replace("\r\n", "\n ").encode("utf-8")
        handler.wfile.write(b"HTTP/1.0 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n")


HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n"
HLS_FORMS = [
    "#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n",
    "#EXTINF:9,\n{}\n",
    '#EXT-X-KEY:METHOD=AES-128,URI="{}"\n#EXTINF:9,\n/a.ts\n#EXT-X-ENDLIST\n',
    '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="{}"\n#EXTINF:9,\n/a.ts\n#EXT-X-ENDLIST\n',
    '#EXT-X-MAP:URI="{}"\n#EXTINF:9,\n/a.ts\n#EXT-X-ENDLIST\n',
    "#EXT-X-STREAM-INF:BANDWIDTH=1\n{}\n",
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="{}"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\n{}\n',
]
DASH = (
    '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT9S"><Period><AdaptationSet '
    'mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL><SegmentList duration="9">'
    '<SegmentURL media="a"/></SegmentList></Representation></AdaptationSet></Period></MPD>'
)
XSPF = '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>{}</location></track></trackList></playlist>'
PAGES = [
    '<video src="{}"></video>',
    '<audio><source src="{}" type="audio/mpeg"></audio>',
    '<meta property="og:video" content="{}"><meta property="og:video:type" content="video/mp4">',
    '<meta http-equiv="refresh" content="0; url={}">',
    '<iframe src="{}"></iframe>',
    '<script type="application/ld+json">{"@type":"VideoObject","name":"x","contentUrl":"{}"}</script>',
]


def manifests(site: Site, inner: Inside, folder: Path) -> Iterator[Attempt]:
    """HLS, DASH, SMIL, M3U, XSPF and pages that name what is inside or on the disk."""
    door = YtDlp(pause=0, timeout=3, limits=BOUNDS)
    every = doors(door, None)
    forms = {
        ".m3u8": [HLS + form for form in HLS_FORMS],
        ".mpd": [DASH],
        ".smil": ['<smil><head/><body><switch><audio src="{}"/></switch></body></smil>'],
        ".xspf": [XSPF],
        ".html": [f"<!doctype html><title>x</title>{form}" for form in PAGES],
    }
    kinds = {".m3u8": "application/vnd.apple.mpegurl", ".mpd": "application/dash+xml", ".html": "text/html"}
    targets = [f"{scheme}://127.0.0.2:{inner.port}/a.mp4" for scheme in ("http", "rtmp", "rtsp", "mms", "ftp")]
    targets += [
        f"http://inside.example:{inner.port}/a.mp4",
        "file:///etc/hostname",
        "/etc/hostname",
        "data:audio/wav;base64,AAAA",
    ]
    site.put("/a.ts", b"x" * 1000)
    for ending, texts in forms.items():
        for number, form in enumerate(texts):
            for target in targets:
                text = form.replace("{}", target)
                url = site.put(f"/m{number}{ending}", text, kinds.get(ending, "text/xml"))
                for name in ("reading", "sound"):
                    before, had = inner.connections, set(folder.iterdir())
                    refused(lambda door=every[name], url=url: door(url, folder))
                    new = [file for file in set(folder.iterdir()) - had if b"localhost" in file.read_bytes()[:2000]]
                    for file in folder.iterdir():
                        file.unlink()
                    detail = "reached the inside" if inner.connections > before else f"fetched {new}" if new else ""
                    yield Attempt("1", f"{name} {ending}.{number}: {target}", not detail, detail)


def schemes(site: Site, inner: Inside, folder: Path) -> Iterator[Attempt]:
    """A feed of twenty bad items and one good one: each bad one is named, the good one is read."""
    bad = [url for url in spellings(inner.port) if url.isprintable() and url == url.strip()]
    bad += [
        "file:///etc/hostname",
        "FILE:///etc/hostname",
        "file:/etc/hostname",
        "data:audio/wav;base64,AAAA",
        "javascript:alert(1)",
    ]
    site.put(
        "/good.wav",
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0",
        "audio/x-wav",
    )
    door = YtDlp(pause=0, timeout=3, limits=BOUNDS)
    url = site.feed("/feed.xml", [*bad, site.url + "/good.wav"])
    outcomes = {
        entry.title: refused(lambda entry=entry: door.read_episode(entry)) for entry in door.listing(url).entries
    }
    for number, address in enumerate(bad):
        reason = outcomes.get(f"No. {number}", "it was no item")
        yield Attempt("1", f"item of a feed: {address!r}", bool(reason), "it was read")
    good = outcomes.get(f"No. {len(bad)}")
    yield Attempt(
        "1",
        "the good item behind them",
        good == "" and not inner.connections,
        f"{good!r}, {inner.connections} connections",
    )


def bombs(site: Site, inner: Inside, folder: Path) -> Iterator[Attempt]:
    """Bodies, headers and packings without an end."""
    from episodes.articles.rate_limiter import RateLimiter
    from episodes.articles.web_client import WebClient

    def packed(packer: Any, count: int) -> Callable[[Any], None]:
        chunk = b" " * 2**20

        def act(handler: Any) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", "application/rss+xml")
            handler.send_header("Content-Encoding", "gzip")
            handler.end_headers()
            handler.wfile.write(packer.compress(b"<rss><channel><title>x</title>"))
            for _ in range(count):
                handler.wfile.write(packer.compress(chunk))
            handler.wfile.write(packer.flush())

        return act

    def endless(line: bytes, head: bytes) -> Callable[[Any], None]:
        def act(handler: Any) -> None:
            handler.wfile.write(head)
            while True:
                handler.wfile.write(line)

        return act

    ok = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
    chunked = ok + b"Transfer-Encoding: chunked\r\n\r\n"
    gz, twice = (ok + b"Content-Encoding: " + name + b"\r\n\r\n" for name in (b"gzip", b"gzip, gzip"))
    acts = {
        "a gzip of 3 GB": lambda: packed(zlib.compressobj(9, zlib.DEFLATED, 31), 3000),
        "a gzip in a gzip": lambda: lambda h: h.wfile.write(twice + gzip.compress(gzip.compress(b" " * 2**27))),
        "brotli unasked": lambda: lambda h: h.wfile.write(ok + b"Content-Encoding: br\r\n\r\n" + b"\x8b" * 1000),
        "zstd unasked": lambda: lambda h: h.wfile.write(ok + b"Content-Encoding: zstd\r\n\r\n" + b"\x28\xb5\x2f\xfd" * 1000),
        "a gzip header without an end": lambda: endless(b"n" * 65536, gz + b"\x1f\x8b\x08\x08" + b"\0" * 6),
        "bytes behind a gzip": lambda: endless(b"n" * 65536, gz + gzip.compress(b"<rss/>")),
        "a body without an end": lambda: endless(b" " * 65536, ok + b"\r\n<rss>"),
        "chunks without an end": lambda: endless(b"10000\r\n" + b" " * 65536 + b"\r\n", chunked + b"5\r\n<rss>\r\n"),
        "a chunk size without an end": lambda: endless(b"0" * 65536, ok + b"Transfer-Encoding: chunked\r\n\r\n"),
        "headers without an end": lambda: endless(b"X-A: " + b"a" * 1000 + b"\r\n", b"HTTP/1.1 200 OK\r\n"),
        "a header without an end": lambda: endless(b"a" * 65536, b"HTTP/1.1 200 OK\r\nX-A: "),
        "a status without an end": lambda: endless(b"a" * 65536, b"HTTP/1.1 200 "),
        "informational answers without an end": lambda: endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 100, b""),
        "trailers without an end": lambda: endless(b"X-A: a\r\n" * 100, ok + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"),
        "a length that is too long": lambda: lambda h: h.wfile.write(ok + b"Content-Length: 99999999999\r\n\r\n<rss>"),
    }  # fmt: skip
    every = doors(
        YtDlp(
            pause=0, timeout=3, limits=DownloadLimits(audio=200 * 2**20, text_seconds=8, audio_seconds=8, per_seconds=3)
        ),
        WebClient(limiter=RateLimiter(sleep=lambda _: None)),
    )
    for what, made in acts.items():
        for name in ("feed", "reading", "captions", "sound", "page"):
            url = site.act("/bomb", made())
            before = _memory()
            done = what == "bytes behind a gzip"  # they are not read, and what stands before them is
            reason = refused(lambda door=every[name], url=url: door(url, folder))
            grew = _memory() - before
            for file in folder.iterdir():
                file.unlink()
            detail = "" if (reason or done) and grew < 700 else f"{grew} MB more; {reason or 'nothing was said'}"
            yield Attempt("1", f"{name}: {what}", not detail, detail)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def drips(site: Site, inner: Inside, folder: Path) -> Iterator[Attempt]:
    """A byte now and then, in each part of an answer: the attempt has to end, and to say why."""
    heads = {
        "a status": b"HTTP/1.1 200 ", "a header": b"HTTP/1.1 200 OK\r\nX-A: ",
        "a body": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>",
        "a gzip": b"HTTP/1.1 200 OK\r\nContent-Type: text/vtt\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08" + b"\0" * 6,
        "chunks": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n",
    }  # fmt: skip
    hasty = YtDlp(pause=0, timeout=2, limits=DownloadLimits(text_seconds=0.5, audio_seconds=0.5, per_seconds=0.5))
    for what, head in heads.items():

        def act(handler: Any, head: bytes = head, what: str = what) -> None:
            handler.wfile.write(head)
            while True:
                handler.wfile.write(b"1\r\nx\r\n" if what == "chunks" else b"x")
                threading.Event().wait(0.05)

        for name, door in doors(hasty, None).items():
            if name in ("page", "robots"):
                continue
            reason = refused(lambda door=door, act=act: door(site.act("/drip.vtt", act), folder))
            yield Attempt("1", f"{name}: {what} that drips", "too slow" in reason, reason or "nothing was said")


def cookies(site: Site, inner: Inside, folder: Path) -> Iterator[Attempt]:
    """The person's cookies file stays as it is, whatever is set; its cookies go nowhere else."""
    text = "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tlogin\tsecret\n"
    for mode in (0o600, 0o400, 0o644):
        file = folder / f"cookies-{mode:o}.txt"
        file.write_text(text)
        file.chmod(mode)
        before = file.stat()
        site.put("/c.vtt", VTT, "text/vtt", Set_Cookie="login=other; Path=/")
        for name, door in doors(YtDlp(cookies=file, pause=0, timeout=3), None).items():
            if name in ("page", "robots"):
                continue
            refused(lambda door=door: door(site.url + "/c.vtt", folder))
            after = file.stat()
            same = file.read_text() == text and (after.st_mtime_ns, after.st_ino, after.st_mode) == (
                before.st_mtime_ns,
                before.st_ino,
                before.st_mode,
            )
            yield Attempt("13", f"{name} with a cookies file of mode {mode:o}", same, "the file was written")


def _marks(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_mtime_ns, stat.st_ino, stat.st_mode


PARTS = {made.__name__: made for made in (tricks, manifests, schemes, bombs, drips, cookies)}


def few_extractors() -> None:
    """yt-dlp puts its 1,800 in order for each call, which takes a third of a second; strangers' addresses end at the generic one."""
    from yt_dlp import YoutubeDL
    from yt_dlp.extractor import get_info_extractor

    YoutubeDL.add_default_info_extractors = lambda self: self.add_info_extractor(get_info_extractor("Generic")())


def main() -> None:
    """Make the attempts of one part."""
    import episodes.guard.hosts

    part, folder = sys.argv[1], Path(sys.argv[2]) / "media"
    folder.mkdir()
    few_extractors()
    with serving() as (site, inner):
        resolve(NAMES)
        is_public = episodes.guard.hosts.is_public
        episodes.guard.hosts.is_public = lambda address: address == "127.0.0.1" or is_public(address)
        for one in PARTS[part](site, inner, folder):
            print(json.dumps(asdict(one)), flush=True)


if __name__ == "__main__":
    main()
