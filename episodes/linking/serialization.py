"""A memory as bytes and back: arrays of fixed form, the same on every machine.

What is known of the whole catalog (``KNOWN``) is written when all is linked; what has come since (``FRESH``) is small and written each
time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from episodes.linking.catalog_statistics import Counts
from episodes.linking.linking_state import Memory, Postings, Side

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
FRESH = tuple(name for name in _FORMS if name.startswith("fresh."))
KNOWN = ("names", *(name for name in _FORMS if name not in FRESH))


def parts(memory: Memory, names: tuple[str, ...] = KNOWN + FRESH) -> dict[str, bytes]:
    """The named parts of a memory."""
    values: dict[str, Array] = {
        **{f"traits.{name}": array for name, array in memory.traits._asdict().items()},
        **{f"phrases.{name}": array for name, array in memory.phrases._asdict().items()},
    }
    for name, side in (("episodes", memory.episodes), ("articles", memory.articles)):
        values |= {f"{name}.{column}": array for column, array in side.known._asdict().items()}
        values |= {f"fresh.{name}.{column}": array for column, array in _flat(side.fresh).items()}
    made = {name: values[name].astype(_FORMS[name]).tobytes() for name in names if name in _FORMS}
    return made | ({"names": json.dumps(sorted(memory.names)).encode()} if "names" in names else {})


def memory(stored: Mapping[str, bytes]) -> Memory | None:
    """The memory that these parts are of; None where one is missing or broken."""
    try:
        arrays = {name: _array(stored[name], form) for name, form in _FORMS.items()}
        return Memory(
            frozenset(json.loads(stored["names"])),
            Counts(*(arrays[f"traits.{name}"] for name in _COUNTS)),
            Counts(*(arrays[f"phrases.{name}"] for name in _COUNTS)),
            _side(arrays, "episodes"),
            _side(arrays, "articles"),
        )
    except (KeyError, ValueError):
        return None


def _array(data: bytes, form: str) -> Array:
    import numpy as np

    return np.frombuffer(data, form)


def _side(arrays: Mapping[str, Array], name: str) -> Side:
    import numpy as np

    known = Postings(*(arrays[f"{name}.{column}"] for column in _POSTINGS))
    ids, sizes, traits = (arrays[f"fresh.{name}.{column}"] for column in _FLAT)
    return Side(
        known, dict(zip(ids.tolist(), np.split(traits, np.cumsum(sizes)[:-1]), strict=True)) if len(ids) else {}
    )


def _flat(fresh: Mapping[int, Array]) -> dict[str, Array]:
    import numpy as np

    return {
        "ids": np.array(list(fresh), np.int64),
        "sizes": np.array([len(one) for one in fresh.values()], np.int64),
        "traits": np.concatenate([np.zeros(0, np.uint32), *fresh.values()]),
    }
