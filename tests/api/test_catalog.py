"""A catalog as a program uses it, on both databases: documents, outcomes, errors, and no word on the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from episodes import Catalog, CatalogError, open_catalog
from episodes.errors import Ambiguous, Closed, NoSuchFile, NotAllowed, NotFound, Usage
from episodes.testing import FakeEngine, FakeSource, captions, episode
from tests.conftest import Ran

URL = "https://video.example/channel"
ARTICLE = {
    "url": "https://paper.example/ferry",
    "title": "The ferry",
    "date": "2026-01-03",
    "text": "News in Review – Episode 1.",
}


@pytest.fixture
def catalog(engine: Engine, tmp_path: Path) -> Iterator[Catalog]:
    """Empty; two episodes can be fetched, one of them with captions."""
    source = FakeSource({1: episode(1), 2: episode(2, captions=captions(2))})
    url = engine.url.render_as_string(hide_password=False)
    with open_catalog(tmp_path / "home", url, engine=FakeEngine(), source=source) as catalog:
        yield catalog


def filled(catalog: Catalog, folder: Path) -> Catalog:
    catalog.follow(URL)
    (folder / "articles.jsonl").write_text(json.dumps(ARTICLE))
    outcomes = [*catalog.update(), *catalog.add_articles(folder / "articles.jsonl")]
    assert {outcome.state.value for outcome in outcomes} == {"done"}
    catalog.link()
    return catalog


def test_what_is_fetched_is_found(catalog: Catalog, tmp_path: Path) -> None:
    show = catalog.follow(URL, title="Review")
    assert (show.title, show.episodes, show.checked) == ("Review", 0, None)
    before = catalog.update()
    assert catalog.episodes() == []  # nothing happens before somebody iterates

    assert [outcome.state.value for outcome in before] == ["done"] * 5
    assert [one.transcript for one in catalog.episodes()] == ["captions", "whisper"]
    assert [hit.episode for hit in catalog.search("harbour quiet").hits] == ["ep1"]
    assert catalog.shows()[0].episodes == 2
    assert catalog.status().episodes_with_words == 2
    assert catalog.export("1").splitlines()[0] == "We speak of ep1."
    assert list(catalog.retry()) == []


def test_a_person_decides_on_links(catalog: Catalog, tmp_path: Path) -> None:
    filled(catalog, tmp_path)
    (link,) = catalog.links()
    assert (link.episode, link.status) == ("ep1", "linked")

    catalog.reject(link.id)
    assert [one.status for one in catalog.links("rejected")] == ["rejected"]
    catalog.confirm(link.id)
    assert catalog.links("confirmed", episode="1")[0].decided
    catalog.reopen(link.id)
    assert catalog.links("proposed")
    assert catalog.link(anew=True).linked == 1
    with pytest.raises(NotFound):
        catalog.confirm(link.id, 99)
    assert catalog.links()[0].status == "linked"


def test_words_are_corrected(catalog: Catalog, tmp_path: Path) -> None:
    filled(catalog, tmp_path)
    made = catalog.correct("ep1", "harbour", "Harbor")
    assert (made.heard, made.right, made.by, made.undone) == ("harbour", "Harbor", "hand", None)
    assert catalog.transcript("1").segments[1].text == "The Harbor was quiet."

    catalog.undo_corrections(made.id)
    assert catalog.transcript("1").segments[1].text == "The harbour was quiet."
    assert catalog.corrections("1")[0].undone
    assert catalog.glossary("1", add=["Tafolla"]).names == ["Tafolla"]


def test_a_better_transcript_is_made_and_shown(catalog: Catalog, tmp_path: Path) -> None:
    filled(catalog, tmp_path)
    assert [outcome.state.value for outcome in catalog.transcribe("2")] == ["done"]
    catalog.use("2", "whisper")

    assert [(one.source, one.shown) for one in catalog.episode("2").transcripts] == [
        ("whisper", True),
        ("captions", False),
    ]
    catalog.use("2")
    assert catalog.episode("2").transcripts[0].source == "captions"


def test_the_whole_is_kept(catalog: Catalog, tmp_path: Path) -> None:
    filled(catalog, tmp_path)
    catalog.reindex()
    assert catalog.backup(tmp_path / "backup.db") > 10
    catalog.unfollow("1")

    assert catalog.shows() == []
    assert len(catalog.episodes(limit=1, offset=1)) == len(catalog.articles(limit=5)) == 1
    assert catalog.article(ARTICLE["url"]).links[0].episode == "ep1"
    assert catalog.alignment("1") == []
    assert catalog.marks("1", kept=True) == []


def test_documents_are_those_of_the_command_line(
    catalog: Catalog, tmp_path: Path, nir: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    filled(catalog, tmp_path)
    monkeypatch.setattr("episodes.cli.opening.open_catalog", lambda *_, **__: engine)

    assert nir("episodes", "--json").json == [one.as_dict() for one in catalog.episodes()]
    assert nir("show", "1", "--json").json == catalog.episode("1").as_dict()
    assert nir("search", "harbour", "--json").json == [hit.as_dict() for hit in catalog.search("harbour").hits]
    assert nir("status", "--json").json == catalog.status().as_dict()


@pytest.mark.parametrize("name", ["nobody", "News in Review"])
def test_a_name_that_fits_nothing_or_too_much_is_an_error_of_ours(catalog: Catalog, tmp_path: Path, name: str) -> None:
    filled(catalog, tmp_path)
    for reads in (
        catalog.episode,
        catalog.transcript,
        catalog.export,
        catalog.alignment,
        catalog.marks,
        catalog.corrections,
    ):
        with pytest.raises(Ambiguous if name == "News in Review" else NotFound):
            reads(name)
    with pytest.raises(CatalogError):
        catalog.article("https://paper.example/none")
    with pytest.raises(Usage, match="docx"):
        catalog.export("1", "docx")


@pytest.mark.parametrize("wrong", [{"engine": "none"}, {"precision": "int3"}, {"transcribe": "sometimes"}])
def test_what_cannot_be_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(Usage, match=next(iter(wrong.values()))):
        open_catalog(tmp_path, **wrong)
    assert not (tmp_path / "catalog.db").exists()


def test_a_home_has_its_own_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIR_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    monkeypatch.setenv("NIR_HOME", str(tmp_path / "there"))
    with open_catalog(tmp_path / "here"):
        assert (tmp_path / "here" / "catalog.db").exists()
    assert not (tmp_path / "other.db").exists()
    with open_catalog():
        assert (tmp_path / "other.db").exists()


def test_nothing_is_printed(catalog: Catalog, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    filled(catalog, tmp_path)
    list(catalog.import_paths(tmp_path / "none.jsonl"))
    catalog.close()
    catalog.close()

    assert capfd.readouterr() == ("", "")


def test_progress_is_told_to_whom_it_concerns(tmp_path: Path) -> None:
    stages: list[str] = []
    source = FakeSource({1: episode(1)})
    with open_catalog(
        tmp_path, engine=FakeEngine(), source=source, on_progress=lambda far: stages.append(far.stage)
    ) as catalog:
        catalog.follow(URL)
        list(catalog.update())

    assert {"list", "read", "hear"} <= set(stages)


WRITING: list[Callable[[Catalog], object]] = [
    lambda catalog: catalog.follow(URL),
    lambda catalog: catalog.unfollow(URL),
    lambda catalog: list(catalog.update()),
    lambda catalog: list(catalog.retry()),
    lambda catalog: list(catalog.transcribe("1")),
    lambda catalog: list(catalog.import_paths(".")),
    lambda catalog: list(catalog.add_articles("https://paper.example/quay")),
    lambda catalog: catalog.link(),
    lambda catalog: catalog.confirm(1),
    lambda catalog: catalog.reject(1),
    lambda catalog: catalog.reopen(1),
    lambda catalog: catalog.correct("1", "speak", "talk"),
    lambda catalog: catalog.undo_corrections(1),
    lambda catalog: catalog.glossary(URL, add=["Varga"]),
    lambda catalog: catalog.use("1"),
    lambda catalog: catalog.reindex(),
]


def test_a_catalog_opened_to_read_changes_nothing(catalog: Catalog, engine: Engine, tmp_path: Path) -> None:
    filled(catalog, tmp_path)
    before = [*catalog.links(), *catalog.shows(), *catalog.corrections()]
    url = engine.url.render_as_string(hide_password=False)
    with open_catalog(tmp_path / "home", url, read_only=True, engine=FakeEngine(), source=FakeSource({})) as reader:
        for write in WRITING:
            with pytest.raises(NotAllowed, match="read_only"):
                write(reader)
        assert reader.search("harbour").hits
        assert reader.glossary(URL).names == []
        assert [*reader.links(), *reader.shows(), *reader.corrections()] == before
        reader.backup(tmp_path / "copy.db")


def test_a_catalog_that_is_not_there_cannot_be_opened_to_read(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile, match="no catalog here"):
        open_catalog(tmp_path / "typo", read_only=True)

    assert not (tmp_path / "typo").exists()


def test_a_closed_catalog_does_nothing_more(catalog: Catalog, tmp_path: Path) -> None:
    filled(catalog, tmp_path)
    assert repr(catalog).startswith("<Catalog ")
    catalog.close()

    reads: list[Callable[[Catalog], object]] = [
        lambda catalog: catalog.search("harbour"),
        lambda catalog: catalog.episodes(),
        lambda catalog: catalog.backup(tmp_path / "copy.db"),
    ]
    for method in [*WRITING, *reads]:
        with pytest.raises(Closed, match="open it again"):
            method(catalog)
    catalog.close()
    assert repr(catalog).endswith("(closed)>")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda catalog: catalog.search("x", after="yesterday"),
        lambda catalog: catalog.search("x", before=5),
        lambda catalog: catalog.search("x", where="foo"),
        lambda catalog: catalog.search("x", limit=0),
        lambda catalog: catalog.search("x", limit="3"),
        lambda catalog: catalog.search("x", context=True),
        lambda catalog: catalog.search(None),
        lambda catalog: catalog.links("foo"),
        lambda catalog: catalog.confirm("abc"),
        lambda catalog: catalog.reopen(0),
        lambda catalog: catalog.undo_corrections(1.5),
        lambda catalog: catalog.episode(None),
        lambda catalog: catalog.export("1", "docx"),
        lambda catalog: catalog.episodes(limit=-1),
        lambda catalog: catalog.articles(offset="2"),
    ],
)
def test_a_wrong_argument_is_refused_by_an_error_of_the_package(
    catalog: Catalog, tmp_path: Path, wrong: Callable[[Catalog], object]
) -> None:
    filled(catalog, tmp_path)
    with pytest.raises(Usage):
        wrong(catalog)


def test_numbers_and_months_are_taken_as_people_write_them(catalog: Catalog, tmp_path: Path) -> None:
    filled(catalog, tmp_path)
    number = catalog.episode("ep1").number
    assert number == 1
    assert catalog.episode(number) == catalog.episode("1")
    assert catalog.export(number).splitlines()[0] == "We speak of ep1."
    assert catalog.search("harbour", after="2000-01").hits == catalog.search("harbour").hits
    assert catalog.search("harbour", before="2000").hits == []
