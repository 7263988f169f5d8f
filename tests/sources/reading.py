"""What the tests of the readers share."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import HealthCheck, settings

from episodes.sources.bulk import read_bulk
from episodes.values import EpisodeInfo, Read, State

#: Hypothesis gives many examples to one folder; each writes its file anew.
SAME_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def read(path: Path, content: str | bytes) -> list[Read]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_bulk(path))


def lines(path: Path, *values: object) -> list[Read]:
    return read(path, "".join(f"{value if isinstance(value, str) else json.dumps(value)}\n" for value in values))


def episodes(reads: list[Read]) -> list[EpisodeInfo]:
    return [item.value for item in reads if isinstance(item.value, EpisodeInfo)]


def failures(reads: list[Read]) -> dict[str, str]:
    return {
        Path(item.outcome.item).name: item.outcome.reason
        for item in reads
        if item.outcome and item.outcome.state is State.FAILED
    }


def whole(reads: list[Read]) -> bool:
    """Each item has a value or a reason, never both, never neither."""
    return all(
        (item.value is None) != (item.outcome is None) and (item.outcome is None or item.outcome.reason)
        for item in reads
    )
