"""Other packages' kernels, kept on disk as ours are: some are compiled anew in every process, for seconds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from types import ModuleType
from typing import Any


@cache
def beat_tracker() -> Callable[..., Any]:
    """librosa's `beat_track`. One of the kernels that its import compiles is not kept unless numba is told to."""
    import numba

    vectorise: Any = numba.guvectorize

    def keeping(*args: Any, **options: Any) -> Any:
        return vectorise(*args, **{**options, "cache": True})

    numba.guvectorize = keeping
    try:
        from librosa.beat import beat_track
    finally:
        numba.guvectorize = vectorise
    tracker: Callable[..., Any] = beat_track
    return tracker


@cache
def keep_umap() -> None:
    """Have numba keep what umap-learn's modules compile, beside them or in the user's cache folder.

    Those of pynndescent, on which it stands, are left: some are kept already, and others are handed functions, by which
    numba never finds again what it kept.
    """
    from umap import layouts, umap_, utils

    for module in (layouts, umap_, utils):
        _keep(module)


def _keep(module: ModuleType) -> None:
    from numba.core.dispatcher import Dispatcher

    own = [
        kernel
        for kernel in vars(module).values()
        if isinstance(kernel, Dispatcher) and kernel.py_func.__module__ == module.__name__
    ]
    # Where one function is compiled for one thread and for several, numba would find the one's code for the other.
    by_function = {kernel.py_func: kernel for kernel in sorted(own, key=_is_parallel, reverse=True)}
    for kernel in by_function.values():
        with suppress(RuntimeError):  # no folder can be written to
            kernel.enable_caching()


def _is_parallel(kernel: Any) -> bool:
    return bool(kernel.targetoptions.get("parallel"))
