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


class KernelCache(FunctionCache):  # type: ignore[misc]  # numba is untyped
    """numba's cache of one function's machine code.

    numba initializes its whole compiler before it reads from the cache, even if it compiles nothing: 0.3 s in every
    process. Cached code only needs its memory management. If something must be compiled after all, the compiler is
    initialized as usual.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)
        self._cache_file._source_stamp = source_stamp()  # noqa: SLF001 - numba has no public API for it

    def load_overload(self, sig: object, target_context: object) -> object:
        """See numba's ``Cache.load_overload``."""
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


@functools.cache
def source_stamp() -> bytes:
    """Hash this package's source. Machine code from another source is not used."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


def fastmath_jit(function: F) -> F:
    """Compile a function with fast math: sums may be reordered, and infinity is not handled.

    Cached on disk if possible.
    """
    return _jit(function, fastmath=True, error_model="numpy")


def exact_jit(function: F) -> F:
    """Compile a function with exact math: infinity is a number, and sums keep their order."""
    return _jit(function)


def cache_path(function: Callable[..., object]) -> Path | None:
    """Return the folder of a function's cached machine code, or None."""
    place = getattr(getattr(function, "stats", None), "cache_path", None)
    return Path(place) if place else None


def _jit(function: F, **options: object) -> F:
    made: F
    try:
        made = numba.njit(cache=True, nogil=True, boundscheck=False, **options)(function)
        if hasattr(made, "_cache") and hasattr(FunctionCache, "_load_overload"):
            made._cache = KernelCache(function)  # noqa: SLF001 - numba has no public API for it
    except RuntimeError:  # no cache folder can be written
        made = numba.njit(nogil=True, boundscheck=False, **options)(function)
    return made
