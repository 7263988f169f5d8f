"""Read a path of a back catalog -> one ``Read`` per item. The file name picks the reader.

    a folder              every *.info.json in it and below
    *.json                one info.json
    *.jsonl, *.ndjson     JSON lines
    *.csv, *.tsv          a table
    *.xml, *.rss, *.atom  a feed

Whatever cannot be read becomes a failed outcome, and the rest continues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from episodes.errors import FileRefused
from episodes.sources import csv_table, feed_file, info_json, json_lines
from episodes.values import Outcome, Read, State

_READERS: dict[str, Callable[[Path], Iterator[Read]]] = {
    ".jsonl": json_lines.read,
    ".ndjson": json_lines.read,
    ".csv": csv_table.read,
    ".tsv": csv_table.read,
    ".xml": feed_file.read,
    ".rss": feed_file.read,
    ".atom": feed_file.read,
    ".json": lambda path: iter([info_json.read(path)]),
}


def read_bulk(path: Path) -> Iterator[Read]:
    """Yield every episode in the path, or what is wrong with it. Never raises for the path as a whole."""
    try:
        yield from _reader(path)(path)
    except FileRefused as error:
        yield _failed(path, f"it cannot be read: {error.detail}")
    except OSError as error:
        yield _failed(path, f"it cannot be read: {error.strerror or error}")


def size(path: Path) -> int | None:
    """Return the number of items if it is cheap to count (info.json files), else None."""
    if path.is_dir():
        return sum(1 for _ in path.rglob(f"*{info_json.ENDING}"))
    return 1 if path.suffix.lower() == ".json" else None


def _reader(path: Path) -> Callable[[Path], Iterator[Read]]:
    if path.is_dir():
        return info_json.read_folder
    if not path.exists():
        return _missing
    return _READERS.get(path.suffix.lower(), _unknown)


def _unknown(path: Path) -> Iterator[Read]:
    yield _failed(
        path, f"files of this type are not read; give a folder of *.info.json, or {', '.join(sorted(_READERS))}"
    )


def _missing(path: Path) -> Iterator[Read]:
    yield _failed(path, "there is no such file or folder; check the path")


def _failed(path: Path, reason: str) -> Read:
    return Read(str(path), outcome=Outcome(str(path), State.FAILED, reason), path=path)
