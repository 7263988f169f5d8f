"""Points 1 (its files) and 10: no file of this machine is read because something from outside names it, and ``-o`` breaks nothing.

Each door (feed files, followed feeds, JSON lines, tables, info.json and what lies beside it, folders of articles, a catalog that was filled
before) meets each way of naming a file; the private file holds a word that may be nowhere then: in no table, in no answer, in nothing
that ``nir serve`` gives. Playlists and scripts dressed as sound name files and a port on which somebody listens.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import wave
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import urlopen
from xml.sax.saxutils import quoteattr

from sqlalchemy import create_engine, select

from tests.quality.attack.ground import SQLITE, Attempt, Ground, Ran
from tests.quality.attack.naming import Named, linked, named

POINTS = ("1", "10")
NOW = datetime(2026, 5, 4, tzinfo=UTC)


def attempts(on: Ground) -> Iterator[Attempt]:
    """All of them."""
    for kind in on.kinds:
        home = on.place("files")
        with on.database(kind, home) as url:
            yield from _doors(on, kind, home, url)
    yield from _dressed(on.place("dressed"))
    yield from _outputs(on)


def _doors(on: Ground, kind: str, home: Path, url: str) -> Iterator[Attempt]:
    """Everything is filled by commands first; then it is looked where the words are."""
    environment = on.environment(home, url)
    private, given, numbers = home / "private", home / "given", count(1)
    private.mkdir()
    given.mkdir()
    tried: list[tuple[str, Named]] = []
    ran: list[Ran] = []

    def run(*words: object) -> None:
        ran.append(on.nir(*words, environment=environment, seconds=100))

    files = [*_bulk(given, private, numbers, tried)]
    run("import", "--transcribe", "never", given, *files)
    with _following(given, private, numbers, tried) as address:
        run("shows", "add", address)
        run("update", "--allow-private", "--transcribe", "never")
    writing = home / "articles"
    writing.mkdir()
    for ending in (".txt", ".md", ".html", ".jsonl"):
        tried += [(f"article {ending}", one) for one, _ in linked(writing, private, ending, numbers)]
    run("articles", "add", writing)
    _before(url, given, private, numbers, tried)
    run("retry", "--transcribe", "never")
    run("search", "--json", "--limit", "50", "harbour OR canary OR morning")
    broken = next(
        (one.last for one in ran if one.code not in (0, 1) or "MemoryError" in one.err or "unexpected" in one.err), ""
    )
    held = _everything(url) + "".join(one.out for one in ran[-1:])
    served = _served(on, environment, url)
    yield Attempt("1", f"{len(ran)} commands end by themselves and in order", not broken, broken, kind)
    for door, one in tried:
        where = [place for place, text in (("catalog", held), ("page", served)) if one.word in text]
        yield Attempt("1", f"{door}: {one.how} ({one.text[-60:]})", not where and not broken, f"in {where}", kind)


def _bulk(given: Path, private: Path, numbers: Iterator[int], tried: list[tuple[str, Named]]) -> Iterator[Path]:
    """Files that a person imports by name, and what lies in the folder that is imported as a whole."""
    for door, ending in (
        ("enclosure", ".mp3"),
        ("transcript", ".vtt"),
        ("transcript with a base", ".vtt"),
        ("relative to a base on the disk", ".vtt"),
    ):
        some = list(named(private, given, ending, numbers))
        tried += [(f"feed file, {door}", one) for one in some]
        base = f'xml:base="file://{private}/"' if "disk" in door else ""
        head = "<link>http://127.0.0.1:9/show/</link>" if door == "transcript with a base" else ""
        (given / f"{door}.xml").write_text(_feed(some, enclosed=door == "enclosure", head=head, more=base))
        yield given / f"{door}.xml"
    lines, rows = list(named(private, given, ".mp3", numbers)), list(named(private, given, ".mp3", numbers))
    tried += [("JSON lines", one) for one in lines] + [("table", one) for one in rows]
    plain = [
        {"id": f"j{one.number}", "title": f"Episode {one.number}", "date": "2026-01-01", "media": one.text}
        for one in lines
    ]
    (given / "a.jsonl").write_text(
        "".join(json.dumps({**one, "thumbnail": one["media"], "folder": "/"}) + "\n" for one in plain)
    )
    (given / "a.csv").write_text(
        "id,title,date,media\n"
        + "".join(f'c{one.number},Episode {one.number},2026-01-01,"{one.text}"\n' for one in rows)
    )
    yield from (given / "a.jsonl", given / "a.csv")
    for one in named(private, given, ".vtt", numbers):
        (given / f"i{one.number}.info.json").write_text(json.dumps(_info(one)))
        tried.append(("info.json", one))
    for ending in (".mp3", ".en.vtt", ".srt", ".info.json"):
        for one, at in linked(given, private, ending, numbers):
            if ending != ".info.json":
                (given / f"{at.name.removesuffix(ending)}.info.json").write_text(
                    json.dumps({"id": f"b{one.number}", "title": f"Beside {one.number}"})
                )
            tried.append((f"beside an info.json, {ending}", one))


def _info(one: Named) -> dict[str, object]:
    track = {"en": [{"ext": "vtt", "url": one.text}]}
    names = (
        "url",
        "webpage_url",
        "original_url",
        "thumbnail",
        "_filename",
        "filename",
        "filepath",
        "infojson_filename",
    )
    return {
        "id": f"i{one.number}", "title": f"Episode {one.number}", **dict.fromkeys(names, one.text), "subtitles": track,
        "automatic_captions": track,
        "requested_subtitles": {"en": {"ext": "vtt", "url": one.text, "filepath": one.text}}, "formats": [{"url": one.text, "ext": "mp3"}],
        "requested_downloads": [{"filepath": one.text, "_filename": one.text}], "extractor_key": "Generic",
    }  # fmt: skip


def _feed(
    some: Iterable[Named], *, enclosed: bool, head: str = "", more: str = "", at: str = "http://127.0.0.1:9"
) -> str:
    items = (
        f"<item><title>Episode {one.number}</title><guid isPermaLink='false'>harbour-guid-x{one.number}</guid>"
        f"<enclosure url={quoteattr(one.text if enclosed else f'{at}/{one.number}.mp3')} type='audio/mpeg' length='1'/>"
        + ("" if enclosed else f"<podcast:transcript url={quoteattr(one.text)} type='text/vtt'/>")
        + "</item>"
        for one in some
    )
    space = "https://podcastindex.org/namespace/1.0"
    channel = f"<channel><title>Ferry</title>{head}{''.join(items)}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0" xmlns:podcast="{space}" {more}>{channel}</rss>'


@contextmanager
def _following(given: Path, private: Path, numbers: Iterator[int], tried: list[tuple[str, Named]]) -> Iterator[str]:
    """The address of a feed whose transcripts name files; sound of a few bytes is where it says."""
    some = list(named(private, given, ".vtt", numbers))
    tried += [("followed feed", one) for one in some]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = f"http://127.0.0.1:{self.server.server_address[1]}"
            feed = self.path == "/feed.xml"
            content = _feed(some, enclosed=False, at=at).encode() if feed else b"ID3"
            self.send_response(200 if feed or self.path.endswith(".mp3") else 404)
            self.send_header("Content-Type", "application/rss+xml" if feed else "audio/mpeg")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/feed.xml"
    finally:
        server.shutdown()
        server.server_close()


def _before(url: str, given: Path, private: Path, numbers: Iterator[int], tried: list[tuple[str, Named]]) -> None:
    """Rows of a catalog that was filled long ago, or restored: media and captions name files, and the words are due."""
    from episodes.catalog import episodes, outcomes
    from episodes.database import connect, writing
    from episodes.values import CaptionTrack, EpisodeInfo, Outcome, State

    engine = connect(url)
    with writing(engine) as session:
        for ending in (".vtt", ".mp3"):
            for one in named(private, given, ending, numbers):
                tried.append((f"catalog of before, {ending}", one))
                tracks = (CaptionTrack("en", "vtt", one.text),)
                info = EpisodeInfo(
                    f"feed:o{one.number}",
                    f"o{one.number}",
                    f"Old {one.number}",
                    media=one.text,
                    captions=tracks,
                    extra={"folder": "/"},
                )
                row, _ = episodes.put(session, info, now=NOW)
                outcomes.record(session, "hear", Outcome(row.identity, State.WAITING, "", step="hear"), now=NOW)
    engine.dispose()


def _everything(url: str) -> str:
    """All that all tables hold, in one text."""
    from episodes.models import metadata

    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [repr(connection.execute(select(table)).all()) for table in metadata.sorted_tables]
    engine.dispose()
    return "\n".join(rows)


def _served(on: Ground, environment: dict[str, str], url: str) -> str:
    """What ``nir serve`` gives for each episode: its media, and its transcript."""
    engine = create_engine(url)
    with engine.connect() as connection:
        keys = [key for (key,) in connection.exec_driver_sql("SELECT key FROM episode")]
    engine.dispose()
    given: list[str] = []
    with on.start("serve", "--port", "0", environment={**environment, "PYTHONUNBUFFERED": "1"}) as process:
        assert process.stdout
        at = process.stdout.readline().split("/  ")[0].strip()
        try:
            for key in keys:
                given += [_get(f"{at}/media/{key}"), _get(f"{at}/api/episodes/{key}/transcript.txt")]
        finally:
            process.terminate()
    return "\n".join(given)


def _get(address: str) -> str:
    try:
        with urlopen(address, timeout=20) as answer:
            found: bytes = answer.read(100_000)
            return found.decode(errors="replace")
    except HTTPError as error:
        error.close()
        return ""


def _dressed(folder: Path) -> Iterator[Attempt]:
    """Playlists, scripts and patterns under the name of sound; nobody may call at the port, and nothing may be heard."""
    from transcripts.audio import open_audio
    from transcripts.errors import MediaError

    with wave.open(str(folder / "canary.wav"), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(b"\x10\x20" * 48_000)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        port = listening.getsockname()[1]
        for number, (what, ending, text) in enumerate(_lists(folder / "canary.wav", port)):
            file = folder / f"dressed{number}{ending}"
            file.write_text(text)
            heard = ""
            try:
                with open_audio(file) as audio:
                    heard = f"{len(audio.read(0, 10))} samples of it were heard"
            except MediaError:
                pass
            called = _called(listening)
            yield Attempt("1", f"sound {ending}: {what}", not heard and not called, heard or "somebody called")


def _called(listening: socket.socket) -> bool:
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _lists(canary: Path, port: int) -> Iterator[tuple[str, str, str]]:
    web = f"http://127.0.0.1:{port}/a.wav"
    for target in (
        str(canary),
        canary.name,
        f"file:{canary}",
        f"file://{canary}",
        web,
        f"subfile,,start,0,end,0,,:{canary}",
        f"concat:{canary}",
    ):
        forms = {
            "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:3,\n{target}\n#EXT-X-ENDLIST\n",
            "hls key": f'#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF:3,\n{canary}\n',
            "hls master": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{target}\n",
            "ffconcat": f"ffconcat version 1.0\nfile '{target}'\n",
            "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT3S" '
            'profiles="urn:mpeg:dash:profile:full:2011"><Period><AdaptationSet mimeType="audio/wav"><Representation id="1" bandwidth="1">'
            f"<BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>",
            "pls": f"[playlist]\nFile1={target}\nNumberOfEntries=1\n",
            "asx": f'<asx version="3.0"><entry><ref href="{target}"/></entry></asx>',
        }
        for what, text in forms.items():
            for ending in (".mp3", ".m3u8", ".wav", ".txt"):
                yield f"{what} {target[-30:]}", ending, text
    for ending in (".sdp", ".mp3"):
        yield (
            "sdp",
            ending,
            f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n",
        )


def _outputs(on: Ground) -> Iterator[Attempt]:
    """``-o`` to each kind of place, by each command that has one and needs no model."""
    home = on.place("outputs")
    environment = on.environment(home)
    segments = [{"start": 0, "end": 4, "text": "The ferry is late again."}]
    (home / "a.jsonl").write_text(
        json.dumps({"id": "one", "title": "Episode 1", "date": "2026-01-01", "segments": segments})
    )
    on.nir("import", "--transcribe", "never", home / "a.jsonl", environment=environment)
    for command, every in (
        (("export", "one"), 1),
        (("links", "export"), 5),
    ):  # all write through one door: of the second a few
        place = on.place("written")
        for what, target, codes, kept in list(_places(place))[::every]:
            before = _state(target)
            ran = on.nir(*command, "-o", target, environment=environment, seconds=60)
            after = _state(target)
            left = [one.name for one in place.iterdir() if one.name.endswith(".part") and not one.is_symlink()]
            good = ran.code in codes and "Traceback" not in ran.err and not left and (before == after if kept else True)
            yield Attempt(
                "10",
                f"{' '.join(command)} -o {what}",
                good,
                f"rc {ran.code}, {before} -> {after}, {left}: {ran.last}",
                SQLITE,
            )
        victim = not (place / "victim").exists()
        yield Attempt(
            "10", f"{' '.join(command)}: a link put where the part might lie", victim, "it was followed", SQLITE
        )


def _state(target: Path) -> object:
    """What a place is: its kind, mode, device number and where it leads."""
    try:
        own = target.lstat()
        there = target.stat()
    except OSError as error:
        return type(error).__name__
    leads = str(target.readlink()) if target.is_symlink() else ""
    inode = there.st_ino if not stat.S_ISREG(there.st_mode) else 0
    return (
        stat.S_IFMT(own.st_mode),
        leads,
        stat.S_IFMT(there.st_mode),
        stat.S_IMODE(there.st_mode),
        there.st_rdev,
        there.st_uid,
        inode,
    )


def _device(at: Path, minor: int) -> Path:
    """A device of our own where we may make one: who may, could also replace that of the machine, if the house did not hold."""
    if os.geteuid() != 0:
        return Path("/dev", at.name)
    os.mknod(at, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
    return at


def _places(place: Path) -> Iterator[tuple[str, Path, tuple[int, ...], bool]]:
    """What is there, where, the exit codes that are right, and whether it has to be of the same kind and mode afterwards."""
    null, full = (_device(place / name, minor) for name, minor in (("null", 3), ("full", 7)))
    yield "a device", null, (0,), True
    yield "a full device", full, (0, 3), True  # 0 where nothing is to be written
    (place / "stdout").symlink_to("/proc/self/fd/1")  # what /dev/stdout is
    yield "/dev/stdout", place / "stdout", (0,), False
    for name, leads, codes in (
        ("to null", null, (0,)),
        ("to full", full, (0, 3)),
        ("to itself", place / "to itself", (2,)),
    ):
        (place / name).symlink_to(leads)
        yield f"a link {name}", place / name, codes, True
    for mode in (0o600, 0o640, 0o644, 0o755, 0o666):
        file = place / f"mode{mode:o}"
        file.write_text("old")
        file.chmod(mode)
        (place / f"link{mode:o}").symlink_to(file.name)
        yield f"a file of {mode:o}", file, (0,), True
        yield f"a link to a file of {mode:o}", place / f"link{mode:o}", (0,), True
    (place / "far").mkdir()
    (place / "dangling").symlink_to("far/new")
    yield "a link to nothing yet", place / "dangling", (0,), False
    yield "a folder", place / "far", (2,), True
    yield "no folder", place / "no" / "a.txt", (2,), True
    (place / ".planted.part").symlink_to(place / "victim")
    yield "a new file", place / "planted", (0,), False
    os.mkfifo(place / "fifo")
    reader = Thread(target=(place / "fifo").read_bytes, daemon=True)
    reader.start()
    yield "a FIFO", place / "fifo", (0,), True
