"""Phases of reordered grains: how near the sound's magnitudes come to the grains' own, and what that costs.

    python -m benchmarks.phases [--audio FILE...] [--seconds 10]

Told is the spectral convergence, 20 log10(|| |STFT(y)| - M || / ||M||), M the magnitudes of the grains as the path
names them, and the time: ours of the whole rendering, from the sound to the samples; librosa's of the inverse STFT, or
of Griffin-Lim, alone. The material is the beginning of the first recording, and a piece of each.
"""

from __future__ import annotations

from dataclasses import replace

import librosa
import numpy as np

from benchmarks import material
from benchmarks.timing import interleaved, machine, show, verdict
from granulate.corpus import analyse
from granulate.paths import compose
from granulate.preset import Preset
from granulate.resynthesis import Rendering
from granulate.sections import PHASE
from granulate.types import Score, Sound

PATHS = {
    "tour, apart 0": ("path.kind=tour", "path.apart=0"),
    "tour": ("path.kind=tour",),
    "PCA": ("path.kind=embedding", "reduction.kind=pca"),
}
PHASES: dict[str, dict[str, object]] = {
    "keep": {"kind": "keep"},
    "align": {"kind": "align"},
    "vocoder": {"kind": "vocoder"},
    "pghi": {"kind": "pghi"},
    "griffin_lim, 4 from pghi": {"kind": "griffin_lim", "start": "pghi", "iterations": 4},
    "griffin_lim, 8 from pghi": {"kind": "griffin_lim", "start": "pghi", "iterations": 8},
    "griffin_lim, 32 from keep": {"kind": "griffin_lim"},
    "griffin_lim, 32 from random": {"kind": "griffin_lim", "start": "random"},
}
ISTFT, GRIFFIN_LIM = "librosa, istft", "librosa, griffinlim, 32"


def convergence(samples: np.ndarray, sizes: np.ndarray) -> float:
    found = np.abs(librosa.stft(samples, n_fft=2048, hop_length=512))
    n = min(found.shape[1], sizes.shape[1])
    return float(20 * np.log10(np.linalg.norm(found[:, :n] - sizes[:, :n]) / np.linalg.norm(sizes[:, :n])))


def sounded(score: Score) -> np.ndarray:
    return np.concatenate([block for _, block in Rendering(score).blocks()])[:, 0]


def compared(mono: np.ndarray, settings: tuple[str, ...], rounds: int) -> list[list[object]]:
    preset = Preset.of().set(*settings)
    score = compose(analyse(Sound(mono[None], 44_100), preset), preset)
    order = (score.events.start + score.framing.lead) // 512
    spectra = librosa.stft(mono, n_fft=2048, hop_length=512)[:, order]
    sizes = np.abs(spectra)
    runs = {
        ISTFT: lambda: librosa.istft(spectra, n_fft=2048, hop_length=512),
        GRIFFIN_LIM: lambda: librosa.griffinlim(
            sizes, n_iter=32, n_fft=2048, hop_length=512, momentum=0.99, random_state=0
        ),
    }
    for name, choice in PHASES.items():
        sought = replace(score, phase=PHASE.bind(choice))
        runs[name] = lambda sought=sought: sounded(sought)
    took = interleaved(runs, rounds)
    nearness = {name: convergence(run(), sizes) for name, run in runs.items()}
    rows: list[list[object]] = []
    for name in runs:
        goal = ""
        if name == "align" and "path.kind=tour" in settings:
            goal = verdict(took[name] <= took[ISTFT] and nearness[name] <= nearness[ISTFT] - 3.5)
        elif "from pghi" in name:
            goal = verdict(took[name] <= took[GRIFFIN_LIM] / 4 and nearness[name] <= nearness[GRIFFIN_LIM])
        rows.append(
            [
                name,
                nearness[name],
                nearness[name] - nearness[ISTFT],
                nearness[name] - nearness[GRIFFIN_LIM],
                took[name] * 1e3,
                took[name] / took[ISTFT],
                took[name] / took[GRIFFIN_LIM],
                goal,
            ]
        )
    return rows


def main() -> None:
    options = material.parser(__doc__)
    options.add_argument("--seconds", type=float, default=10)
    given = options.parse_args()
    print(machine())
    sounds = {"one recording": material.samples(given.audio, given.seconds)}
    if len(given.audio) > 1:
        each = given.seconds / len(given.audio)
        pieces = [material.samples([path], 2 * each)[-int(each * 44_100) :] for path in given.audio]
        sounds["a piece of each"] = np.concatenate(pieces)
    for what, mono in sounds.items():
        for path, settings in PATHS.items():
            show(
                f"{path}, {what}; goals: align, on tours, 3.5 dB below istft in its time; from pghi"
                " below librosa's Griffin-Lim in a quarter of its time",
                [
                    "phases",
                    "dB",
                    "dB to istft",
                    "dB to griffinlim",
                    "ms",
                    "times istft",
                    "times griffinlim",
                    "goal",
                ],
                compared(mono, settings, given.rounds),
            )


if __name__ == "__main__":
    main()
