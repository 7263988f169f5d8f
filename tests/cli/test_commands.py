"""Every command through the entry that people use: what it prints, its JSON, its exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from typer.core import TyperGroup
from typer.main import get_command

from episodes.cli.app import app
from episodes.pipeline import health
from episodes.sample.voice import unpack_voice
from tests.conftest import Ran

Nir = Callable[..., Ran]
SEGMENTS = [
    {"start": 0, "end": 4, "text": "Good evening from the harbour.", "speaker": "Host"},
    {"start": 4, "end": 8.5, "text": "The council calls it a turning point.", "speaker": "Editor"},
]
EPISODE = {
    "id": "ep-12",
    "title": "News in Review – Episode 12: The bridge",
    "date": "2026-05-01",
    "url": "https://www.youtube.com/watch?v=NiRsample12",
    "show": "News in Review",
    "segments": SEGMENTS,
}
PAGE = {
    "url": "https://harbour.example/bridge",
    "title": "Council votes for the bridge",
    "date": "2026-05-02",
    "paragraphs": [
        "Harbour Channel – News in Review – Episode 12.",
        "The council has voted for the bridge, and calls it a turning point.",
    ],
}


@pytest.fixture
def catalog(nir: Nir, tmp_path: Path) -> Path:
    """An episode and its article, linked; the folder of the files."""
    (tmp_path / "episodes.jsonl").write_text(json.dumps(EPISODE))
    (tmp_path / "articles.jsonl").write_text(json.dumps(PAGE))
    assert nir("import", tmp_path / "episodes.jsonl").code == 0
    assert nir("articles", "add", tmp_path / "articles.jsonl").code == 0
    assert nir("link").code == 0
    return tmp_path


def commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command and group below a group, by what a person types."""
    for name, command in group.commands.items():
        yield " ".join((*path, name)), command
        if isinstance(command, TyperGroup):
            yield from commands(command, (*path, name))


def test_every_command_says_what_it_does_and_shows_an_example() -> None:
    for typed, command in commands(get_command(app)):  # type: ignore[arg-type]
        assert command.help, typed
        assert re.search(rf"Examples?:\s+nir {typed}\b", command.epilog or ""), typed


def test_help_names_every_command_and_where_to_begin(nir: Nir) -> None:
    shown = nir("--help")

    assert shown.code == 0
    for command in (
        "demo",
        "shows",
        "update",
        "import",
        "articles",
        "link",
        "links",
        "confirm",
        "reject",
        "search",
        "show",
    ):
        assert command in shown.out
    assert "nir demo" in shown.out


def test_version(nir: Nir) -> None:
    assert nir("--version").out.startswith("news-in-review ")


@pytest.mark.parametrize(
    "words", [["serch"], ["search"], ["search", "x", "--limit", "none"], ["links", "--status", "maybe"]]
)
def test_wrong_usage_ends_with_2(nir: Nir, words: list[str]) -> None:
    wrong = nir(*words)

    assert wrong.code == 2
    assert "Traceback" not in wrong.err
    assert wrong.err


def test_search_for_people(nir: Nir, catalog: Path) -> None:
    found = nir("search", "turning", "point")

    assert found.code == 0
    assert "at 0:04" in found.out
    assert "https://www.youtube.com/watch?v=NiRsample12&t=4s" in found.out
    assert "https://harbour.example/bridge" in found.out


def test_search_for_scripts(nir: Nir, catalog: Path) -> None:
    hits = nir("search", "turning", "point", "--in", "said", "--json").json

    assert [hit["episode"] for hit in hits] == ["ep-12"]
    (hit,) = hits
    assert set(hit) >= {
        "episode",
        "article",
        "source",
        "start",
        "end",
        "url",
        "title",
        "date",
        "snippet",
        "highlights",
        "score",
    }
    assert (hit["source"], hit["start"], hit["date"], hit["article"]) == ("said", 4.0, "2026-05-01", PAGE["url"])
    assert [hit["snippet"][a:b] for a, b in hit["highlights"]] == ["turning", "point"]


@pytest.mark.parametrize(
    "words", ["covid-19", "c++", 'a"b', "(x OR y) z", "x AND", "", "x" * 5000, "🙂", "'; DROP TABLE x; --", "<b>"]
)
def test_odd_questions_are_answered(nir: Nir, catalog: Path, words: str) -> None:
    answered = nir("search", "--json", "--", words)

    assert answered.code == 0
    assert answered.json == []


