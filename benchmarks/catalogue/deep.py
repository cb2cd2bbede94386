"""Networks as reducers, and what their trajectories foretell."""

from __future__ import annotations

from benchmarks.catalogue.entry import Benchmark, Cell, Goal, package

_TORCH = (package("torch"),)
_TRAINED, _MAPS, _SEEDS = "trajectory: ", "by cepstrograms", "windows of 500ms, 3 seeds"

MODELS = Benchmark(
    "deep_models", "deep_models", "how long training takes",
    (
        Goal("30 s of sound by windows of 0.5 s, conditioned: an epoch", Cell(_TRAINED, ("500ms", 0.001), "CPU s an epoch"), unit="s of CPU"),
        Goal("the same, not conditioned", Cell(_TRAINED, ("500ms", 0.0), "CPU s an epoch"), unit="s of CPU"),
    ),
    ("--audio", "{audio}"), ("--seconds", "8", "--epochs", "1"), minutes=6, needs=_TORCH,
)  # fmt: skip

MAPS = Benchmark(
    "deep_maps", "deep_models", "maps by networks beside maps by cepstral coefficients",
    (
        Goal("all cepstral columns: same kind among the five nearest", Cell(_MAPS, ("MFCC, all 1,024 columns",), "same kind among 5 nearest")),
        Goal("any map of two dimensions, the least: trustworthiness", Cell(_MAPS, (), "trustworthiness (5)"), "1 is the best", at_least=0.5),
    ),
    ("--library", "{sounds}"), None, minutes=10, needs=_TORCH,
)  # fmt: skip

TRAJECTORY = Benchmark(
    "trajectory", "trajectory", "conditioned embeddings beside pure ones: smoothness and forecasts",
    (
        Goal("conditioned embedding: smoothness", Cell(_SEEDS, ("conditioned, still",), "smoothness"), "published 0.83"),
        Goal("pure embedding: smoothness", Cell(_SEEDS, ("pure, still",), "smoothness"), "conditioned: above"),
    ),
    ("{audio}",), None, minutes=12, needs=_TORCH,
)  # fmt: skip

DEEP = (MODELS, MAPS, TRAJECTORY)
