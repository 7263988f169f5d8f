"""Untrusted input never names a local file: its content appears nowhere, whichever way it came."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine

from episodes import testing
from episodes.catalog import episodes, outcomes, shows, transcripts
from episodes.config import Settings
from episodes.database import reading, writing
from episodes.models import Episode
from episodes.pipeline import transcription, transcription_queue
from episodes.pipeline.adding_articles import add_articles
from episodes.pipeline.importing import import_paths
from episodes.pipeline.run import Run
from episodes.pipeline.update import update
from episodes.search.find import find
from episodes.values import CaptionTrack, EpisodeInfo, Listed, Outcome, State

NOW = datetime(2026, 5, 4, tzinfo=UTC)
CANARY = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nThe canary sings of the harbour.\n"
#: How something from outside calls the file ``{0}``, which lies in the folder ``{1}`` and is called ``{2}``.
NAMES = [
    "{0}",
    "file://{0}",
    "FILE:{0}",
    "file://localhost{0}",
    "../private/{2}",
    "./../private/{2}",
    "//{0}",
    "~/{2}",
    "{1}/./{2}",
    "link{3}",
]


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    return Run(
        engine,
        Settings.of_home(tmp_path / "home"),
        now=lambda: NOW,
        load_engine=testing.FakeEngine.load,
        allow_private=True,
    )


@pytest.fixture
def name(tmp_path: Path) -> Callable[[str, str], str]:
    """A private file by one of the names; the folder ``given`` beside its own is the one that a person names."""
    (tmp_path / "private").mkdir()
    (tmp_path / "given").mkdir()

    def named(how: str, ending: str) -> str:
        file = tmp_path / "private" / f"canary{ending}"
        file.write_text(CANARY)
        link = tmp_path / "given" / f"link{ending}"
        if not link.is_symlink():
            link.symlink_to(file)
        return how.format(file, file.parent, file.name, ending)

    return named


def silent(run: Run) -> bool:
    """Whether the canary is nowhere: in no episode's columns, in no words, in no answer."""
    with reading(run.database) as session:
        rows = episodes.newest_first(session)
        heard = [transcripts.shown(session, row.id or 0) for row in rows]
        local = [row.media for row in rows if "canary" in row.media and not row.media.startswith("http")]
        return not any(heard) and not local and not find(session, "canary").hits


def feed(media: str = "", transcript: str = "", head: str = "", kind: str = "text/vtt") -> str:
    enclosure = f'<enclosure url="{media}" type="audio/mpeg" length="1"/>' if media else ""
    words = f'<podcast:transcript url="{transcript}" type="{kind}"/>' if transcript else ""
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
        f'xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>The ferry</title>{head}<item><title>Episode 1</title>'
        f"<guid isPermaLink='false'>harbour-0001-guid</guid>{enclosure}{words}</item></channel></rss>"
    )


@pytest.mark.parametrize("how", NAMES)
def test_a_feed_file_names_no_file(run: Run, tmp_path: Path, name: Callable[[str, str], str], how: str) -> None:
    file = tmp_path / "given" / "feed.xml"
    file.write_text(feed(media=name(how, ".mp3"), transcript=name(how, ".vtt")))
    (outcome,) = import_paths(run, [file])

    assert outcome.state is State.FAILED
    assert "is not a web address" in outcome.reason
    assert silent(run)
    assert run.named.folders() == ()


def test_of_a_feed_file_what_is_on_the_web_is_taken_and_the_rest_named(
    run: Run, tmp_path: Path, name: Callable[[str, str], str]
) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(feed(media="https://cast.example/1.mp3", transcript=name("{0}", ".vtt")))
    first, *_ = import_paths(run, [file])

    assert first.state is State.DONE
    assert "' is not a web address and was skipped" in first.reason
    with reading(run.database) as session:
        (row,) = episodes.newest_first(session)
        assert (row.media, row.captions) == ("https://cast.example/1.mp3", [])