def test_nothing_found_helps(nir: Nir, catalog: Path) -> None:
    nothing = nir("search", "zebra")

    assert (nothing.code, nothing.out) == (0, "")
    assert "no results" in nothing.err


def test_links_have_the_form_that_scripts_rely_on(nir: Nir, catalog: Path) -> None:
    (link,) = nir("links", "--json").json

    assert (link["episode"], link["article"], link["status"]) == ("ep-12", PAGE["url"], "linked")
    assert link["confidence"] > 0.9
    assert any("12" in why["detail"] for why in link["evidence"])
    assert all(set(why) == {"kind", "detail", "weight"} for why in link["evidence"])


def test_a_persons_word_is_final(nir: Nir, catalog: Path) -> None:
    (link,) = nir("links", "--json").json
    assert nir("reject", link["id"]).code == 0
    nir("link")
    assert [one["status"] for one in nir("links", "--json").json] == ["rejected"]
    assert nir("confirm", link["id"]).code == 0
    nir("link")

    assert [one["status"] for one in nir("links", "--status", "confirmed", "--json").json] == ["confirmed"]
    assert nir("links", "--status", "proposed", "--json").json == []


def test_an_unknown_link_is_wrong_usage_and_changes_nothing(nir: Nir, catalog: Path) -> None:
    wrong = nir("confirm", 1, 4711)

    assert wrong.code == 2
    assert wrong.err == "nir: there is no link 4711; `nir links` lists them\n"
    assert nir("links", "--status", "confirmed", "--json").json == []


def test_show_tells_all_about_an_episode(nir: Nir, catalog: Path) -> None:
    about = nir("show", "12", "--json").json

    assert (about["episode"], about["date"]) == ("ep-12", "2026-05-01")
    assert [one["source"] for one in about["transcripts"]] == ["import"]
    assert [one["article"] for one in about["links"]] == [PAGE["url"]]
    shown = nir("show", "ep-12").out
    assert "Council votes for the bridge" in shown
    assert "2 segments" in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "99"), "there is no episode 99; `nir episodes` lists them"),
        (("show", "no such thing"), "there is no episode 'no such thing'; `nir episodes` lists them"),
        (("confirm", "999"), "there is no link 999; `nir links` lists them"),
        (("use", "12", "nonsense"), "episode ep-12 has no transcript 'nonsense'; it has import"),
        (("shows", "remove", "nonsense"), "no followed show is named 'nonsense'; `nir shows add` follows one"),
        (("corrections", "undo", "7"), "there is no correction 7; `nir corrections` lists them"),
        (("export", "12", "-o", "no/folder/file"), "no/folder/file: there is no such folder"),
    ],
)
def test_what_there_is_not_is_named_in_one_line(
    nir: Nir, catalog: Path, words: tuple[str, ...], message: str | None
) -> None:
    wrong = nir(*words)

    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err == f"nir: {message}\n"


def test_export_to_stdout_and_into_a_file(nir: Nir, catalog: Path) -> None:
    text = nir("export", "12", "--format", "txt").out
    file = catalog / "out.vtt"

    assert "The council calls it a turning point." in text
    assert nir("export", "12", "--format", "vtt", "-o", file).out == ""
    assert file.read_text().startswith("WEBVTT")
    assert json.loads(nir("export", "12", "--format", "json").out)["segments"][1]["speaker"] == "Editor"
    assert [path.name for path in catalog.glob(".*.part")] == []


def test_markdown_carries_title_article_and_moments(nir: Nir, catalog: Path) -> None:
    text = nir("export", "12", "--format", "md").out

    assert text.startswith("# News in Review – Episode 12: The bridge\n")
    assert f"[Council votes for the bridge]({PAGE['url']})" in text
    assert "**[0:04](https://www.youtube.com/watch?v=NiRsample12&t=4s)** Editor: The council" in text


def test_lists(nir: Nir, catalog: Path) -> None:
    assert [one["episode"] for one in nir("episodes", "--json").json] == ["ep-12"]
    assert "Episode 12" in nir("episodes").out
    assert [one["url"] for one in nir("articles", "--json").json] == [PAGE["url"]]
    assert "Council votes" in nir("articles").out


def test_an_empty_catalog_says_how_to_begin(nir: Nir) -> None:
    for command, hint in {
        "episodes": "nir import",
        "articles": "nir articles add",
        "shows": "nir shows add",
        "links": "nir link",
    }.items():
        assert hint in nir(command).out
        assert nir(command, "--json").json == []


