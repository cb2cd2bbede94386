"""Reordered sound: the same as librosa's inverse STFT, and how much faster.

    python -m benchmarks.resynthesis [--audio FILE...] [--minutes 10]

Compared with librosa's istft(stft(x)[:, order]) (the gather and the inverse transform are timed, the STFT is not) and
with a memory copy of the output.
"""

from __future__ import annotations

import librosa
import numpy as np

from benchmarks import material
from benchmarks.timing import interleaved, machine, show, verdict
from granulate.kernels.overlap_add import gather_overlap_add
from granulate.types import Framing

FRAMINGS = (Framing(2048, 2048, 512), Framing(2000, 2000, 400), Framing(44_100, 11_025, 5512))


def rendered(pool: np.ndarray, framing: Framing, order: np.ndarray, out: np.ndarray) -> np.ndarray:
    starts = order * framing.hop - framing.lead
    bounds = np.tile(np.array([[0, len(pool)]]), (len(order), 1))
    gather_overlap_add(out, 0, pool, starts, bounds, framing)
    return out


def agreement(mono: np.ndarray) -> list[list[object]]:
    rows = []
    for framing in FRAMINGS:
        for channels in (1, 2):
            x = np.stack([mono, mono[::-1]][:channels])
            n = framing.n_grains(x.shape[1])
            shape = {"n_fft": framing.n_fft, "hop_length": framing.hop, "win_length": framing.window}
            stft = librosa.stft(x, **shape)
            errors = []
            for order in (np.arange(n), np.random.default_rng(0).permutation(n)):
                out = rendered(np.ascontiguousarray(x.T), framing, order, np.empty(x.T.shape, np.float32)).T
                expected = librosa.istft(stft[..., order], **shape)
                errors.append(float(np.abs(out[:, : expected.shape[1]] - expected).max()))
                if order[0] == 0 and order[-1] == n - 1:
                    errors.append(float(np.abs(out - x).max()))
            rows.append(
                [
                    f"{framing.n_fft}/{framing.window}/{framing.hop}",
                    channels,
                    *errors,
                    verdict(max(errors) < 1e-6),
                ]
            )
    return rows


def speed(mono: np.ndarray, rounds: int) -> list[list[object]]:
    framing, n = Framing(), Framing().n_grains(len(mono))
    stft = librosa.stft(mono, n_fft=2048, hop_length=512)
    pool = mono[:, None]
    out, copy = np.empty_like(pool), np.empty_like(pool)
    rows = []
    for name, order in (
        ("a random order", np.random.default_rng(0).permutation(n)),
        ("as recorded", np.arange(n)),
    ):
        took = interleaved(
            {
                "granulate": lambda order=order: rendered(pool, framing, order, out),
                "copy": lambda: np.copyto(copy, pool),
                "librosa": lambda order=order: librosa.istft(stft[:, order], hop_length=512),
            },
            rounds,
        )
        ours = took["granulate"]
        to_librosa, to_copy = took["librosa"] / ours, ours / took["copy"]
        rows.append([name, ours * 1e3, to_librosa, verdict(to_librosa >= 50), to_copy, verdict(to_copy <= 2)])
    return rows


def main() -> None:
    options = material.parser(__doc__)
    options.add_argument("--minutes", type=float, default=10)
    given = options.parse_args()
    print(machine())
    show(
        "Largest difference from librosa's istft(stft(x)[:, order]); goal: below 1e-6",
        ["framing", "channels", "as recorded", "to the input", "random order", "goal"],
        agreement(material.samples(given.audio, 28)),
    )
    for seconds in (28, given.minutes * 60):
        show(
            f"Gather and overlap-add, {seconds:g} s of mono at 2048/512; goals: 50 times librosa, at most 2 copies",
            ["order", "ms", "times faster than librosa", "goal", "memory copies", "goal"],
            speed(material.samples(given.audio, seconds), given.rounds),
        )


if __name__ == "__main__":
    main()
