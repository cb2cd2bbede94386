"""What the tests of `granulate.jobs` let children do. It imports little, for every child imports it anew."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def misbehave(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGSEGV)
    if number == 5:
        time.sleep(60)
    if number == 7:
        raise ValueError("seven\nis bad")
    if number == 9:
        bytearray(1 << 31)
    if number == 11:
        os._exit(4)
    if number == 13:
        never()
    if number == 15:
        sys.stdout.write("a library may say what it wants")
        sys.stdout.flush()
        os.write(1, b"and so may C")
    if number == 17:
        sys.exit("out")
    return 2 * number


def surroundings(number: int) -> tuple[str, int, int]:
    from threadpoolctl import threadpool_info

    from granulate.kernels.threads import n_threads

    threads = max((pool["num_threads"] for pool in threadpool_info()), default=1)
    return os.getcwd(), threads, n_threads()


def mark(folder: Path, number: int) -> int:
    """Work that can be counted from outside."""
    with open(folder / f"{number}-{os.getpid()}", "x"):
        time.sleep(0.01)
    return number


def kill_supervisor(folder: Path, number: int) -> int:
    try:
        (folder / "killed").touch(exist_ok=False)
    except FileExistsError:
        return number
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    return -1


def read(path: str) -> int:
    from granulate import sound_file

    return sound_file.read(path).n_samples


def never() -> None:
    from granulate.errors import SoundFileError

    raise SoundFileError("thirteen.wav: is bad")


def slow_later(item: int) -> tuple[float, float]:
    """From when to when it was done: the first few at once, later ones in a while."""
    began = time.time()
    time.sleep(0.0 if item < 8 else 0.4)
    return began, time.time()


def workers_mask(item: int) -> bool:
    """Whether Ctrl-C's signal is held back from the worker above this process."""
    told = Path(f"/proc/{os.getppid()}/status").read_text()
    held = int(told.partition("SigBlk:")[2].split()[0], 16)
    return bool(held & 1 << signal.SIGINT - 1)