def test_an_empty_catalog_is_named_where_nothing_can_be_found(nir: Nir) -> None:
    searched, updated = nir("search", "bridge"), nir("update")

    assert (searched.code, searched.out) == (updated.code, "") == (0, "")
    assert "The catalog is empty" in searched.err
    assert "no results" not in searched.err
    for hint in ("nir demo", "nir shows add URL", "nir import PATH"):
        assert hint in searched.err
    assert nir("search", "bridge", "--json").json == []
    assert "nir shows add URL" in updated.err
    assert nir("update", "--json").err == ""


def test_shows_are_followed_listed_and_left(nir: Nir) -> None:
    assert (
        nir("shows", "add", "https://video.example/@harbour", "--match", "Review", "--title", "News in Review").code
        == 0
    )
    (show,) = nir("shows", "--json").json
    assert (show["title"], show["match"], show["episodes"], show["checked"]) == ("News in Review", "Review", 0, None)
    assert (
        "already following https://video.example/@harbour" in nir("shows", "add", "https://video.example/@harbour").out
    )
    assert nir("shows", "remove", "news").code == 0
    assert nir("shows", "--json").json == []


@pytest.mark.parametrize(
    "wrong", ["foo", "", "file:///etc/passwd", "ftp://video.example/", "notes/feed.xml", "https://"]
)
def test_what_is_no_web_address_is_not_followed(nir: Nir, wrong: str) -> None:
    refused = nir("shows", "add", "--", wrong)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(f"nir: {wrong!r} is no web address; give the https://")
    assert nir("shows", "--json").json == []


def test_an_address_is_followed_as_people_type_it(nir: Nir) -> None:
    assert "following https://video.example/@harbour" in nir("shows", "add", "video.example/@harbour").out
    assert "already following" in nir("shows", "add", "https://video.example/@harbour").out


def test_a_wrong_expression_is_told(nir: Nir) -> None:
    wrong = nir("shows", "add", "https://video.example/@harbour", "--match", "(")

    assert wrong.code == 2
    assert "regular expression" in wrong.err


def test_some_failed_is_1_and_the_others_are_done(nir: Nir, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(EPISODE) + "\n{broken\n")
    some = nir("import", tmp_path / "a.jsonl")

    assert some.code == 1
    assert "a.jsonl:2" in some.out
    assert "1 done, 1 failed" in some.out
    assert nir("import", tmp_path / "a.jsonl", "--json").json[0]["state"] == "unchanged"
    status = nir("status")
    assert "a.jsonl:2" in status.out
    assert nir("status", "--json").json["episodes"] == 1


