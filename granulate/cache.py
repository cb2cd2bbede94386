"""What took long to work out, kept on disk between runs. Whoever deletes it loses nothing but time.

An entry is a folder of `.npy` files and a `meta.json`, made under another name and then renamed: so
it is whole, or not there. Arrays are memory-mapped. The entries used longest ago go when all
together exceed a bound.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate import storage

MOST_BYTES = 8 * 2**30
_OLD_S = 3600
"""What a run that was killed left half-made may go after so long."""

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Cache:
    """Entries in a folder, which is made when the first is kept."""

    folder: Path
    most_bytes: int = MOST_BYTES

    def load(self, key: str) -> tuple[Arrays, dict[str, Any]] | None:
        """An entry's arrays, which cannot be written to, and its meta data; None where there is none, or no whole one."""
        entry = self.folder / key
        try:
            meta = json.loads((entry / "meta.json").read_text("utf-8"))
            arrays = {name: _mapped(entry / f"{name}.npy") for name in meta["arrays"]}
            os.utime(entry)  # it was used just now
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return arrays, meta["content"]

    def keep(self, key: str, arrays: Mapping[str, NDArray[Any]], content: Mapping[str, Any]) -> bool:
        """Keep an entry. Gives whether it could: a disk that is full is no reason to fail."""
        size = sum(array.nbytes for array in arrays.values())
        if size > self.most_bytes:
            return False
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room(size)
            made = Path(tempfile.mkdtemp(prefix=".making-", dir=self.folder))
        except OSError:
            return False
        try:
            for name, array in arrays.items():
                _save(made / f"{name}.npy", array)
            (made / "meta.json").write_text(
                json.dumps({"arrays": list(arrays), "content": dict(content)}), "utf-8"
            )
            os.replace(made, self.folder / key)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            return (self.folder / key).is_dir()  # another run may have kept the same in the meantime
        return True

    def _make_room(self, size: int) -> None:
        entries = []
        for entry in self.folder.iterdir():
            with suppress(OSError):
                used = entry.stat().st_mtime
                if entry.name.startswith(".making-"):
                    if time.time() - used > _OLD_S:
                        shutil.rmtree(entry, ignore_errors=True)
                    continue
                entries.append((used, sum(file.stat().st_size for file in entry.iterdir()), entry))
        total = sum(n for _, n, _ in entries) + size
        for _, n, entry in sorted(entries, key=lambda found: found[0]):
            if total <= self.most_bytes:
                return
            shutil.rmtree(entry, ignore_errors=True)
            total -= n


def default_folder() -> Path:
    """Where the operating system has its caches; the variable GRANULATE_CACHE names another folder."""
    named = os.environ.get("GRANULATE_CACHE")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("granulate")


def key_of(*parts: Any) -> str:
    """A name for what the parts (numbers, text, lists and tables of them) say together."""
    text = json.dumps(parts, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def file_state(path: str | os.PathLike[str]) -> list[Any]:
    """What changes when a file's content does: where it is, its size, and when it was written."""
    found = os.stat(path)
    return [os.path.realpath(path), found.st_size, found.st_mtime_ns, found.st_ino]


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else list(value)


def _save(path: Path, array: NDArray[Any]) -> None:
    # In pieces, so that a mapped array's memory can be handed back in between.
    array = np.ascontiguousarray(array)
    target = np.lib.format.open_memmap(path, mode="w+", dtype=array.dtype, shape=array.shape)
    if array.size == 0:
        return
    rows = max(1, (1 << 24) // max(1, array[0].nbytes))
    for first in range(0, len(array), rows):
        target[first : first + rows] = array[first : first + rows]
        storage.release(array)
    target.flush()


def _mapped(path: Path) -> NDArray[Any]:
    return np.load(path, mmap_mode="r", allow_pickle=False)
