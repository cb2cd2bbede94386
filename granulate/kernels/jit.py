"""numba's `njit` for kernels: those that are kept on disk are loaded without getting the compiler ready.

Before numba looks whether a kernel is kept it imports everything that it can compile, and its module of array functions
imports scipy.linalg only to see whether there is a BLAS: half a second of CPU and 30 MiB in every process, of a render, of
a live engine, of each child of a scan. What is kept needs none of it. Where something has to be compiled, the compiler
gets ready by itself (`numba.core.compiler`), and functions that do call BLAS import it then.
"""

from __future__ import annotations

from typing import Any

from numba import njit
from numba.core import caching
from numba.core.runtime import nrt
from numba.np import linalg

__all__ = ["njit"]


def _import_array_functions() -> None:
    """scipy is installed wherever this package is: whether there is a BLAS need not be looked up."""
    asked = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        linalg.ensure_blas = asked


_load_when_ready: Any = caching.Cache.load_overload


def _load(self: Any, signature: Any, context: Any) -> Any:
    """In the place of `Cache.load_overload`, of this package's kernels alone: others may need more than these do."""
    load = getattr(self, "_load_overload", None)
    if load is None or not self._py_func.__module__.startswith(f"{__package__}."):
        return _load_when_ready(self, signature, context)
    nrt.rtsys.initialize(context)  # of the memory that kernels take
    with self._guard_against_spurious_io_errors():
        return load(signature, context)


_import_array_functions()
setattr(caching.Cache, "load_overload", _load)  # noqa: B010 - mypy has it that methods cannot be assigned