@pytest.mark.parametrize(
    ("head", "whole"),
    [
        (
            '<atom:link rel="self" href="https://cast.example/show/feed.xml"/><link>https://harbour.example/</link>',
            "https://cast.example/show/",
        ),
        ("<link>https://harbour.example/show/</link>", "https://harbour.example/show/"),
        (
            '<atom:link rel="self" href="file:///private/feed.xml"/><link>https://harbour.example/show/</link>',
            "https://harbour.example/show/",
        ),
    ],
)
def test_a_relative_address_is_taken_from_where_the_feed_says_it_lies(
    run: Run, tmp_path: Path, head: str, whole: str
) -> None:
    file = tmp_path / "feed.xml"
    (tmp_path / "1.mp3").write_bytes(b"private")
    file.write_text(feed(media="1.mp3", transcript="1.vtt", head=head))
    run.custom_source = testing.FakeSource({}, {f"{whole}1.vtt": testing.VTT})
    list(import_paths(run, [file]))

    with reading(run.database) as session:
        (row,) = episodes.newest_first(session)
        assert (row.media, row.captions[0]["location"]) == (f"{whole}1.mp3", f"{whole}1.vtt")


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
@pytest.mark.parametrize("how", [*NAMES, "given.txt", "fifo.mp3"])
def test_lines_name_no_file_but_their_own(
    run: Run, tmp_path: Path, name: Callable[[str, str], str], how: str, ending: str
) -> None:
    media = name(how, ".mp3")
    (tmp_path / "given" / "given.txt").write_text("notes")
    os.mkfifo(tmp_path / "given" / "fifo.mp3")
    (outcome,) = import_paths(run, [lines(tmp_path / "given" / f"a{ending}", media)])

    assert outcome.state is State.FAILED
    assert outcome.reason.startswith('"media" is ')
    assert silent(run)
    assert run.named.folders() == ()


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
@pytest.mark.parametrize("how", ["below/1.mp3", "{}/given/below/1.mp3", "inside.mp3", "below/../below/1.mp3"])
def test_lines_name_media_beside_them_and_below(run: Run, tmp_path: Path, how: str, ending: str) -> None:
    sound = tmp_path / "given" / "below" / "1.mp3"
    sound.parent.mkdir(parents=True)
    sound.write_bytes(b"sound")
    (tmp_path / "given" / "inside.mp3").symlink_to(sound)
    first, *_ = import_paths(run, [lines(tmp_path / "given" / f"a{ending}", how.format(tmp_path))])

    assert first.state is State.DONE
    with reading(run.database) as session:
        (row,) = episodes.newest_first(session)
    assert run.named.folders() == (tmp_path / "given",)
    assert run.named.find(row.media) == sound


def lines(path: Path, media: str) -> Path:
    if path.suffix == ".csv":
        path.write_text(f'id,title,date,media\n1,Episode 1,2026-01-01,"{media}"\n')
    else:
        path.write_text(json.dumps({"id": "1", "title": "Episode 1", "date": "2026-01-01", "media": media}))
    return path


def test_an_info_json_names_no_file(run: Run, tmp_path: Path, name: Callable[[str, str], str]) -> None:
    media, words = name("{0}", ".mp3"), name("{0}", ".vtt")
    track = [{"ext": "vtt", "url": words}, {"ext": "vtt", "url": f"file://{words}"}]
    info = {
        "id": "1", "title": "Episode 1", "webpage_url": media, "original_url": f"file://{media}", "url": media, "thumbnail": media,
        "subtitles": {"en": track}, "automatic_captions": {"en": track}, "_filename": media, "filename": media, "filepath": media,
        "requested_downloads": [{"filepath": media, "_filename": media}], "formats": [{"url": media}],
        "requested_subtitles": {"en": track[0]},
    }  # fmt: skip
    (tmp_path / "given" / "a.info.json").write_text(json.dumps(info))
    list(import_paths(run, [tmp_path / "given"]))

    assert silent(run)
    with reading(run.database) as session:
        (row,) = episodes.newest_first(session)
        assert (row.url, row.media, row.thumbnail, row.captions) == ("", "", "", [])


def test_of_a_folder_only_what_really_lies_in_it_is_taken(
    run: Run, tmp_path: Path, name: Callable[[str, str], str]
) -> None:
    given = tmp_path / "given"
    words, sound = Path(name("{0}", ".vtt")), Path(name("{0}", ".mp3"))
    (tmp_path / "private" / "b.info.json").write_text('{"id": "2", "title": "The canary"}')
    (given / "a.info.json").write_text('{"id": "1", "title": "Episode 1"}')
    (given / "a.mp3").symlink_to(sound)
    (given / "a.en.vtt").symlink_to(words)
    (given / "a.de.vtt").symlink_to("/dev/zero")
    os.mkfifo(given / "a.fr.vtt")
    (given / "b.info.json").symlink_to(tmp_path / "private" / "b.info.json")
    (given / "c.info.json").symlink_to("/dev/zero")
    os.mkfifo(given / "d.info.json")
    (given / "folder").symlink_to(tmp_path / "private")
    found = {Path(one.item).name: one for one in import_paths(run, [given])}

    assert {one: found[one].state for one in found} == {
        "folder": State.SKIPPED, "a.info.json": State.DONE, "b.info.json": State.SKIPPED,
        "c.info.json": State.SKIPPED, "d.info.json": State.SKIPPED,
    }  # fmt: skip
    for passed_over in ("a.mp3", "a.en.vtt", "a.de.vtt", "a.fr.vtt"):
        assert f"{passed_over} passed over: it is a " in found["a.info.json"].reason
    assert silent(run)


