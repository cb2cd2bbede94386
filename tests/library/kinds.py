"""A small library whose sounds are of kinds that can be told apart, and one rare kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from granulate.library import Library
from granulate.library.measures import MEASURES
from tests.library.scanning import Work

RATE = 8000
QUICK = tuple(MEASURES.bind({"kind": kind}) for kind in ("spectral", "envelope", "loudness", "quality"))


def written(path: Path, wave: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, wave, RATE, "FLOAT")
    return path


def tones(path: Path, seed: int) -> Path:
    rng = np.random.default_rng(seed)
    return written(path, 0.5 * np.sin(np.arange(RATE + 100 * (seed % 10)) * rng.uniform(0.1, 0.4)))


def noises(path: Path, seed: int) -> Path:
    return written(path, 0.2 * np.random.default_rng(seed).standard_normal(RATE + 100 * (seed % 10)))


def clicks(path: Path, seed: int) -> Path:
    n = 900 + 20 * (seed % 10)
    return written(path, np.random.default_rng(seed).standard_normal(n) * 0.6 * np.exp(-np.arange(n) / 40))


def library_of_kinds(folder: Path) -> Library:
    """Eight sounds of each of three kinds in a folder each; two more; scanned."""
    for name, make in (("tones", tones), ("noises", noises), ("clicks", clicks)):
        for seed in range(8):
            make(folder / name / f"{seed}.wav", seed)
    for seed in (50, 51):
        clicks(folder / "rare" / f"{seed}.wav", seed)
    library = Library.open(folder, create=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("granulate.jobs.each", Work())
        library.scan(QUICK, frames=True)
    return library
