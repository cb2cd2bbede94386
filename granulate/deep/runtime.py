"""PyTorch as it is used here: only where it is installed, on a device, and so that runs repeat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from granulate.errors import MissingDependencyError, ParameterError

THREADS = 1
"""On how many threads of the CPU networks run: sums over another number of them are rounded in another order."""

DeviceName = Literal["auto", "cpu", "cuda"]


def torch() -> Any:
    """The library. Raises MissingDependencyError where it is not installed."""
    try:
        import torch as library
    except ImportError:
        raise MissingDependencyError(
            "this reducer needs PyTorch; allowed: pip install 'granulate[deep]', or another reduction.kind"
        ) from None
    return library


def device_of(name: DeviceName) -> str:
    """`auto` is an accelerator where there is one, else the CPU. Raises ParameterError for `cuda` without any."""
    there = torch().cuda.is_available()
    if name == "cuda" and not there:
        raise ParameterError("reduction.device = 'cuda' without an accelerator; allowed: 'auto', 'cpu'")
    return "cuda" if there and name != "cpu" else "cpu"


@contextmanager
def repeatable(seed: int, device: str = "cpu") -> Iterator[None]:
    """Chance from a seed, algorithms that repeat, a fixed number of threads; afterwards all is as it was.

    On the CPU the same work then gives the same bits. Accelerators have no such algorithms for all that is
    done here; there only chance is the seed's.
    """
    library = torch()
    threads, strict = library.get_num_threads(), library.are_deterministic_algorithms_enabled()
    try:
        library.set_num_threads(THREADS)
        library.use_deterministic_algorithms(strict or device == "cpu")
        with library.random.fork_rng([library.cuda.current_device()] if device == "cuda" else []):
            library.manual_seed(seed)
            yield
    finally:
        library.use_deterministic_algorithms(strict)
        library.set_num_threads(threads)
