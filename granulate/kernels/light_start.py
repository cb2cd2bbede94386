"""Keeps numba from importing scipy.linalg where nothing needs it.

The first kernel that a process runs makes numba load its module of array functions, which imports scipy.linalg only to
see whether there is a BLAS, and that imports most of scipy and numpy: a quarter of a second of CPU and 16 MiB in every
process, of a render, of a live engine, of each child of a scan. scipy is installed wherever this package is, so the
answer is known. Functions that do call BLAS import it when they are compiled, as ever.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_ASKS = "numba.np.arraymath"


class _Unasked(Loader):
    """Executes the module as its own loader does, while the question is answered without a look."""

    def __init__(self, own: Loader) -> None:
        self._own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        from numba.np import linalg

        if module.__spec__ is not None:
            module.__spec__.loader = module.__loader__ = self._own
        asked = linalg.ensure_blas
        linalg.ensure_blas = lambda: None
        try:
            self._own.exec_module(module)
        finally:
            linalg.ensure_blas = asked


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _ASKS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Unasked(spec.loader)
        return spec


def install() -> None:
    """Be there before numba loads that module; where it is loaded already, there is nothing to be saved."""
    if _ASKS not in sys.modules:
        sys.meta_path.insert(0, _Finder())
