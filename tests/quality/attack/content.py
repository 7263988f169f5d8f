"""What a catalog holds, free of ids and of times: equal where two catalogs are the same to whoever reads them.

Every table of ``episodes.models`` is compared, those to come, too: a row is its columns, with what it refers to in place of ids. Left
out is what linking remembers, which is full of ids and can be made anew.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Table, select

from episodes.config import Settings
from episodes.database import reading
from episodes.documents.search import Hit
from episodes.models import metadata
from episodes.pipeline.indexing import differences
from episodes.pipeline.run import Run
from episodes.pipeline.searching import searched

Content = dict[str, Counter[str]]

LEFT_OUT = {"linking_memory"}

_MOMENT = re.compile(r'"\d{4}-\d\d-\d\dT[^"]*"')
#: A batch that is read again finds unchanged what it had done.
_SETTLED = ("done", "unchanged")


def content(engine: Engine) -> Content:
    """The rows of each table, as text, with how often each is there."""
    found: Content = {}
    marks: dict[str, dict[Any, str]] = {}
    with engine.connect() as connection:
        for table in (one for one in metadata.sorted_tables if one.name not in LEFT_OUT):
            rows = connection.execute(select(table)).mappings().all()
            told = {row["id"]: _told(table, row, marks) for row in rows}
            marks[table.name] = {key: hashlib.sha256(text.encode()).hexdigest()[:12] for key, text in told.items()}
            found[table.name] = Counter(told.values())
    return found


def _told(table: Table, row: Mapping[str, Any], marks: Mapping[str, Mapping[Any, str]]) -> str:
    values: dict[str, Any] = {}
    for column in table.columns:
        value = row[column.name]
        for key in column.foreign_keys:
            value = marks[key.column.table.name][value] if value is not None else None
        if column.name != "id":
            values[column.name] = value is not None if isinstance(value, datetime) else value
    if table.name == "outcome" and values["state"] in _SETTLED:
        values |= {"state": "done", "reason": "", "tries": 0}
    if table.name == "site":  # what the server said of an answer: known only where a list was asked for twice
        values["state"] = {name: kept for name, kept in values["state"].items() if name != "asked"}
    return _MOMENT.sub('"when"', json.dumps(values, sort_keys=True, default=str))


def differ(expected: Content, found: Content) -> Iterator[str]:
    """What is not the same, a sentence for each table."""
    for name in expected:
        lost, more = expected[name] - found[name], found[name] - expected[name]
        if lost or more:
            example = next(iter(lost or more))[:160]
            yield f"{name}: {lost.total()} of {expected[name].total()} missing, {more.total()} that should not be, as {example}"


def unsound(engine: Engine, settings: Settings) -> list[str]:
    """What ``nir reindex --check`` would say."""
    return list(differences(Run(engine, settings)))


def hits(engine: Engine, queries: Iterable[str]) -> list[str]:
    """What searches find, without the order of what is equally good."""
    with reading(engine) as session:
        met = [Hit.of(one).as_dict() for words in queries for one in searched(session, words, limit=50)[1]]
    return sorted(json.dumps({**one, "score": round(one["score"], 6)}, sort_keys=True, default=str) for one in met)
