"""Tables: every row is an episode or says what is wrong with it, whatever a spreadsheet made of the file."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.reading import SAME_FOLDER, episodes, failures, read, whole
from transcripts.text import one_line


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_delimiter_and_mark_will_do(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [
        ["ID", " Title ", "Date", "Guest"],
        ["55", f"Bridge{delimiter} “news”", "2024-05-31", "Ada"],
        [],
        ["56", "Ferry", "", ""],
    ]
    table = io.StringIO()
    csv.writer(table, delimiter=delimiter).writerows(rows)
    found = episodes(read(tmp_path / "a.csv", table.getvalue().encode(encoding)))

    assert [(episode.key, episode.title, episode.published) for episode in found] == [
        ("55", " ".join(f"Bridge{delimiter} “news”".split()), date(2024, 5, 31)),
        ("56", "Ferry", None),
    ]
    assert [episode.extra for episode in found] == [{"Guest": "Ada"}, {}]


def test_numbers_and_times_are_read_from_text(tmp_path: Path) -> None:
    [episode] = episodes(read(tmp_path / "a.csv", "id,title,date,number,duration\n1,Bridge,2024-05-31,055,1:02:03\n"))

    assert (episode.number, episode.duration) == (55, 3723.0)


def test_a_missing_column_is_one_failure_that_names_it_and_those_found(tmp_path: Path) -> None:
    reads = read(tmp_path / "a.csv", "id,headline,date\n1,Bridge,2024-05-31\n2,Ferry,2024-06-07\n")

    assert failures(reads) == {"a.csv": 'the table has no column "title"; its columns are "id", "headline", "date"'}
    assert failures(read(tmp_path / "b.csv", "")) == {
        "b.csv": 'the table has no column "id" and "title" and "date"; its columns are none'
    }


def test_bad_rows_say_their_line_and_the_others_are_read(tmp_path: Path) -> None:
    content = (
        b'id,title,date\n1,"two\nlines",2024-05-31\n2,,2024-05-31\n3,Ferry,tomorrow\n'
        b"4,Ferry,2024-05-31,one,more\n5,\xff,2024-05-31\n6,Ferry\n"
    )
    reads = read(tmp_path / "a.csv", content)

    assert [(episode.key, episode.title) for episode in episodes(reads)] == [("1", "two lines"), ("6", "Ferry")]
    assert {name: reason.split(";")[0] for name, reason in failures(reads).items()} == {
        "a.csv:4": '"title" is empty',
        "a.csv:5": "\"date\" is 'tomorrow'",
        "a.csv:6": "5 cells under 3 columns",
        "a.csv:7": "this is not UTF-8",
    }


def test_a_quote_that_is_never_closed_swallows_nothing(tmp_path: Path) -> None:
    rows = "".join(f"{number},Ferry,2024-05-31\n" for number in range(2, 1200))
    reads = read(tmp_path / "a.csv", f'id,title,date\n1,"Bridge,2024-05-31\n{rows}')

    assert len(episodes(reads)) == 1198
    assert list(failures(reads)) == ["a.csv:2"]
    assert "quote" in failures(reads)["a.csv:2"]


@SAME_FOLDER
@given(
    content=st.binary(max_size=200),
    header=st.sampled_from([b"", b"id,title,date\n", b"\xff\xfe", b'id;title;date\n"', b"id\ttitle\tdate\r"]),
)
def test_no_bytes_make_it_fail(tmp_path: Path, content: bytes, header: bytes) -> None:
    assert whole(read(tmp_path / "a.csv", header + content))


@SAME_FOLDER
@given(titles=st.lists(st.text(min_size=1).filter(one_line), max_size=5))
def test_every_title_comes_back(tmp_path: Path, titles: list[str]) -> None:
    table = io.StringIO()
    csv.writer(table).writerows([["id", "title", "date"], *([str(n), title, ""] for n, title in enumerate(titles))])
    found = episodes(read(tmp_path / "a.csv", table.getvalue()))

    assert [episode.title for episode in found] == [one_line(title) for title in titles]
