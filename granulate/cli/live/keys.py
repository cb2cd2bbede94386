"""Single keys of a terminal, and the terminal as it was afterwards."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

_SEQUENCES = {b"\x1b[A": "up", b"\x1b[B": "down", b"\x1bOA": "up", b"\x1bOB": "down"}
_NAMES = {b" ": "space", b"\x1b": "escape", b"k": "up", b"j": "down"}
_MOST = 256


class Keys:
    """The keys that are pressed, without waiting for a line, while it is entered. None where there is no terminal.

    Ctrl-C still interrupts; Ctrl-Z does nothing, since a suspended instrument is a silent one.
    """

    def __init__(self) -> None:
        self._descriptor = _terminal()
        self._before: list[Any] | None = None

    @property
    def there(self) -> bool:
        """Whether keys can be pressed at all."""
        return self._descriptor is not None or _console() is not None

    def __enter__(self) -> Keys:
        if self._descriptor is not None:
            import termios

            self._before = termios.tcgetattr(self._descriptor)
            raw = termios.tcgetattr(self._descriptor)
            raw[3] &= ~(termios.ICANON | termios.ECHO)
            raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
            raw[6][termios.VSUSP] = os.fpathconf(self._descriptor, "PC_VDISABLE").to_bytes(1, "little")
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, raw)
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None and self._before is not None:
            import termios

            with suppress(termios.error):  # the terminal has gone
                termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)

    def pressed(self) -> list[str]:
        """What was pressed since the last call, by name: the character itself, or space, escape, up, down."""
        if self._descriptor is None:
            return _console_keys()
        import select

        if not select.select([self._descriptor], [], [], 0)[0]:
            return []
        try:
            return named(os.read(self._descriptor, _MOST))
        except OSError:  # the terminal has gone
            return []


def named(data: bytes) -> list[str]:
    """The names of the keys that a terminal's bytes mean; sequences that mean nothing here are left out."""
    found = []
    while data:
        sequence = next((s for s in _SEQUENCES if data.startswith(s)), None)
        if sequence is not None:
            found.append(_SEQUENCES[sequence])
            data = data[len(sequence) :]
        elif data[:1] == b"\x1b" and len(data) > 1:
            data = _after_sequence(data)
        else:
            found.append(_NAMES.get(data[:1], data[:1].decode("latin-1")))
            data = data[1:]
    return found


def _after_sequence(data: bytes) -> bytes:
    """What follows an escape sequence: it ends with its first letter or tilde."""
    for i in range(2 if data[1:2] in (b"[", b"O") else 1, len(data)):
        if data[i : i + 1].isalpha() or data[i : i + 1] == b"~":
            return data[i + 1 :]
    return b""


def _terminal() -> int | None:
    """Standard input, if it is a terminal whose keys come to this process."""
    try:
        import termios
    except ImportError:
        return None
    try:
        descriptor = sys.stdin.fileno()
        termios.tcgetattr(descriptor)
        # Of a job in the background the keys are somebody else's, and asking for them would stop it.
        return descriptor if os.tcgetpgrp(descriptor) == os.getpgrp() else None
    except (OSError, ValueError, AttributeError, termios.error):
        return None


def _console() -> Any:
    """Windows' keys, if standard input is its console."""
    if sys.platform != "win32" or not sys.stdin or not sys.stdin.isatty():
        return None
    import msvcrt

    return msvcrt


def _console_keys() -> list[str]:
    console = _console()
    found: list[str] = []
    while console is not None and console.kbhit() and len(found) < _MOST:
        key = console.getwch()
        if key in ("\0", "\xe0"):
            name = {"H": "up", "P": "down"}.get(console.getwch(), "")
            found += [name] if name else []
        else:
            found.append(_NAMES.get(key.encode("utf-8"), key))
    return found
