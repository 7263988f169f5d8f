"""Read tables: one episode per row, columns named in the first row (see ``records``); one row at a time."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from episodes.errors import BadItem
from episodes.files.reading import open_regular
from episodes.sources.records import KNOWN, REQUIRED, episode_from_record
from episodes.values import Outcome, Read, State

_DELIMITERS = ",;\t|"
#: Characters of a cell. The default of csv, 131,072, is too small for a long description.
_LONGEST_CELL = 2**20
_LONGEST_LINE = 4 * _LONGEST_CELL
#: Lines of a row. If a quote is never closed, no more are tried.
_MOST_LINES = 500
_BROKEN = re.compile("[\udc80-\udcff]")


def read(path: Path) -> Iterator[Read]:
    """Yield each row as an episode, or as an outcome that says what is wrong with it; empty rows are skipped.

    A table without a required column gives one failed outcome for the whole file.

    Raises:
        FileRefused: the file cannot be read, or is not regular.
    """
    with open_regular(path) as raw:
        encoding = _encoding(raw.peek(4))
        with io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="") as file:
            try:
                yield from _rows(file, path)
            except UnicodeError as error:
                yield _failed(str(path), f"it is not valid {encoding}: {error}; save it as UTF-8", path)


def _rows(file: TextIO, path: Path) -> Iterator[Read]:
    first = file.readline(_LONGEST_CELL)
    columns = _columns(first)
    if missing := [column for column in REQUIRED if column not in columns]:
        yield _failed(str(path), _missing(missing, columns), path)
        return
    for number, row in _numbered(iter(lambda: file.readline(_LONGEST_LINE), ""), _delimiter(first)):
        item = f"{path}:{number}"
        if isinstance(row, csv.Error):
            yield _failed(item, f"this is not a valid row: {row}; is a quote not closed?", path)
        elif any(cell.strip() for cell in row):
            yield _row(columns, row, item, path)


def _numbered(source: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Yield rows with the number of their first line; line 1 has the column names.

    A row with an unclosed quote fails alone: the lines after its first are read again, as rows of their own.
    """
    number, waiting = 2, deque[str]()
    while True:
        taken: list[str] = []
        row = _next_row(_taking(waiting, source, taken), delimiter)
        if not taken:
            return
        yield number, row
        if isinstance(row, csv.Error):
            waiting.extendleft(reversed(taken[1:]))
            del taken[1:]
        number += len(taken)


def _taking(waiting: deque[str], source: Iterator[str], taken: list[str]) -> Iterator[str]:
    """Yield the next lines, at most as many as a row may have, and record them in ``taken``."""
    while len(taken) < _MOST_LINES and (line := waiting.popleft() if waiting else next(source, None)) is not None:
        taken.append(line)
        yield line


def _next_row(lines: Iterator[str], delimiter: str) -> list[str] | csv.Error:
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        return error
    finally:
        csv.field_size_limit(before)  # the limit is global


def _row(columns: Sequence[str], row: Sequence[str], item: str, path: Path) -> Read:
    if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
        return _failed(
            item, f"{len(row)} cells under {len(columns)} columns; put a text that holds the delimiter in quotes", path
        )
    if any(_BROKEN.search(cell) for cell in row):
        return _failed(item, "this is not UTF-8; save the table as UTF-8", path)
    cells = {
        column: cell
        for column, cell in zip(columns, row, strict=False)
        if column and (cell.strip() or column in REQUIRED)
    }
    try:
        return Read(item, episode_from_record({**dict.fromkeys(REQUIRED, ""), **cells}, path.parent), path=path)
    except BadItem as error:
        return _failed(item, error.detail, path)


def _columns(header: str) -> list[str]:
    """Return the names in the first row: known ones in lower case, others unchanged."""
    try:
        cells = next(csv.reader([header.rstrip("\r\n")], delimiter=_delimiter(header)), [])
    except csv.Error:
        return []
    names = [cell.strip() for cell in cells]
    return [name.lower() if name.lower() in KNOWN else name for name in names]


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _encoding(start: bytes) -> str:
    """Return the encoding by the byte order mark; spreadsheets also write UTF-16."""
    return "utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"


def _missing(missing: Sequence[str], columns: Sequence[str]) -> str:
    names = " and ".join(f'"{column}"' for column in missing)
    found = ", ".join(f'"{column[:40]}"' for column in columns[:20] if column) or "none"
    return f"the table has no column {names}; its columns are {found}"


def _failed(item: str, reason: str, path: Path) -> Read:
    return Read(item, outcome=Outcome(item, State.FAILED, reason), path=path)
