"""Read JSON lines: one episode per line (see ``records``), one line at a time whatever the file's size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from episodes.errors import BadItem
from episodes.files.reading import open_regular
from episodes.sources.records import episode_from_record
from episodes.values import Outcome, Read, State
from transcripts.bounded_json import LARGEST, lines, loads


def read(path: Path) -> Iterator[Read]:
    """Yield each line as an episode, or as an outcome that says what is wrong with it; blank lines are skipped.

    Raises:
        FileRefused: the file cannot be read, or is not regular.
    """
    with open_regular(path) as file:
        for number, line in enumerate(lines(file), 1):
            if line is None or line.strip():
                yield _read_line(line, f"{path}:{number}", path)


def _read_line(line: bytes | None, item: str, path: Path) -> Read:
    try:
        if line is None:
            raise BadItem(detail=f"the line is longer than {LARGEST // 2**20} MB")
        return Read(item, episode_from_record(parse(line), path.parent), path=path)
    except BadItem as error:
        return Read(item, outcome=Outcome(item, State.FAILED, error.detail), path=path)
    except (RecursionError, MemoryError) as error:
        return Read(
            item, outcome=Outcome(item, State.FAILED, f"too much for one line: {type(error).__name__}"), path=path
        )


def parse(content: bytes, *, nan: bool = False) -> dict[str, Any]:
    """Parse a JSON object. NaN, which JSON does not allow, is accepted only with ``nan``.

    Raises:
        BadItem: it is no JSON object.
    """
    try:
        value = loads(content, constant=float if nan else _refuse)
    except UnicodeDecodeError as error:
        raise BadItem(detail=f"invalid UTF-8 at byte {error.start + 1}; save it as UTF-8") from error
    except json.JSONDecodeError as error:
        raise BadItem(detail=f"invalid JSON: {error.msg} at character {error.pos + 1}") from error
    except ValueError as error:
        raise BadItem(detail=f"invalid JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadItem(detail="this is not a JSON object, which begins with { and ends with }")
    return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
