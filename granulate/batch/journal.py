"""What was made of what: a line of JSON for each output, so that the next run knows what is done.

A kill tears at most the last line, and a line that is torn or lost costs nothing but the work of making its output
again, which is then found to be the same.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import IO, Any

from granulate.atomic import reason, replacing
from granulate.errors import OutputError, printable

FOLDER = ".granulate-batch"
_NAME = "journal.jsonl"
_LOCK = "lock"

State = list[int]


@dataclass(frozen=True, slots=True)
class Record:
    """One output, as it was when it was made."""

    output: str
    settings: str
    input_state: State
    input_digest: str
    output_state: State
    output_digest: str


def state(path: str) -> State:
    """What changes when a file's content does, also where its times are set back. Raises OSError."""
    found = os.stat(path)
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def load(out: str) -> dict[str, Record]:
    """The records of an output folder by output; of several for one, the last."""
    return _read(os.path.join(out, FOLDER, _NAME))[0]


class Journal:
    """An output folder's journal, while a batch has it for itself. Opened with `journal`."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._path = os.path.join(folder, _NAME)
        self.records, lines = _read(self._path)
        if lines > 2 * len(self.records) + 100:
            with replacing(self._path, force=True) as temporary:
                temporary.write_text("".join(map(_line, self.records.values())), "ascii")
        self._file: IO[bytes] = open(self._path, "ab")  # noqa: SIM115 - open as long as the journal is
        if self._file.tell() and not _ends_a_line(self._path):
            self._file.write(b"\n")

    def add(self, record: Record) -> None:
        """Note an output. Raises OSError, as when the disk is full."""
        self.records[record.output] = record
        self._file.write(_line(record).encode("ascii"))
        self._file.flush()

    def close(self) -> None:
        self._file.close()


@contextmanager
def journal(out: str) -> Iterator[Journal]:
    """Have an output folder, which is made if need be, for oneself.

    Beside the journal lie unfinished outputs; those of a run that was killed are removed.

    Raises OutputError where the folder cannot be made or written to, or another batch is at work in it.
    """
    folder = os.path.join(out, FOLDER)
    try:
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, _LOCK), "ab") as lock:
            _take(lock, out)
            _clear(folder)
            opened = Journal(folder)
            try:
                yield opened
            finally:
                opened.close()
                _clear(folder)
    except OSError as error:
        raise OutputError(f"{printable(str(error.filename or out))}: {reason(error)}") from None


def _read(path: str) -> tuple[dict[str, Record], int]:
    """Records, and how many lines they stood in."""
    found: dict[str, Record] = {}
    lines = 0
    try:
        with open(path, "rb") as file:
            for line in file:
                lines += 1
                record = _record(line)
                if record is not None:
                    found[record.output] = record
    except FileNotFoundError:
        pass
    return found, lines


def _record(line: bytes) -> Record | None:
    try:
        content: Any = json.loads(line)
        if not isinstance(content, Mapping) or set(content) != {field.name for field in fields(Record)}:
            return None
        return Record(**content)
    except (ValueError, RecursionError):
        return None


def _line(record: Record) -> str:
    return json.dumps(asdict(record)) + "\n"


def _ends_a_line(path: str) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _clear(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name not in (_NAME, _LOCK):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    os.unlink(entry.path)


def _take(lock: IO[bytes], out: str) -> None:
    """Lock a file until it is closed, or this process ends in any way."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise OutputError(
            f"{printable(out)}: another batch is at work in it; allowed: another folder"
        ) from None
