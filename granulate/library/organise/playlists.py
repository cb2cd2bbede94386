"""Lists of sounds for players and REAPER's media explorer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from granulate.atomic import replacing
from granulate.errors import OutputError, printable


class Entry(NamedTuple):
    """A sound as a list names it: where it lies (absolute), its length, and what it belongs to."""

    path: Path
    seconds: float
    group: str = ""
    size: int = 0
    modified: int = 0
    """Seconds since 1970."""
    n_channels: int = 0
    sample_rate: int = 0


def write_m3u(path: Path, entries: Iterable[Entry], *, force: bool = False) -> None:
    """Write a playlist (extended M3U, UTF-8): every player reads it. Raises OutputError.

    Sounds at or below the list's own folder are named from there, so that both can be moved together.
    A name that is no line of UTF-8 is written as a file URI.
    """
    with replacing(path, force=force) as temporary:
        _write(temporary, _m3u(path, entries))


def write_reaper(path: Path, entries: Iterable[Entry], *, force: bool = False) -> tuple[tuple[str, str], ...]:
    """Write a media database as REAPER's media explorer keeps them; gives the sounds that it cannot name.

    A `FILE` line for each sound (path, bytes, type, time) and a `DATA` line with its length, channels
    and rate, and the group as its custom tag (`u:`), by which the explorer sorts and searches. The
    format is not published: this is what REAPER 6 and 7 write. It goes into the folder MediaDB of
    REAPER's resources.

    Raises OutputError for another extension, and as every output does.
    """
    if path.suffix.lower() != ".reaperfilelist":
        raise OutputError(
            f"{printable(path)}: no media database; allowed: a name that ends in .ReaperFileList"
        )
    failed: list[tuple[str, str]] = []
    with replacing(path, force=force) as temporary:
        _write(temporary, _reaper(entries, failed))
    return tuple(failed)


def _m3u(path: Path, entries: Iterable[Entry]) -> Iterator[str]:
    yield "#EXTM3U"
    folder = Path(os.path.abspath(path)).parent
    for entry in entries:
        title = printable(entry.path.stem)
        yield f"#EXTINF:{max(round(entry.seconds), 1)},{title}"
        near = entry.path.is_relative_to(folder)
        name = entry.path.relative_to(folder).as_posix() if near else str(entry.path)
        odd = printable(name) != name or name.startswith("#") or name != name.strip()
        yield entry.path.as_uri() if odd else name


def _reaper(entries: Iterable[Entry], failed: list[tuple[str, str]]) -> Iterator[str]:
    for entry in entries:
        name = str(entry.path)
        if '"' in name or "\n" in name or "\r" in name:
            failed.append((printable(name), "a media database names no file with quotes or line breaks"))
            continue
        yield f'FILE "{name}" {entry.size} 0 {entry.modified} 0'
        minutes, seconds = divmod(entry.seconds, 60)
        facts = f"l:{int(minutes)}:{seconds:06.3f} n:{entry.n_channels} s:{entry.sample_rate}"
        tag = " ".join(printable(entry.group).replace('"', "'").split())
        yield f'DATA {facts} "u:{tag}"' if tag else f"DATA {facts}"


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)
