"""Serialize a linking state to bytes and back: arrays of fixed types, the same on every machine.

``BASE_PARTS`` describe the whole catalog and are written after a full linking. ``FRESH_PARTS`` hold what came since; they are small and
written after every run. The part names are stored in databases: they stay, whatever the code calls the fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from episodes.linking.catalog_statistics import DocumentCounts
from episodes.linking.linking_state import LinkingState, Postings, TextIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_COUNTS = {"keys": "<u4", "heard": "<i4", "read": "<i4"}
_POSTINGS = {"ids": "<i8", "keys": "<u4", "start": "<i8", "texts": "<i4"}
_FLAT = {"ids": "<i8", "sizes": "<i8", "traits": "<u4"}
_FORMS = {
    **{f"traits.{name}": form for name, form in _COUNTS.items()},
    **{f"phrases.{name}": form for name, form in (_COUNTS | {"keys": "<u8"}).items()},
    **{f"{side}.{name}": form for side in ("episodes", "articles") for name, form in _POSTINGS.items()},
    **{f"fresh.{side}.{name}": form for side in ("episodes", "articles") for name, form in _FLAT.items()},
}
FRESH_PARTS = tuple(name for name in _FORMS if name.startswith("fresh."))
BASE_PARTS = ("names", *(name for name in _FORMS if name not in FRESH_PARTS))


def to_parts(state: LinkingState, names: tuple[str, ...] = BASE_PARTS + FRESH_PARTS) -> dict[str, bytes]:
    """Return the named parts of a state."""
    values: dict[str, Array] = {
        **{f"traits.{name}": array for name, array in zip(_COUNTS, state.features, strict=True)},
        **{f"phrases.{name}": array for name, array in zip(_COUNTS, state.phrases, strict=True)},
    }
    for name, index in (("episodes", state.episodes), ("articles", state.articles)):
        values |= {f"{name}.{column}": array for column, array in index.base._asdict().items()}
        values |= {f"fresh.{name}.{column}": array for column, array in _flat(index.fresh).items()}
    made = {name: values[name].astype(_FORMS[name]).tobytes() for name in names if name in _FORMS}
    return made | ({"names": json.dumps(sorted(state.names)).encode()} if "names" in names else {})


def from_parts(stored: Mapping[str, bytes]) -> LinkingState | None:
    """Rebuild a state from its parts; None if one is missing or broken."""
    try:
        arrays = {name: _array(stored[name], form) for name, form in _FORMS.items()}
        return LinkingState(
            frozenset(json.loads(stored["names"])),
            DocumentCounts(*(arrays[f"traits.{name}"] for name in _COUNTS)),
            DocumentCounts(*(arrays[f"phrases.{name}"] for name in _COUNTS)),
            _index(arrays, "episodes"),
            _index(arrays, "articles"),
        )
    except (KeyError, ValueError):
        return None


def _array(data: bytes, form: str) -> Array:
    import numpy as np

    return np.frombuffer(data, form)


def _index(arrays: Mapping[str, Array], name: str) -> TextIndex:
    import numpy as np

    base = Postings(*(arrays[f"{name}.{column}"] for column in _POSTINGS))
    ids, sizes, features = (arrays[f"fresh.{name}.{column}"] for column in _FLAT)
    return TextIndex(
        base, dict(zip(ids.tolist(), np.split(features, np.cumsum(sizes)[:-1]), strict=True)) if len(ids) else {}
    )


def _flat(fresh: Mapping[int, Array]) -> dict[str, Array]:
    import numpy as np

    return {
        "ids": np.array(list(fresh), np.int64),
        "sizes": np.array([len(one) for one in fresh.values()], np.int64),
        "traits": np.concatenate([np.zeros(0, np.uint32), *fresh.values()]),
    }
