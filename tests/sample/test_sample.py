"""The sample show is what it says: small, served, readable by yt-dlp, and heard by its own voice."""

from __future__ import annotations

import itertools
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import whisper
import yt_dlp
from lxml import html

from episodes.sample.server import HERE, SampleSite, said, show
from episodes.sample.voice import PACKED, unpack_voice
from tests.threads import one_thread

EPISODES: list[dict[str, Any]] = show()["episodes"]
IDS = [episode["id"] for episode in EPISODES]
MIB = 2**20


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with SampleSite() as running:
        yield running


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[whisper.Whisper]:
    with one_thread():
        yield whisper.load_model(str(unpack_voice(tmp_path_factory.mktemp("voice"))), device="cpu")


def read_sound(path: Path) -> np.ndarray:
    """Mono samples at 16 kHz."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=16000)
    with av.open(str(path)) as container:
        frames = [*container.decode(audio=0), None]
    return np.concatenate([part.to_ndarray()[0] for frame in frames for part in resampler.resample(frame)])


def hear(model: whisper.Whisper, path: Path) -> str:
    """All that the voice hears in a file, by Whisper's own hand; `tests/transcripts/test_voice.py` hears with our engine."""
    heard = model.transcribe(read_sound(path), fp16=False, condition_on_previous_text=False, temperature=0)
    return str(heard["text"])


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def edits(wanted: list[str], got: list[str]) -> int:
    """Words to insert, delete or replace."""
    row = list(range(len(got) + 1))
    for at, word in enumerate(wanted, 1):
        diagonal, row[0] = row[0], at
        for column, other in enumerate(got, 1):
            cost = min(row[column] + 1, row[column - 1] + 1, diagonal + (word != other))
            diagonal, row[column] = row[column], cost
    return row[-1]


def spoken(episode: str) -> str:
    return " ".join(sentence["text"] for sentence in said(episode))


def test_counting_edits() -> None:
    assert edits(words("The council said no."), words("the council, said no")) == 0
    assert edits(words("the council said no"), words("a council said")) == 2
    assert edits([], words("two words")) == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # whisper never closes its vocabulary
def test_whisper_itself_hears_the_show_with_the_voice(model: whisper.Whisper) -> None:
    wrong = {e["id"]: edits(words(spoken(e["id"])), words(hear(model, HERE / e["media"]))) for e in EPISODES}

    assert sum(wrong.values()) <= 0.05 * sum(len(words(spoken(episode))) for episode in IDS), wrong


def test_it_is_small() -> None:
    assert PACKED.stat().st_size < 2 * MIB
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file()) < 4 * MIB


def test_the_voice_is_unpacked_once(tmp_path: Path) -> None:
    checkpoint = unpack_voice(tmp_path / "new")
    written = checkpoint.stat().st_mtime_ns

    assert unpack_voice(tmp_path / "new") == checkpoint
    assert checkpoint.stat().st_mtime_ns == written
    assert list(checkpoint.parent.iterdir()) == [checkpoint]


def test_a_damaged_voice_is_replaced(tmp_path: Path) -> None:
    checkpoint = unpack_voice(tmp_path)
    whole = checkpoint.read_bytes()
    checkpoint.write_bytes(whole[:100])

    assert unpack_voice(tmp_path).read_bytes() == whole


@pytest.mark.parametrize("episode", EPISODES, ids=IDS)
def test_episodes_last_a_minute_or_so(episode: dict[str, Any]) -> None:
    seconds = len(read_sound(HERE / episode["media"])) / 16000
    sentences = said(episode["id"])

    assert 60 <= seconds <= 90
    assert sentences[-1]["end"] < seconds
    assert all(0.19 < after["start"] - before["end"] < 0.71 for before, after in itertools.pairwise(sentences))
    assert {sentence["speaker"] for sentence in sentences} == {"host", "editor"}


def test_the_published_captions_say_what_was_said() -> None:
    captions = (HERE / EPISODES[2]["captions"]).read_text("utf-8")
    cues = [cue.split("\n", 1)[1] for cue in captions.strip().split("\n\n")[1:]]

    assert words(" ".join(cues)) == words(spoken("NiRsample14"))


def read_feed(site: SampleSite, **options: object) -> list[dict[str, Any]]:
    quiet = {"quiet": True, "no_warnings": True, "skip_download": True, "cachedir": False}
    with yt_dlp.YoutubeDL({**quiet, **options}) as reader:
        return list(reader.extract_info(site.feed, download=False)["entries"])


def test_yt_dlp_lists_the_feed(site: SampleSite) -> None:
    entries = read_feed(site, extract_flat="in_playlist")

    assert [entry["title"] for entry in entries] == [episode["title"] for episode in reversed(EPISODES)]
    assert [entry["episode_number"] for entry in entries] == [None, 14, 13, 12]
    assert all(60 <= entry["duration"] <= 90 for entry in entries)


def test_yt_dlp_reads_the_episodes(site: SampleSite) -> None:
    entries = {entry["id"].removesuffix("-1"): entry for entry in read_feed(site)}

    assert sorted(entries) == IDS
    for episode in EPISODES:
        entry = entries[episode["id"]]
        assert entry["title"] == episode["title"]
        assert entry["description"] == episode["description"]
        assert entry["upload_date"] == episode["date"].replace("-", "")
        assert list(entry["subtitles"]) == (["en"] if episode["captions"] else [])


@pytest.mark.parametrize("path", ["../server.py", "show.json", "media/none.opus", "", "media/%2e%2e/show.json"])
def test_the_server_serves_the_show_only(site: SampleSite, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404") as error:
        urllib.request.urlopen(f"{site.url}/{path}")
    error.value.close()


def test_the_server_names_itself(site: SampleSite) -> None:
    for url in [site.feed, *site.articles]:
        with urllib.request.urlopen(url) as answer:
            text = answer.read().decode()
        assert site.url in text
        assert "{base}" not in text
        assert "{size:" not in text


def test_pages_hold_their_articles(site: SampleSite) -> None:
    wanted = [episode["article"] for episode in EPISODES if episode["article"]] + show()["unrelated"]
    for article in wanted:
        page = html.parse(HERE / "site" / article["page"]).getroot()
        titles = [heading.text_content().strip() for heading in page.iter("h1")]

        assert article["title"] in titles
        assert page.xpath("//link[@rel='canonical']/@href") == ["{base}/" + article["page"]]
        assert article["page"] == article["permalink"] or page.xpath(
            "//a[@rel='bookmark' and @href=$link]", link="{base}/" + article["permalink"]
        )


def test_only_the_text_joins_the_last_episode_to_its_article() -> None:
    episode = EPISODES[3]
    page = (HERE / "site" / episode["article"]["page"]).read_text("utf-8")

    assert not re.search(r"news in review|episode|harbour channel|NiRsample", page, re.IGNORECASE)
    assert not re.search(r"\d|museum|clock|wing|six", episode["title"] + episode["description"], re.IGNORECASE)
