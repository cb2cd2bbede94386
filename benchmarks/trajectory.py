"""What conditioning on forecasts does to an embedding: smoothness, and how far forecasts stray over 30 steps.

    python -m benchmarks.trajectory FILE... [--seconds 30] [--seeds 3] [--dimensions 3] [--window 500ms] [--epochs 7]
                                    [--models knn] [--start 0] [--json OUT]

Each file's first seconds are embedded by the preset `trajectory` as it is, and by the same with alpha = 0: a pure
autoencoder, of the same windows in the same batches by the same seed. Smoothness is the mean cosine of consecutive
displacements. Divergence is the mean distance, every axis from 0 to 1, of forecasts from a tenth of all points: with
all of the recording known (nearest neighbours then leave the nearest out, as the document does, or they would replay
it), and without the start's own future. "still" is the distance of whoever stays at the start: an embedding whose steps
are long is harder to stay near to, so the ratio of the two counts as well. Told are the mean over the seeds and, after
+-, half of their range.

Beside it stand the figures of the document's own published embedding of its own piece of 20 s.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import granulate as gr
from benchmarks.timing import machine, show
from granulate.corpus import analyse
from granulate.preset import Preset, load
from granulate.trajectory import MODELS, Divergence, Trajectory, divergence, smoothness
from granulate.trajectory.comparing import CONDITIONED, PURE, WEIGHT
from granulate.types import Sound

STEPS = (1, 3, 5, 10, 20, 29)
_PUBLISHED = {
    "published, with its own future": (0.83, 0.032, None, 0.073, 0.124, 0.250, 0.306),
    "published, still": (None, 0.090, None, 0.388, 0.588, 0.409, 0.362),
}


def beginning(path: Path, start: float, seconds: float) -> Sound:
    sound = gr.read(path)
    first, last = (round(at * sound.sample_rate) for at in (start, start + seconds))
    return Sound(sound.samples[:, first:last], sound.sample_rate, sound.origin)


def measured(sound: Sound, preset: Preset, models: Sequence[str]) -> dict[str, list[float]]:
    """Smoothness under "", and the curves (31,) of each way to forecast."""
    way = Trajectory.of(analyse(sound, preset))
    found = {"": [smoothness(way)]}
    for model in models:
        for own in (True, False):
            curve: Divergence = divergence(way, model, own_future=own, seed=preset.seed)
            name = f"{model}, with{'' if own else 'out'} its own future"
            found[name], found["still"] = curve.mean.tolist(), curve.still.tolist()
    return found


def compared(
    sound: Sound, preset: Preset, seeds: int, models: Sequence[str]
) -> dict[str, list[dict[str, list[float]]]]:
    """For the conditioned and the pure embedding, what each seed gives."""
    found: dict[str, list[dict[str, list[float]]]] = {CONDITIONED: [], PURE: []}
    for seed in range(seeds):
        for name, chosen in ((CONDITIONED, preset), (PURE, preset.set(f"reduction.{WEIGHT}=0.0"))):
            found[name].append(measured(sound, chosen.seeded(seed), models))
    return found


def told(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f}" + (f" +-{np.ptp(values) / 2:.3f}" if len(values) > 1 else "")


def rows_of(found: dict[str, list[dict[str, list[float]]]]) -> list[list[str]]:
    rows = []
    for name, runs in found.items():
        for way in runs[0]:
            if way:
                curves = np.array([run[way] for run in runs])
                smooth = told([run[""][0] for run in runs])
                rows.append([f"{name}, {way}", smooth, *(told(curves[:, step]) for step in STEPS)])
                if way != "still":
                    still = np.array([run["still"] for run in runs])
                    rows.append(
                        [f"{name}, {way}, of still", "", *(told(curves[:, s] / still[:, s]) for s in STEPS)]
                    )
    return rows


def better(found: dict[str, list[dict[str, list[float]]]]) -> list[list[str]]:
    """In how many of the seeds the conditioned one is the better."""
    pairs = list(zip(found[CONDITIONED], found[PURE], strict=True))
    rows = [["smoother", f"{sum(a[''] > b[''] for a, b in pairs)} of {len(pairs)}", *[""] * (len(STEPS) - 1)]]
    for way in pairs[0][0]:
        if way and way != "still":
            for what, of_still in (("nearer", False), ("nearer, of still", True)):
                wins = [
                    sum(_part(a, way, step, of_still) < _part(b, way, step, of_still) for a, b in pairs)
                    for step in STEPS
                ]
                rows.append([f"{what}: {way}", *(f"{n} of {len(pairs)}" for n in wins)])
    return rows


def _part(run: dict[str, list[float]], way: str, step: int, of_still: bool) -> float:
    return run[way][step] / (run["still"][step] if of_still else 1)


def main() -> None:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("files", nargs="+", type=Path)
    made.add_argument("--seconds", type=float, default=30.0)
    made.add_argument("--start", type=float, default=0.0, help="where in the files the seconds begin")
    made.add_argument("--seeds", type=int, default=3)
    made.add_argument("--dimensions", type=int, nargs="+", default=[3])
    made.add_argument("--window", default="500ms")
    made.add_argument("--epochs", type=int, default=7)
    made.add_argument("--models", nargs="+", choices=MODELS, default=["knn"])
    made.add_argument("--json", type=Path, help="every figure, for other tables")
    given = made.parse_args()
    kept: dict[str, Any] = {}
    header = ["", "smoothness", *(f"{step} steps" for step in STEPS)]
    for path in given.files:
        sound = beginning(path, given.start, given.seconds)
        for dimensions in given.dimensions:
            preset = load("trajectory").set(
                f"reduction.latent={dimensions}",
                f"reduction.window={given.window}",
                f"reduction.epochs={given.epochs}",
            )
            found = compared(sound, preset, given.seeds, given.models)
            title = f"{path.name}, {sound.duration:g} s, {dimensions} dimensions, windows of {given.window}"
            show(f"{title}, {given.seeds} seed{'s' * (given.seeds > 1)}", header, rows_of(found))
            show(
                f"{title}: the conditioned one is", ["", *(f"{step} steps" for step in STEPS)], better(found)
            )
            kept[title] = found
    published = [
        [name, *("" if v is None else f"{v:.3f}" for v in values)] for name, values in _PUBLISHED.items()
    ]
    show("The document's published embedding", header, published)
    print(f"\n{machine()}")
    if given.json:
        given.json.write_text(json.dumps(kept))


if __name__ == "__main__":
    main()
