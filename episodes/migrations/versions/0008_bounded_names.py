"""Shorten names longer than an index row of PostgreSQL to their start and a hash, on both databases.

A SQLite catalog may contain longer ones, which PostgreSQL would reject. The full URL of an article is kept in ``extra``.
"""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAMES = [
    ("show", "url", 2000),
    ("episode", "identity", 2000),
    ("episode", "key", 2000),
    ("transcript", "model", 200),
    ("transcript", "language", 200),
    ("glossary_name", "name", 2000),
    ("article", "url", 2000),
    ("article_address", "url", 2000),
    ("site", "url", 2000),
    ("outcome", "item", 2000),
]


def upgrade() -> None:
    for table, column, longest in NAMES:
        _shorten(table, column, longest)


def _shorten(table: str, column: str, longest: int) -> None:
    rows = sa.table(table, sa.column("id"), sa.column(column))
    name = rows.c[column]
    long = sa.select(rows.c.id, name).where(sa.func.length(name) > longest // 4)  # a character has at most four bytes
    for row_id, found in op.get_bind().execute(long).all():
        if (short := _bounded(found, longest)) != found:
            if table == "article":
                _keep_whole(row_id, found)
            op.get_bind().execute(rows.update().where(rows.c.id == row_id).values({column: short}))


def _bounded(name: str, longest: int) -> str:
    content = name.encode()
    if len(content) <= longest:
        return name
    return f"{content[:100].decode(errors='ignore')}…{sha256(content).hexdigest()}"


def _keep_whole(article_id: int, address: str) -> None:
    rows = sa.table("article", sa.column("id"), sa.column("extra", sa.JSON))
    this = rows.c.id == article_id
    extra = op.get_bind().execute(sa.select(rows.c.extra).where(this)).scalar()
    op.get_bind().execute(rows.update().where(this).values(extra={**(extra or {}), "address": address}))
