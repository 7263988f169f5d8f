"""``column IN (one bound array)``: a condition whose SQL is the same for any number of values.

SQLAlchemy's ``IN`` renders a placeholder for each value on every call, which takes longer than the query itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Self

from sqlalchemy import Boolean, ColumnElement, Dialect, Integer, String, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


def in_array(column: Any, name: str = "ids") -> ColumnElement[bool]:  # noqa: ANN401 - SQLAlchemy's own type of a column differs by its nullability
    """Return the condition that the column is among the integers bound as ``name``, a collection."""
    return _InArray(column, bindparam(name, type_=_IntegerArray))


class _IntegerArray(TypeDecorator[Collection[int]]):
    """Integers as one bound value: an array on PostgreSQL, a JSON list on SQLite."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that is bound."""
        return dialect.type_descriptor(ARRAY(Integer) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> Any:  # noqa: ANN401 - as the base has it
        """Return the value that is bound."""
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class _InArray(FunctionElement[bool]):
    """The condition, compiled for each database below."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: OperatorType | None = None) -> Self:  # noqa: ARG002 - as the base has it
        """Return it unchanged: otherwise SQLite compares it with 1 and scans the whole table."""
        return self


@compiles(_InArray)
def _sqlite_in(element: _InArray, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own options
    column, numbers = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 - both parts are compiled by SQLAlchemy


@compiles(_InArray, "postgresql")
def _postgres_any(element: _InArray, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own options
    column, numbers = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY({numbers})"
