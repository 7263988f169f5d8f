"""Functions as machine code, by numba, kept on disk and read back without what is needed for compiling.

numba makes a function anew when the function's own file has changed: whoever changes an option here has to touch that file, too.
"""

from __future__ import annotations

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

    def load_overload(self, sig: object, target_context: object) -> object:
        """See numba's."""
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


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
