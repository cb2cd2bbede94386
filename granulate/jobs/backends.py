"""joblib's backends as `each` uses them: loky's processes here, or the workers of a Dask cluster."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from granulate.atomic import reason
from granulate.errors import MissingDependencyError
from granulate.jobs import supervisor
from granulate.jobs.process import uninterrupted
from granulate.jobs.work import JobError

_ANSWER_S = 10


@dataclass(frozen=True, slots=True)
class Backend:
    """A way for joblib to run calls."""

    jobs: int
    kind: Any
    """As `joblib.parallel_config` takes it."""

    def outcomes(self, calls: Iterable[Any]) -> Generator[Any]:
        """What the calls give, as they are done. Closing it ends those that still run."""
        from joblib import Parallel, parallel_config

        with parallel_config(backend=self.kind):
            parallel = Parallel(
                n_jobs=self.jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs",
                max_nbytes=None,
            )  # fmt: skip
            with uninterrupted():
                found: Generator[Any] = parallel(calls)
        try:
            for outcome in found:  # noqa: UP028 - `yield from` would close it amid joblib's warnings
                yield outcome
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that results are left is known here
                found.close()
            supervisor.close()  # of the only child, where one job needs no worker


@contextmanager
def backend(jobs: int, scheduler: str | None) -> Iterator[Backend]:
    """Loky with so many workers, or the Dask cluster whose scheduler is named.

    Raises MissingDependencyError without Dask, JobError where no scheduler answers or the cluster fails.
    """
    if scheduler is None:
        _begin_trackers()
        yield Backend(jobs, "loky")
        return
    try:
        connect: Any = importlib.import_module("distributed").Client
    except ImportError:
        raise MissingDependencyError(
            "a Dask cluster needs Dask, which is not installed; install granulate[dask]"
        ) from None
    try:
        client = connect(scheduler, timeout=_ANSWER_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise JobError(f"no Dask scheduler answers at {scheduler}: {reason(error)}") from None
    try:
        # Work is pinned to no worker: what one was doing when it died is done by another.
        yield Backend(-1, _cluster(client))
    except Exception as error:
        of_dask = type(error).__module__.partition(".")[0] in ("distributed", "concurrent", "asyncio")
        if not of_dask and not isinstance(error, TimeoutError):
            raise
        raise JobError(f"the Dask cluster at {scheduler} failed: {reason(error)}") from None
    finally:
        with suppress(OSError, TimeoutError):
            client.close()


def _cluster(client: Any) -> Any:
    from joblib._dask import DaskDistributedBackend

    found = DaskDistributedBackend(client=client, wait_for_workers_timeout=_ANSWER_S)
    counted = found.effective_n_jobs
    # What there is only one of, joblib does here instead.
    found.effective_n_jobs = lambda n_jobs: max(2, counted(n_jobs))
    return found


def _begin_trackers() -> None:
    """loky's process that clears up after a kill does so loudly, on the standard error of whoever is long gone.

    Python's own is begun here, too: to begin it lets signals through that were held back, and loky would begin it just
    before its workers, which must not have them.
    """
    from multiprocessing import resource_tracker as standard

    from joblib.externals.loky.backend import resource_tracker

    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = "ignore::UserWarning"
    try:
        with uninterrupted():
            resource_tracker.ensure_running()
            if sys.platform != "win32":
                standard.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before
