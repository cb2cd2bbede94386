"""A server in a thread of its own: begun and ended from outside, whatever it serves."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable


class Background:
    """Runs one coroutine in a thread from `start` to `stop`.

    `serve` is awaited in the thread's own event loop. When it listens it awaits `serving`, which returns when
    it is to end; what it raises before that, `start` raises.
    """

    def __init__(self, name: str, serve: Callable[[], Awaitable[None]]) -> None:
        self._serve = serve
        self._begun = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; returns once it listens. Raises whatever kept it from that."""
        self._thread.start()
        self._begun.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """End it, and wait until it has ended. Of one that has not begun, or has ended, nothing is left to do."""
        if self._loop is not None and self._stopping is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    async def serving(self) -> None:
        """Say that it listens, and wait until it is to end."""
        self._begun.set()
        assert self._stopping is not None
        await self._stopping.wait()

    def _run(self) -> None:
        try:
            asyncio.run(self._served())
        except BaseException as error:
            if self._begun.is_set():
                raise
            self._failure = error
        finally:
            self._begun.set()

    async def _served(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        await self._serve()


def silent(name: str) -> logging.Logger:
    """A logger for aiohttp, which would print what strangers send, and tracebacks."""
    logger = logging.Logger(name)
    logger.addHandler(logging.NullHandler())
    return logger
