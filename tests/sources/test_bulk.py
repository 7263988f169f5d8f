"""A path of a back catalog: who reads it, and what is said where nobody can."""

from __future__ import annotations

from pathlib import Path

import pytest

from episodes.sources.bulk import read_bulk, size
from tests.sources.reading import episodes, failures


def test_a_path_that_is_not_there_or_of_no_kind_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("x")
    (tmp_path / "folder.csv").mkdir()

    assert "no such file" in failures(list(read_bulk(tmp_path / "away.csv")))["away.csv"]
    assert ".jsonl" in failures(list(read_bulk(tmp_path / "a.docx")))["a.docx"]
    assert list(failures(list(read_bulk(tmp_path / "folder.csv")))) == ["folder.csv"]


def test_the_size_is_told_where_it_is_cheap(tmp_path: Path) -> None:
    assert size(tmp_path / "a.info.json") == 1
    assert size(tmp_path / "a.jsonl") is None


EVALUATION = next(
    (
        file
        for parent in Path(__file__).parents
        if (file := parent / "shared/eval/recap-2022-2023/episodes.jsonl").is_file()
    ),
    None,
)


@pytest.mark.skipif(EVALUATION is None, reason="the evaluation data are not beside this checkout")
def test_a_real_back_catalog_is_read_whole() -> None:
    assert EVALUATION
    reads = list(read_bulk(EVALUATION))

    assert not failures(reads)
    assert len(episodes(reads)) == 73
    assert all(episode.transcript and episode.number and episode.published for episode in episodes(reads))
