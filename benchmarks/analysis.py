"""Mel decibels: as librosa's, and how much faster; with every FFT library that is installed.

    python -m benchmarks.analysis [--audio FILE...] [--seconds 120]

Compared with librosa.power_to_db(librosa.feature.melspectrogram(...)), which uses what cores it likes.
"""

from __future__ import annotations

import importlib.util

import librosa
import numpy as np

from benchmarks import material
from benchmarks.timing import interleaved, machine, show, verdict
from granulate.corpus import cut, describe
from granulate.kernels import fft
from granulate.preset import Preset
from granulate.types import Framing, Sound

GOALS = {"ducc0": 5, "mkl_fft": 7}


def use(name: str) -> None:
    """Make granulate use this FFT library."""
    module = importlib.import_module({"ducc0": "ducc0.fft"}.get(name, name))
    fft.library = lambda: (name, module)


def main() -> None:
    options = material.parser(__doc__)
    options.add_argument("--seconds", type=float, default=120)
    given = options.parse_args()
    mono = material.samples(given.audio, given.seconds)
    sound, framing, preset = Sound(mono, 44_100), Framing(), Preset.of()
    grains = cut((sound,), framing)

    def ours(name: str) -> np.ndarray:
        use(name)
        return describe((sound,), framing, grains, preset).values

    def theirs() -> np.ndarray:
        power = librosa.feature.melspectrogram(y=mono, sr=44_100, n_fft=2048, hop_length=512)
        return librosa.power_to_db(power).T

    libraries = [name for name in GOALS if importlib.util.find_spec(name)]
    took = interleaved(
        {"librosa": theirs, **{name: lambda name=name: ours(name) for name in libraries}}, given.rounds
    )
    expected = theirs()
    heard = expected > expected.max() - 79.9
    rows = []
    for name in libraries:
        error = float(np.abs(ours(name) - expected)[heard].max())
        ratio = took["librosa"] / took[name]
        rows.append(
            [
                name,
                took[name] * 1e3,
                ratio,
                GOALS[name],
                verdict(ratio >= GOALS[name]),
                error,
                verdict(error < 0.01),
            ]
        )
    print(machine())
    show(
        f"128 mel bands in dB of {given.seconds:g} s of mono at 2048/512; librosa takes {took['librosa'] * 1e3:.0f} ms",
        ["FFT", "ms", "times faster", "goal", "", "largest difference, dB", "goal 0.01"],
        rows,
    )


if __name__ == "__main__":
    main()
