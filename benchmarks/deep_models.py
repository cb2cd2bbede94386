"""Networks as reducers: how long training takes, and whether their maps keep together what is alike.

    python -m benchmarks.deep_models [--audio FILE ...] [--seconds 30] [--epochs 2]
    python -m benchmarks.deep_models --library FOLDER [--seeds 3] [--picture PNG]

The first tells seconds per epoch of the reducer `trajectory` on half a minute of sound by windows of 0.5 s and of
2 s, conditioned on forecasting and not.

The second takes FOLDER's sounds, whose kind is the name's prefix (kinds of fewer than four are left out), measures
the cepstrogram of each (32 MFCC x 32 frames), z-scores it, and lays the sounds out on two dimensions in several
ways. Told of each are trustworthiness (Venna & Kaski 2001; of 5 neighbours, against the z-scored cepstrograms: 1 is
the best) and the share of the same kind among the 5 nearest; for several seeds the mean and the range. Networks are
kept between the ways, so the time of one that several share is told of the first.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import granulate as gr
from benchmarks.material import samples
from benchmarks.timing import machine, show, verdict
from granulate.cache import Cache
from granulate.corpus import analyse
from granulate.deep.autoencoder import fit
from granulate.deep.context import Context
from granulate.deep.training import Schedule
from granulate.library.measures import MEASURES, measure
from granulate.library.organise.scaling import standardised
from granulate.preset import Preset
from granulate.sound_file import gather
from granulate.stages.reducers import REDUCTION, embed
from granulate.types import Sound

_NEAREST, _LEAST = 5, 4
_MOST_S = 60.0
"""Seconds of CPU that an epoch of 0.5 s windows may take, for seven of them to take minutes."""
_FRAMES = {
    "framing": {"n_fft": 1024, "window": 1024, "hop": 1023, "shape": "tukey", "taper": 0.4},
    "descriptors": {"kind": "spectrogram", "high": 4000.0},
    "scaling": {"kind": "unit"},
}
WAYS: dict[str, dict[str, Any]] = {
    "MFCC, PCA": {"kind": "pca"},
    "MFCC, t-SNE": {"kind": "tsne"},
    "MFCC, UMAP": {"kind": "umap"},
    "autoencoder (2 numbers)": {"kind": "autoencoder", "latent": 2},
    "autoencoder (32), PCA": {"kind": "autoencoder", "then": "pca"},
    "autoencoder (32), t-SNE": {"kind": "autoencoder", "then": "tsne"},
    "autoencoder (32), UMAP": {"kind": "autoencoder", "then": "umap"},
    "autoencoder (32), variational (2)": {"kind": "vae"},
}
"""Each brings (195, 1024) cepstrograms to two dimensions."""


def speed(files: list[Path], seconds: float, epochs: int) -> None:
    sound = Sound(samples(files, seconds)[None], 44_100)
    plain = Preset.of({**_FRAMES, "path": {"kind": "original"}})
    values = np.array(analyse(sound, plain).descriptors.values)
    context = Context(sample_rate=44_100, hop=1023)
    rows = []
    for window in ("500ms", "2s"):
        for alpha in (0.001, 0.0):
            choice = REDUCTION.bind(
                {"kind": "trajectory", "window": window, "alpha": alpha, "epochs": epochs, "device": "cpu"}
            )
            wall, cpu = time.perf_counter(), time.process_time()
            found = embed(values, choice, 0, context)
            wall, cpu = (time.perf_counter() - wall) / epochs, (time.process_time() - cpu) / epochs
            assert found is not None
            losses = found.fitted.network.model.card["losses"]
            goal = verdict(cpu <= _MOST_S) if window == "500ms" else ""
            rows.append([window, alpha, len(values), wall, cpu, losses[0], losses[-1], goal])
    show(
        f"trajectory: {seconds:g} s of sound, {epochs} epochs",
        [
            "window",
            "alpha",
            "windows",
            "s an epoch",
            "CPU s an epoch",
            "first loss",
            "last",
            f"{_MOST_S:g} s of CPU",
        ],
        rows,
    )


def maps(folder: Path, seeds: int, picture: Path | None) -> None:
    with tempfile.TemporaryDirectory() as kept:
        _maps(folder, seeds, picture, Context(memory=Cache(Path(kept))))


def _maps(folder: Path, seeds: int, picture: Path | None, context: Context) -> None:
    values, kinds, names = cepstrograms(folder)
    rows = [["(chance)", "", chance(kinds), ""], ["MFCC, all 1,024 columns", "", same(values, kinds), ""]]
    for name, table in WAYS.items():
        choice = REDUCTION.bind({"dimensions": 2, **table})
        told, took = [], []
        for seed in range(seeds if table["kind"] != "pca" else 1):
            began = time.process_time()
            found = embed(values, choice, seed, context)
            took.append(time.process_time() - began)
            assert found is not None
            told.append((trust(values, found.points), same(found.points, kinds)))
            print(f"{name}, seed {seed}: {told[-1][0]:.3f}, {told[-1][1]:.3f}", flush=True)
        trusts, shares = np.array(told).T
        rows.append([name, spread(trusts), spread(shares), float(np.median(took))])
    title = f"maps of {len(values)} sounds of {len(set(kinds))} kinds by cepstrograms, {seeds} seeds"
    show(title, ["", f"trustworthiness ({_NEAREST})", f"same kind among {_NEAREST} nearest", "CPU s"], rows)
    if picture is not None:
        draw(values, names, picture, context)


def cepstrograms(folder: Path) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """z-scored (n, 1024), kinds (n,) and names."""
    paths = sorted(Path(path) for path in gather([str(folder)]))
    counted = Counter(kind_of(path) for path in paths)
    paths = [path for path in paths if counted[kind_of(path)] >= _LEAST]
    chosen = [MEASURES.bind({"kind": "cepstrogram"})]
    found = np.stack([measure(gr.read(path), chosen).summary for path in paths])
    return standardised(found), np.array([kind_of(path) for path in paths]), [path.stem for path in paths]


def kind_of(path: Path) -> str:
    return path.stem.partition("_")[0]


def same(points: np.ndarray, kinds: np.ndarray) -> float:
    """Of the five nearest of each sound, those of its kind."""
    from sklearn.neighbors import NearestNeighbors

    near = NearestNeighbors(n_neighbors=_NEAREST).fit(points).kneighbors(return_distance=False)
    return float((kinds[near] == kinds[:, None]).mean())


def chance(kinds: np.ndarray) -> float:
    counts = np.array(list(Counter(kinds.tolist()).values()))
    return float((counts * (counts - 1)).sum() / (len(kinds) * (len(kinds) - 1)))


def trust(values: np.ndarray, points: np.ndarray) -> float:
    from sklearn.manifold import trustworthiness

    return float(trustworthiness(values, points, n_neighbors=_NEAREST))


def spread(found: np.ndarray) -> str:
    if len(found) == 1:
        return f"{found[0]:.3f}"
    return f"{found.mean():.3f} ({found.min():.3f} to {found.max():.3f})"


def draw(values: np.ndarray, names: list[str], path: Path, context: Context) -> None:
    from granulate.pictures.reconstructions import plot_reconstructions

    default: Callable[[str], Any] = REDUCTION.bind({"kind": "autoencoder"}).parameters.__getitem__
    schedule = Schedule(default("epochs"), default("batch"), default("rate"), "cpu")
    network = fit(values, 0, schedule, latent=default("latent"), context=context)
    plot_reconstructions(values, network.reconstruct(values), path, names=names, force=True)
    error = np.square(values - network.reconstruct(values)).mean() / np.square(values).mean()
    print(f"\nautoencoder: {1 - error:.1%} of the variance passes the bottleneck; {path}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--audio", nargs="*", type=Path, default=[], help="recordings; else a synthetic one")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--library", type=Path, help="a folder of sounds named by kind")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--picture", type=Path, help="of reconstructions")
    given = parser.parse_args()
    # Before scikit-learn is imported: its threads would spin while they wait, on a busy machine for minutes.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    print(machine())
    if given.library is None:
        speed(given.audio, given.seconds, given.epochs)
    else:
        maps(given.library, given.seeds, given.picture)


if __name__ == "__main__":
    main()
