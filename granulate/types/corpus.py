"""What analysis knows of sounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.types.arrays import read_only
from granulate.types.framing import Framing
from granulate.types.sound import Sound, check_alike


@dataclass(frozen=True, slots=True, eq=False)
class Grains:
    """Positions, not spectra: which sound each grain is of, where it begins there, and how long it is.

    `sounds` int32 (n_grains,), `onsets` int64 (n_grains,) in samples (negative where a window
    begins before its sound does: there it holds silence), `lengths` int64 (n_grains,) in samples;
    one number is the length of every grain.
    """

    sounds: NDArray[np.int32]
    onsets: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def __post_init__(self) -> None:
        sounds = np.ascontiguousarray(self.sounds, np.int32)
        onsets = np.ascontiguousarray(self.onsets, np.int64)
        lengths = np.asarray(self.lengths, np.int64)
        lengths = np.broadcast_to(lengths, onsets.shape) if lengths.ndim == 0 else lengths
        if sounds.ndim != 1 or not sounds.shape == onsets.shape == lengths.shape:
            raise ParameterError(
                f"grains of shapes {sounds.shape}, {onsets.shape} and {lengths.shape}; allowed: three equal 1-D shapes"
            )
        if lengths.size and lengths.min() < 1:
            raise ParameterError(f"a grain of {lengths.min()} samples; allowed: at least 1")
        object.__setattr__(self, "sounds", read_only(sounds))
        object.__setattr__(self, "onsets", read_only(onsets))
        object.__setattr__(self, "lengths", read_only(lengths))

    def __len__(self) -> int:
        return len(self.onsets)


@dataclass(frozen=True, slots=True, eq=False)
class Descriptors:
    """What was measured: values float32 (n_grains, n_columns), a name and a unit for each column."""

    values: NDArray[np.float32]
    names: tuple[str, ...]
    units: tuple[str, ...]

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(self.values, np.float32)
        if values.ndim != 2 or not values.shape[1] == len(self.names) == len(self.units):
            raise ParameterError(
                f"descriptors of shape {values.shape} with {len(self.names)} names and {len(self.units)}"
                " units; allowed: (n_grains, n_columns) with one of each a column"
            )
        object.__setattr__(self, "values", read_only(values))


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """Points float32 (n_grains, 1, 2 or 3), and the fitted reducer, or None where it cannot place
    sounds that it has not seen (`fitted.transform(values)` gives their points).

    `box`: the lowest and the highest point, each (1, 2 or 3,), of the map's edges, where grains that
    came later lie beyond some; None where the grains themselves reach to the edges.
    """

    points: NDArray[np.float32]
    method: str
    fitted: Any = None
    box: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None

    def __post_init__(self) -> None:
        points = np.ascontiguousarray(self.points, np.float32)
        if points.ndim != 2 or points.shape[1] not in (1, 2, 3) or not np.isfinite(points).all():
            raise ParameterError(
                f"an embedding of shape {points.shape}; allowed: finite (n_grains, 1, 2 or 3)"
            )
        object.__setattr__(self, "points", read_only(points))


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """All that analysis knows: sounds of one rate and channel count, their grains, descriptors
    (scaled) and, where a reducer ran, the embedding.

    `fitted`: what describes other sounds as these were (`granulate.corpus.Fitted`); None where that is
    not known, as of a corpus that was kept on disk.
    """

    sounds: tuple[Sound, ...]
    framing: Framing
    grains: Grains
    descriptors: Descriptors
    embedding: Embedding | None = None
    fitted: Any = None

    def __post_init__(self) -> None:
        check_alike(self.sounds)
        sizes = {len(self.grains), len(self.descriptors.values)}
        if self.embedding is not None:
            sizes.add(len(self.embedding.points))
        if len(sizes) != 1:
            raise ParameterError(f"a corpus whose parts have {sorted(sizes)} grains; allowed: one number")

    def __len__(self) -> int:
        return len(self.grains)

    @property
    def sample_rate(self) -> int:
        return self.sounds[0].sample_rate

    def __repr__(self) -> str:
        return (
            f"Corpus({len(self)} grains of {len(self.sounds)} sounds, {len(self.descriptors.names)} columns,"
            f" {self.embedding.method if self.embedding else 'no'} embedding)"
        )
