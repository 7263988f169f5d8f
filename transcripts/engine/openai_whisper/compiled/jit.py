"""Compile functions to machine code with numba, cache it on disk, and load it without numba's compiler.

numba recompiles a function when the file that defines it has changed. It does not notice a change in another file, although it inlines the
functions and constants of others. So the cache here depends on all files of this package (``source_stamp``).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numba
from numba.core.caching import FunctionCache
from numba.core.runtime import rtsys

F = TypeVar("F", bound=Callable[..., object])


class KernelCache(FunctionCache):  # type: ignore[misc]  # numba tells no types
    """numba's store of one function's machine code.

    numba learns its whole language before it reads from it, though it compiles nothing then: 0.3 s in every process. Only its memory
    management is needed by what is read. What has to be compiled after all learns the language first, as always.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)
        self._cache_file._source_stamp = source_stamp()  # noqa: SLF001 - numba has no other way to it

    def load_overload(self, sig: object, target_context: object) -> object:
        """See numba's."""
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


@functools.cache
def source_stamp() -> bytes:
    """The hash of this package's source. Machine code of another source is compiled anew."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


def fastmath_jit(function: F) -> F:
    """The function as machine code, kept on disk where that can be written. No infinity is taken care of."""
    return _jit(function, fastmath=True, error_model="numpy")


def exact_jit(function: F) -> F:
    """The same where infinity is a number, and sums are in the order in which they stand."""
    return _jit(function)


def cache_path(function: Callable[..., object]) -> Path | None:
    """Where a function's machine code is kept; None where there is no such place."""
    place = getattr(getattr(function, "stats", None), "cache_path", None)
    return Path(place) if place else None


def _jit(function: F, **options: object) -> F:
    made: F
    try:
        made = numba.njit(cache=True, nogil=True, boundscheck=False, **options)(function)
        if hasattr(made, "_cache") and hasattr(FunctionCache, "_load_overload"):
            made._cache = KernelCache(function)  # noqa: SLF001 - numba has no other way to it
    except RuntimeError:  # there is no folder for it, neither here nor at home
        made = numba.njit(nogil=True, boundscheck=False, **options)(function)
    return made
