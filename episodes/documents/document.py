"""The base of all documents; days and moments as JSON has them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

_TEXT = WithJsonSchema({"type": "string"})

#: A day, in JSON "2026-05-03".
Day = Annotated[date, _TEXT]
#: A moment in UTC, in JSON "2026-05-03T12:00:00+00:00".
Moment = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str), _TEXT]
#: The same with a space in place of the T, as the first versions of these documents had it.
SpacedMoment = Annotated[datetime, PlainSerializer(str, return_type=str), _TEXT]


class Document(BaseModel):
    """A frozen value with exactly its fields; its validator is built when it is first used, which keeps `nir search` quick to start."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, from_attributes=True)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values, in the order of the contract."""
        return self.model_dump(mode="json", by_alias=True)