def test_of_a_folder_of_articles_only_what_really_lies_in_it_is_read(
    run: Run, tmp_path: Path, name: Callable[[str, str], str]
) -> None:
    given = tmp_path / "given"
    private = Path(name("{0}", ".txt"))
    private.write_text("The canary\n\nIt sings of the harbour.\n")
    (given / "own.txt").write_text("The ferry\n\nIt is late again.\n")
    for number, target in enumerate([private, "/dev/zero", "/proc/self/environ", given / "nothing.txt"]):
        (given / f"{number}.txt").symlink_to(target)
        (given / f"{number}.jsonl").symlink_to(target)
    (given / "loop.txt").symlink_to("loop.txt")
    os.mkfifo(given / "fifo.html")
    (given / "folder").symlink_to(private.parent)
    (given / "inside.txt").symlink_to("own.txt")
    found = {Path(one.item).name: one.state for one in add_articles(run, [str(given)])}

    assert {one for one, state in found.items() if state is not State.SKIPPED} == {"own.txt#the-ferry"}
    assert len(found) == 1 + 2 * 4 + len(["loop.txt", "fifo.html", "folder", "link.txt"])
    with reading(run.database) as session:
        assert not find(session, "canary").hits
        assert find(session, "ferry").hits


@pytest.mark.parametrize(
    "what", ["/dev/zero", "file:///dev/zero", "file://other{0}", "file:////other{0}", "{1}/fifo.txt", "{1}/large.txt"]
)
def test_what_a_person_names_is_a_regular_file_of_this_machine(
    run: Run, tmp_path: Path, name: Callable[[str, str], str], what: str
) -> None:
    private = name("{0}", ".txt")
    os.mkfifo(tmp_path / "fifo.txt")
    (tmp_path / "large.txt").write_bytes(b"")
    os.truncate(tmp_path / "large.txt", 3_000_000_000)
    (outcome,) = add_articles(run, [what.format(private, tmp_path)])

    assert outcome.state is State.FAILED


def test_a_link_that_a_person_names_is_followed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("The ferry\n\nIt is late again.\n")
    (tmp_path / "link.txt").symlink_to("own.txt")

    assert [one.state for one in add_articles(run, [f"file://{tmp_path}/link.txt"])] == [State.DONE]


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, str]]]:
    """Pages of a server on the loopback, by their path."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", "application/rss+xml")
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("how", ["{0}", "file://{0}", "/dev/zero"])
def test_a_followed_feed_names_no_file(
    run: Run, site: tuple[str, dict[str, str]], name: Callable[[str, str], str], how: str
) -> None:
    at, pages = site
    base = "" if "file:" in how else "<link>https://away.invalid/</link>"
    pages["/feed.xml"] = feed(media=f"{at}/1.mp3", transcript=name(how, ".vtt"), head=base)
    with writing(run.database) as session:
        shows.add(session, f"{at}/feed.xml", title="", match="", now=NOW)
    list(update(run))

    assert silent(run)


def test_what_was_listed_before_this_rule_names_no_file(run: Run, name: Callable[[str, str], str]) -> None:
    from episodes.sources.merging import merge_listing

    words = name("{0}", ".vtt")
    hint = {
        "entry": {"_type": "url"},
        "captions": [{"language": "en", "format": "vtt", "location": words}],
        "page": f"file://{words}",
    }
    episode = merge_listing(
        EpisodeInfo("feed:1", "1", "Episode 1"), Listed("feed:1", "https://cast.example/1.mp3", hint=hint)
    )

    assert (episode.captions, episode.url) == ((), "")


def test_what_a_catalog_held_before_this_rule_is_not_read(run: Run, name: Callable[[str, str], str]) -> None:
    words, sound = name("{0}", ".vtt"), name("{0}", ".mp3")
    with writing(run.database) as session:
        for number, media in enumerate((sound, f"file://{sound}", "/dev/zero", "canary.mp3")):
            tracks = (CaptionTrack("en", "vtt", words), CaptionTrack("de", "vtt", "/dev/zero"))
            info = EpisodeInfo(f"feed:{number}", f"e{number}", f"Episode {number}", media=media, captions=tracks)
            row, _ = episodes.put(session, info, now=NOW)
            transcription_queue.enqueue(session, row, run)
    results = list(transcription.transcribe_due(run))

    assert {one.state for one in results} == {State.FAILED}
    assert all("nir import" in one.reason for one in results)
    with reading(run.database) as session:
        assert not any(transcripts.shown(session, row.id or 0) for row in episodes.newest_first(session))
        assert not find(session, "canary").hits


def test_an_import_again_gives_leave_to_what_was_imported_before_this_rule(run: Run, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "a.info.json").write_text('{"id": "1", "title": "Episode 1"}')
    (given / "a.mp3").write_bytes(b"sound")
    list(import_paths(run, [given]))
    assert run.named.record
    run.named.record.unlink()
    first, *_ = import_paths(run, [given])

    assert first.state is State.UNCHANGED
    assert run.named.find(media(run)) == given / "a.mp3"


def media(run: Run) -> str:
    with reading(run.database) as session:
        row: Episode
        (row,) = episodes.newest_first(session)
        return row.media


def test_a_waiting_transcription_reports_where_its_file_was(run: Run, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "a.info.json").write_text('{"id": "1", "title": "Episode 1"}')
    (given / "a.mp3").write_bytes(b"sound")
    *_, heard = import_paths(run, [given])

    assert heard.state is State.DONE
    with reading(run.database) as session:
        assert outcomes.data(session, transcription_queue.STEP, [heard.item]) is not None
        assert isinstance(heard, Outcome)
