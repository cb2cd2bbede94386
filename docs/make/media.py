"""The sounds and pictures of the site: made once, and again only when what makes them has changed.

They lie in `docs/_made`, which is no part of the repository. `stubs` puts something small in the place of each, so that
the pages can be built, and their links tested, in seconds.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import granulate as gr
from docs.make import boxes, concept_maps, concept_runs, concepts, drawing, gallery, piece
from docs.make.piece import Piece
from granulate.errors import MissingDependencyError

Told = Callable[[str], None]
SOUNDS, PICTURES, PAGE = "sounds", "pictures", "gallery.md"
_STAMP = "made.json"
_PACKAGE = Path(gr.__file__).parent
_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""A picture of one pixel."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What has been made, by the key of what it was made from."""

    path: Path
    keys: dict[str, str]

    @classmethod
    def of(cls, folder: Path) -> _Known:
        path = folder / _STAMP
        return cls(path, json.loads(path.read_text()) if path.exists() else {})

    def note(self, name: str, key: str) -> None:
        self.keys[name] = key
        self.path.write_text(json.dumps(self.keys, indent=1))


def pieces() -> dict[str, Piece]:
    """Everything that is made, by its name."""
    return {**concepts.pieces(), **gallery.pieces()}


def make(folder: Path, *, stubs: bool = False, said: Told = lambda line: None) -> None:
    """Make what is missing or was made by another granulate, and the gallery's text; take away what belongs to nothing."""
    for name in (SOUNDS, PICTURES):
        (folder / name).mkdir(parents=True, exist_ok=True)
    wanted = pieces()
    known = _Known.of(folder)
    source = "stubs" if stubs else _source()
    for name, one in wanted.items():
        key = hashlib.sha256(f"{source} {one.key}".encode()).hexdigest()
        paths = [_path(folder, file) for file in one.files]
        if known.keys.get(name) == key and all(path.exists() for path in paths):
            continue
        said(name)
        try:
            if stubs:
                _stub(paths)
            else:
                one.make(*paths)
        except MissingDependencyError as error:
            # Made when it is there; until then the page has its place.
            said(f"{name} has to wait: {error}")
            _stub(paths)
            continue
        known.note(name, key)
    _forget(folder, wanted)
    page = gallery.page()
    if not (folder / PAGE).exists() or (folder / PAGE).read_text() != page:
        (folder / PAGE).write_text(page)


def _path(folder: Path, file: str) -> Path:
    return folder / (PICTURES if file.endswith(".png") else SOUNDS) / file


def _source() -> str:
    """A digest of everything that sounds and pictures are made by."""
    makers = [
        Path(str(module.__file__))
        for module in (boxes, concept_maps, concept_runs, concepts, drawing, gallery, piece)
    ]
    digest = hashlib.sha256()
    for path in sorted([*_PACKAGE.rglob("*.py"), *makers]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stub(paths: list[Path]) -> None:
    for path in paths:
        path.write_bytes(_DOT if path.suffix == ".png" else _silence())


@cache
def _silence() -> bytes:
    """A sound of a moment's silence, as a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "silence.mp3"
        gr.write(gr.Sound(np.zeros(64, np.float32), 44_100), path)
        return path.read_bytes()


def _forget(folder: Path, wanted: Mapping[str, Piece]) -> None:
    kept = {_path(folder, file) for one in wanted.values() for file in one.files}
    for name in (SOUNDS, PICTURES):
        for path in (folder / name).iterdir():
            if path not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
