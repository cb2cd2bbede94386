"""Compile the kernels before the tests, of which there are two at a time, and each would compile for itself.

    python .ci/compile.py presets | manifolds | rest

Every shipped preset, every set of measures, every mosaic and a second of the live engine run most of them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import suppress

import numpy as np

import granulate as gr
from granulate.library.measures import MEASURES, measure
from granulate.preset import SECTIONS
from granulate.stages.reducers import REDUCTION, embed


def presets(played: gr.Sound) -> None:
    """Render by every preset without a target, but for those by UMAP."""
    for preset in map(gr.load_preset, gr.preset_names()):
        if not _has_target(preset) and preset.reduction.kind != "umap":
            with suppress(gr.GranulateError):  # a network needs PyTorch, which may not be there
                gr.render(gr.score(gr.analyse(played, preset), preset))


def manifolds(played: gr.Sound) -> None:
    """Have UMAP, which compiles for a minute when it is first imported and used, place grains."""
    values = np.random.default_rng(0).standard_normal((100, 8)).astype(np.float32)
    embed(values, REDUCTION.bind({"kind": "umap", "dimensions": 2}), 0)


def rest(played: gr.Sound) -> None:
    """Measure a sound, play it live, and rebuild it."""
    for kind in MEASURES.stages:
        measure(played, [MEASURES.bind({"kind": kind})])
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/sound.wav"
        gr.write(played, path)
        live = ("live", path, "--audio", "null", "--freewheel", "--seconds", "1")
        subprocess.run([sys.executable, "-m", "granulate", *live], check=True, capture_output=True)
    for preset in map(gr.load_preset, gr.preset_names()):
        if _has_target(preset):
            gr.mosaic(played, played, preset)


def _has_target(preset: gr.Preset) -> bool:
    return bool(SECTIONS["path"].stages[preset.path.kind].traits.get("target"))


if __name__ == "__main__":
    {"presets": presets, "manifolds": manifolds, "rest": rest}[sys.argv[1]](gr.demo(2.0, 22_050))