def test_an_unreachable_database_is_3(nir: Nir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIR_DATABASE_URL", "postgresql+psycopg://127.0.0.1:1/none")
    gone = nir("links")

    assert gone.code == 3
    assert "NIR_DATABASE_URL" in gone.err
    assert "Traceback" not in gone.err


def test_tracebacks_only_on_request(nir: Nir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIR_DATABASE_URL", "postgresql+psycopg://127.0.0.1:1/none")

    assert "Traceback" in nir("--debug", "links").err


def test_a_home_that_cannot_be_made(nir: Nir, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NIR_HOME", str(tmp_path / "file" / "home"))

    assert nir("episodes").code == 3


@pytest.mark.parametrize("content", [b"no media at all", b"", b"\x00" * 4096])
def test_transcribing_what_has_no_sound(nir: Nir, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.opus"
    file.write_bytes(content)
    broken = nir("transcribe", file, "--model", tmp_path / "no.pt")

    assert broken.code == 3
    assert len(broken.err.splitlines()) == 1


def test_a_checkpoint_that_is_none(nir: Nir, tmp_path: Path) -> None:
    checkpoint = tmp_path / "model.pt"
    checkpoint.write_bytes(b"not weights")
    wrong = nir("transcribe", __file__, "--model", checkpoint)

    assert wrong.code == 3
    assert "model.pt" in wrong.err
    assert "--model" in wrong.err or "base.en" in wrong.err


def test_a_backup_is_put_back(nir: Nir, catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = nir("links", "--json").json
    assert nir("backup", catalog / "backup.db").code == 0
    assert nir("backup", catalog / "backup.db").code == 2
    assert nir("restore", catalog / "backup.db").code == 2
    monkeypatch.setenv("NIR_HOME", str(catalog / "other"))
    assert nir("restore", catalog / "backup.db").code == 0

    assert nir("links", "--json").json == links
    assert [hit["start"] for hit in nir("search", "turning point", "--in", "said", "--json").json] == [4.0]


def test_reindex(nir: Nir, catalog: Path) -> None:
    assert "1 transcripts and 1 articles" in nir("reindex").out
    assert len(nir("search", "turning point", "--json").json) == 2


def test_doctor_looks_without_changing_anything(nir: Nir, tmp_path: Path) -> None:
    found = nir("doctor", "--json").json

    names = {"database", "full text", "engine", "model", "yt-dlp", "JavaScript", "disk"}
    assert {check["name"] for check in found} >= names
    assert not (tmp_path / "nir").exists()
    assert "✓ full text" in nir("doctor").out


def test_doctor_says_when_postgresql_has_little_memory(
    nir: Nir, postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NIR_DATABASE_URL", address)

    def memory() -> dict[str, object]:
        return next(check for check in nir("doctor", "--json").json if check["name"] == "memory")

    assert memory()["good"]
    monkeypatch.setattr(health, "MAX_INDEX_RATIO", 0)
    assert not memory()["good"]
    assert "a quarter of the machine's memory" in str(memory()["detail"])
    assert "! memory: the search index has 0.0 GB" in nir("doctor").out
    monkeypatch.setattr(health, "MAX_INDEX_RATIO", 8)
    with postgres_engine.begin() as connection:
        connection.execute(text("DROP TABLE passage_index"))
    assert memory()["good"]


def test_doctor_goes_on_without_a_database(nir: Nir, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("nonsense://x", "postgresql+psycopg://127.0.0.1:1/none"):
        monkeypatch.setenv("NIR_DATABASE_URL", address)
        first, *others = nir("doctor", "--json").json

        assert (first["name"], first["good"], "NIR_DATABASE_URL" in first["detail"]) == ("database", False, True)
        assert others


def test_doctor_says_how_a_model_computes_and_which_one_there_is_not(nir: Nir, tmp_path: Path) -> None:
    def told(*words: object) -> dict[str, tuple[bool, str]]:
        return {check["name"]: (check["good"], check["detail"]) for check in nir("doctor", "--json", *words).json}

    voice = unpack_voice(tmp_path)
    good, detail = told("--model", voice)["hearing"]
    assert good
    assert detail.startswith("float32: the model is 64 wide, too narrow to gain from int8; up to ")
    good, detail = told("--model", voice, "--precision", "float32", "--batch", 3)["hearing"]
    assert good
    assert detail.startswith("float32: as requested; up to 3 windows at once on ")
    assert told("--model", "small.en")["model"] == (
        False,
        "small.en is not on this machine yet; the first command that transcribes downloads it, such as `nir update`",
    )
    assert "there is no file or model of this name" in told("--model", "smal.en")["model"][1]
    assert nir("doctor", "--model", "smal.en").code == 1
    (tmp_path / "none.pt").write_bytes(b"no weights")
    assert "not a Whisper checkpoint" in told("--model", tmp_path / "none.pt")["hearing"][1]


def test_another_transcript_is_used_until_that_is_undone(nir: Nir, catalog: Path) -> None:
    words = "WEBVTT\n\n00:00.000 --> 00:04.000\nThe captions speak of a lighthouse.\n"
    info = {"id": "ep-12", "title": EPISODE["title"], "webpage_url": EPISODE["url"], "extractor_key": "Youtube"}
    (catalog / "archive").mkdir()
    (catalog / "archive" / "12.info.json").write_text(json.dumps({**info, "id": "NiRsample12"}))
    (catalog / "archive" / "12.en.vtt").write_text(words)
    assert nir("import", catalog / "archive").code == 0
    assert [one["source"] for one in nir("show", "12", "--json").json["transcripts"] if one["shown"]] == ["captions"]

    used = nir("use", "12", "import")
    assert (used.code, "shows import" in used.out) == (0, True)
    assert nir("search", "lighthouse", "--json").json == []
    assert nir("search", "turning point", "--in", "said", "--json").json != []
    assert "shown (nir use)" in nir("show", "12").out
    assert nir("use", "12").out.endswith("shows captions en (the default)\n")
    assert nir("search", "lighthouse", "--json").json != []
    wrong = nir("use", "12", "whisper")
    assert (wrong.code, "captions en" in wrong.err) == (2, True)
