"""What conditioning on forecasts does to an embedding: the same sound with it and without."""

from __future__ import annotations

from collections.abc import Sequence

from granulate.corpus import Step, analyse, quiet
from granulate.errors import PresetError
from granulate.preset import Preset
from granulate.stages.reducers import REDUCTION
from granulate.trajectory.course import Trajectory
from granulate.trajectory.measures import STEPS, Divergence, divergence
from granulate.types import Corpus, Sound

CONDITIONED, PURE = "conditioned", "pure"
WEIGHT = "alpha"
"""The reducer's parameter that says how much forecasts count while it is trained."""


def check_comparable(preset: Preset) -> None:
    """Raise PresetError for a reducer that is not trained on forecasts, or trained without them."""
    kinds = [kind for kind, stage in REDUCTION.stages.items() if WEIGHT in stage.parameters]
    if preset.reduction.kind not in kinds:
        raise PresetError(
            f"a comparison of reduction.kind = {preset.reduction.kind!r} with itself; allowed: {', '.join(kinds)}"
        )
    if not preset.reduction.parameters[WEIGHT]:
        raise PresetError(
            f"a comparison with reduction.{WEIGHT} = 0, which is the pure one; allowed: more than 0"
        )


def pure(sounds: Sequence[Sound], preset: Preset, *, step: Step = quiet) -> Corpus:
    """The corpus as the preset describes it, but its embedding trained without forecasts."""
    return analyse(sounds, preset.set(f"reduction.{WEIGHT}=0.0"), step=step)


def curves_of(
    trajectory: Trajectory, model: str = "knn", *, steps: int = STEPS, seed: int = 0, step: Step = quiet
) -> list[Divergence]:
    """How forecasts diverge with the starts' own future left in, and without."""
    return [
        divergence(trajectory, model, own_future=own, steps=steps, seed=seed, step=step)
        for own in (True, False)
    ]
