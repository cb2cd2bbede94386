"""Items into chunks, chunks to joblib's workers, outcomes back as they come."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from concurrent.futures import BrokenExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from granulate.errors import ParameterError
from granulate.jobs import supervisor
from granulate.jobs.backends import Backend, backend
from granulate.jobs.work import JobError, Outcome, Result, Work
from granulate.kernels.threads import n_threads

_CHUNK_S = 0.1
"""What a chunk should take: long beside the millisecond that handing it over costs, short for whoever waits."""
_MOST_ITEMS = 256
_GROWTH = 16
_MOST_BREAKS = 5


def each(
    function: Callable[[Any], Any],
    items: Iterable[Any],
    *,
    n_jobs: int | None = None,
    scheduler: str | None = None,
    deadline: float | None = None,
    memory: int | None = None,
    setup: Sequence[Callable[[], object]] = (),
) -> Generator[Outcome]:
    """Call `function(item)` for every item in child processes; outcomes arrive as they are done, in any order.

    `function` and what it gives must be picklable: a function of a module, or a `functools.partial` of one. What
    it raises becomes its item's reason; so does the death of its process, and the next items go on in a fresh one.
    `items` are drawn as they are needed, at most some thousand ahead, possibly in another thread.

    - `n_jobs`: children on this machine; None is one for each core.
    - `scheduler`: "tcp://HOST:PORT" of a Dask cluster to work on instead. It must see the same files.
    - `deadline`: seconds that one item may take before its process is killed.
    - `memory`: bytes that a child may take beyond what it holds after its setup.
    - `setup`: functions of modules, called in each child before its first item (imports, compilation); what they take
      counts for no item.

    Each child has one thread for numerical work. To stop early, close the generator (`contextlib.closing`): children
    are killed at once, and none outlives this process however it ends.

    Raises ParameterError for a limit that is not allowed; MissingDependencyError without Dask; JobError where no
    child can be started, or the cluster does not answer; whatever drawing the items raises.
    """
    for name, limit in (("n_jobs", n_jobs), ("deadline", deadline), ("memory", memory)):
        if limit is not None and not limit > 0:
            raise ParameterError(f"{name} = {limit!r} is not allowed; allowed: above 0, or none")
    import cloudpickle  # it also pickles what is defined in a script

    work = Work(
        function=cloudpickle.dumps(function),
        setup=cloudpickle.dumps(tuple(setup)),
        search=tuple(os.path.abspath(path) for path in sys.path),
        folder=os.getcwd(),
        deadline=deadline,
        memory=memory,
        owner=0 if scheduler else os.getpid(),
    )
    jobs = n_jobs or n_threads()
    if isinstance(items, Sized):
        jobs = max(1, min(jobs, len(items)))
    return _each(work, iter(items), jobs, scheduler)


def _each(work: Work, items: Iterator[Any], jobs: int, scheduler: str | None) -> Generator[Outcome]:
    with backend(jobs, scheduler) as workers:
        feed = Feed(items, ahead=None if scheduler else 8 * jobs + 8)
        breaks = told = 0
        while feed.more():
            try:
                yield from _round(work, feed, workers)
            except BrokenExecutor as error:
                # A supervisor was killed from outside. What it had is done again, for none of it was told.
                breaks, told = breaks + 1 if told == feed.told else 1, feed.told
                if breaks > _MOST_BREAKS:
                    raise JobError(f"worker processes keep dying: {error}".splitlines()[0]) from None
                feed.again()


def _round(work: Work, feed: Feed, workers: Backend) -> Iterator[Outcome]:
    """Everything that there is to hand out, and what was handed back before its end goes to the next round."""
    from joblib import delayed

    run = delayed(supervisor.run)
    calls = (run(work, chunk.number, chunk.items, chunk.end, chunk.first) for chunk in feed.chunks())
    try:
        with closing(workers.outcomes(calls)) as outcomes:
            for number, results in outcomes:
                yield from feed.taken(number, results)
    finally:
        feed.over()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive items on their way to a worker, which is to do those from `first` to before `end`."""

    number: int
    begin: int
    items: bytes
    end: int
    first: int = 0


class Feed:
    """Cuts items into chunks whose size follows the time that they take, and knows which are out.

    Chunks are drawn in joblib's threads, outcomes are taken in the caller's.
    """

    def __init__(self, items: Iterator[Any], ahead: int | None) -> None:
        self._items, self._ended = items, False
        self._out: dict[int, Chunk] = {}
        self._back: deque[Chunk] = deque()
        self._numbers = self._drawn = 0
        self.told = 0
        self._size = 1
        # Whoever takes outcomes slowly is waited for: they would pile up otherwise.
        self._room = threading.Semaphore(ahead) if ahead else None
        self._stopped = False
        self._lock = threading.Lock()

    def more(self) -> bool:
        """Whether anything is left to hand out."""
        return bool(self._back) or not self._ended

    def chunks(self) -> Iterator[Chunk]:
        """What is to be handed out, as it is asked for."""
        self._stopped = False
        while True:
            if self._room:
                self._room.acquire()
            chunk = None if self._stopped else self._next()
            if chunk is None:
                if self._room:
                    self._room.release()
                return
            yield chunk

    def taken(self, number: int, results: Sequence[Result]) -> Iterator[Outcome]:
        """The outcomes of a chunk that came back."""
        with self._lock:
            chunk = self._out.pop(number)
            done = chunk.first + len(results)
            if done < chunk.end:
                self._back.append(replace(chunk, first=done))
            self._adapt(results)
            self.told += len(results)
        if self._room:
            self._room.release()
        for index, result in enumerate(results, chunk.begin + chunk.first):
            value = None if result.value is None else pickle.loads(result.value)
            yield Outcome(index, value, result.reason, result.seconds)

    def again(self) -> None:
        """Whatever is out has to be handed out again."""
        with self._lock:
            self._back.extend(self._out.values())
            if self._room and self._out:
                self._room.release(len(self._out))
            self._out.clear()

    def over(self) -> None:
        """Nobody draws chunks any more."""
        self._stopped = True
        if self._room:
            self._room.release()  # for a thread that waits

    def _next(self) -> Chunk | None:
        with self._lock:
            if self._back:
                chunk = self._back.popleft()
                if chunk.end - chunk.first > self._size:  # took longer than its like: others help
                    self._back.append(replace(chunk, first=chunk.first + self._size))
                    chunk = replace(chunk, end=chunk.first + self._size)
            else:
                items = []
                for item in self._items:
                    items.append(item)
                    if len(items) >= self._size:
                        break
                else:
                    self._ended = True
                if not items:
                    return None
                chunk = Chunk(0, self._drawn, pickle.dumps(items, pickle.HIGHEST_PROTOCOL), len(items))
                self._drawn += len(items)
            self._numbers += 1
            chunk = replace(chunk, number=self._numbers)
            self._out[chunk.number] = chunk
            return chunk

    def _adapt(self, results: Sequence[Result]) -> None:
        took = sum(result.seconds for result in results) / len(results)
        wanted = int(_CHUNK_S / max(took, 1e-9))
        self._size = max(1, min(wanted, _GROWTH * self._size, _MOST_ITEMS))
