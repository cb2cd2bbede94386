"""Compile the kernels, one process alone: tests, of which there are two at a time, would each compile for itself.

Every shipped preset, every set of measures, a mosaic and a second of the live engine run most of them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

import granulate as gr
from granulate.library.measures import MEASURES, measure
from granulate.preset import SECTIONS


def sound() -> gr.Sound:
    """Two seconds of a melody in stereo, with noise."""
    rng = np.random.default_rng(0)
    notes = np.repeat(220 * 2 ** (rng.integers(0, 24, 8) / 12), 5512)
    tone = np.sin(np.cumsum(2 * np.pi * notes / 22_050)) * 0.3 + rng.normal(0, 0.01, len(notes))
    return gr.Sound(np.stack([tone, 0.5 * tone]).astype(np.float32), 22_050)


def main() -> None:
    """Run them."""
    played = sound()
    for name in gr.preset_names():
        preset = gr.load_preset(name)
        with suppress(gr.GranulateError):  # a network needs PyTorch, which is still being installed
            if SECTIONS["path"].stages[preset.path.kind].traits.get("target"):
                gr.mosaic(played, played, preset)
            else:
                gr.render(gr.score(gr.analyse(played, preset), preset))
    for kind in MEASURES.stages:
        measure(played, [MEASURES.bind({"kind": kind})])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.wav"
        gr.write(played, path)
        command = [
            sys.executable,
            "-m",
            "granulate",
            "live",
            path,
            "--audio",
            "null",
            "--freewheel",
            "--seconds",
            "1",
        ]
        subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
