"""Work over many items in supervised child processes: what hangs, dies or eats all memory fails alone.

    for outcome in each(function, paths, deadline=20.0, memory=2**30):
        ...

joblib spreads chunks of the items over its backends: loky on this machine, or an existing Dask cluster. A worker
there is a light supervisor: the work itself is done by a child of its own, which it feeds, watches and replaces.
"""

from granulate.jobs.scheduling import each
from granulate.jobs.work import JobError, Outcome

__all__ = ["JobError", "Outcome", "each"]
