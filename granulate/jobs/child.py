"""The process that does the work, item after item, until its supervisor closes the pipe or is gone.

    python -m granulate.jobs.child SUPERVISOR

It reads a pickled `Work` from standard input, then chunks: after the numbers of the first item that is wanted and of
the one after the last, a pickled list. For each item it answers with a pickled `Result`, and ends a chunk with an empty frame.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from granulate.jobs.work import Result, Work, in_words, receive, send

BUDGET_S = 1.0
"""A chunk is handed back after so long, done or not, so that results flow."""

_PR_SET_PDEATHSIG = 1
_LOOK_S = 0.5


def main() -> None:
    """Serve the supervisor whose process number is the argument; never returns."""
    _end_with(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is interrupted ends this process
    requests, answers = _pipes()
    with suppress(EOFError, OSError):
        function, work = _begin(requests, answers)
        _cap(work.memory)
        send(answers, b"")
        while True:
            _chunk(function, receive(requests), receive(requests), answers)
    os._exit(0)  # taking the interpreter down takes time and changes nothing


def _begin(requests: IO[bytes], answers: IO[bytes]) -> tuple[Callable[[Any], Any], Work]:
    """Get ready to work. What goes wrong here is told, and is no item's fault."""
    work: Work = pickle.loads(receive(requests))
    try:
        sys.path[:] = work.search
        with suppress(OSError):  # on another machine it may not be there
            os.chdir(work.folder)
        _alone()
        function = pickle.loads(work.function)
        for call in pickle.loads(work.setup):
            call()
    except BaseException as error:
        send(answers, in_words(error).encode())
        raise EOFError from error
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)
    return function, work


def _chunk(function: Callable[[Any], Any], wanted: bytes, items: bytes, answers: IO[bytes]) -> None:
    until = time.perf_counter() + BUDGET_S
    for item in pickle.loads(items)[slice(*map(int, wanted.split()))]:
        began = time.perf_counter()
        value, why = None, None
        try:
            value = pickle.dumps(function(item), pickle.HIGHEST_PROTOCOL)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is this item's
            why = in_words(error)
        now = time.perf_counter()
        send(answers, pickle.dumps(Result(value, why, now - began)))
        if now > until:
            break
    send(answers, b"")


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output for the supervisor alone: what libraries print there must not reach it."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return requests, answers


def _end_with(supervisor: int) -> None:
    """Die when the supervisor does, even amid a call that never returns."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    elif sys.platform != "win32":
        threading.Thread(target=_look_after, args=(supervisor,), daemon=True).start()
    if sys.platform != "win32" and os.getppid() != supervisor:
        os._exit(1)


def _look_after(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(_LOOK_S)
    os._exit(1)


def _alone() -> None:
    """One thread: there are as many children as cores. (BLAS and OpenMP are told by the environment.)"""
    from granulate.kernels import threads

    threads.limit(1)


def _cap(memory: int | None) -> None:
    """Bound what this process may take from now on. Crashes leave no core files either.

    Linux bounds private memory (RLIMIT_DATA): sounds that lie in temporary files, mapped, take none. Elsewhere the
    address space is bounded, where the system heeds that, and what is in memory is measured besides.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if memory is None:
        return
    if sys.platform == "linux":
        with open("/proc/self/statm") as file:
            held = int(file.read().split()[5]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        most = held + memory if hard == resource.RLIM_INFINITY else min(held + memory, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
        return
    unit = 1 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit + memory
    threading.Thread(target=_measure, args=(most // unit,), daemon=True).start()


def _measure(most: int) -> None:
    import resource

    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss <= most:
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
