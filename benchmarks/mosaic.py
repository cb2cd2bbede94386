"""Mosaics: how near the result comes to its target, how long the choice takes, and what an hour of corpus costs.

    python -m benchmarks.mosaic [--audio SOUND...] [--target SOUND] [--long] [--rounds 3]

The sounds of --audio rebuild --target at 2048/1024 (else a synthetic sound rebuilds one that is half a tone higher).
With --long, corpora of 5, 20 and 60 minutes too: goals: no frame takes longer in a large one, an hour in real time and
under 1000 MiB.

kl: generalised Kullback-Leibler divergence of magnitude spectra as a share of the target's sum (Driedger, Prätzlich &
Müller 2015); sc: spectral convergence in dB (Sturmel & Daudet 2011); mel: root mean square difference of 128 mel bands
in dB, the mean over frames. Levels are matched before; lower is better. Real recordings of speech rebuilt from a library of
sounds gave The Concatenator (Tralie & Cantil 2024) kl 0.868, sc -2.53, mel 9.68 at its best: that is the goal.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import librosa
import numpy as np
import soundfile as sf

import granulate as gr
from benchmarks import material
from benchmarks.timing import interleaved, machine, process, show, verdict
from granulate.api import rebuild
from granulate.mosaicking import offer

RATE, SIZE, HOP = 44_100, 2048, 1024
GOALS = {"kl": 0.868, "sc": -2.53, "mel": 9.68}
NEAREST_KL, NEAREST_S = 1.84, 0.5


def preset_of(kind: str, **parameters: object) -> gr.Preset:
    return gr.Preset.of(
        {
            "framing": {"window": SIZE, "hop": HOP},
            "path": {"kind": kind, **parameters},
            "reduction": {"kind": "none"},
        }
    )


def measures(target: np.ndarray, result: np.ndarray) -> dict[str, float]:
    """The published measures of two mono sounds of one length."""
    wanted, found = (
        np.abs(librosa.stft(x.astype(np.float64), n_fft=SIZE, hop_length=HOP)) for x in (target, result)
    )
    found *= (wanted * found).sum() / (found**2).sum()
    least = 1e-5 * wanted.max()
    v, p = np.maximum(wanted, least), np.maximum(found, least)
    bands = [
        librosa.power_to_db(librosa.feature.melspectrogram(S=x**2, sr=RATE), ref=1.0, amin=1e-12, top_db=None)
        for x in (wanted, found)
    ]
    floor = bands[0].max() - 80
    difference = np.maximum(bands[0], floor) - np.maximum(bands[1], floor)
    return {
        "kl": float((v * np.log(v / p) - v + p).sum() / v.sum()),
        "sc": float(20 * np.log10(np.linalg.norm(wanted - found) / np.linalg.norm(wanted))),
        "mel": float(np.sqrt((difference**2).mean(axis=0)).mean()),
    }


def quality(corpus: gr.Corpus, target: gr.Sound, rounds: int, *, real: bool) -> None:
    heard = gr.match([target], sample_rate=RATE)[0]
    mono = heard.samples.mean(axis=0)
    offered = offer(corpus, preset_of("mosaic"))
    kinds = {
        "nearest": preset_of("nearest"),
        "sequence": preset_of("sequence"),
        **{f"mosaic, {p} voices": preset_of("mosaic", voices=p) for p in (5, 10, 20)},
    }
    took = interleaved(
        {name: lambda p=p: rebuild(corpus, heard, p, offered=offered) for name, p in kinds.items()}, rounds
    )
    rows: list[list[object]] = []
    for name, preset in kinds.items():
        result = gr.render(rebuild(corpus, heard, preset, offered=offered)).samples.mean(axis=0)
        found = measures(mono, result[: len(mono)])
        goal = ""
        if real and name == "nearest":
            goal = verdict(found["kl"] < NEAREST_KL and took[name] < NEAREST_S)
        elif real and name.startswith("mosaic"):
            goal = verdict(all(found[k] < GOALS[k] for k in GOALS) and took[name] < heard.duration)
        rows.append([name, *found.values(), took[name], took[name] / heard.duration, goal])
    show(
        f"{len(offered.frames)} grains rebuild {heard.duration:.1f} s",
        ["", "kl", "sc dB", "mel dB", "seconds", "of real time", "goal"],
        rows,
    )


def one(corpus: Path, target: Path) -> None:
    """What a mosaic out of one long sound costs, as JSON: CPU milliseconds for a frame, seconds, and MiB."""
    grains = gr.analyse(corpus, preset_of("mosaic"))
    heard = gr.match([gr.read(target)], sample_rate=RATE)[0]
    offered = offer(grains, preset_of("mosaic"))
    frames = 1 + heard.n_samples // HOP
    found = {}
    for kind in ("nearest", "mosaic"):
        rebuild(grains, heard, preset_of(kind), offered=offered)
        began, cpu = time.perf_counter(), time.process_time()
        rebuild(grains, heard, preset_of(kind), offered=offered)
        found[kind] = [1000 * (time.process_time() - cpu) / frames, time.perf_counter() - began]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)
    print(json.dumps({**found, "MiB": peak, "seconds": heard.duration}))


def growth(files: list[Path], target: Path, folder: Path) -> None:
    rows: list[list[object]] = []
    base = 0.0
    for minutes in (5, 20, 60):
        source, said = folder / "corpus.wav", folder / "said.json"
        sf.write(source, material.samples(files, 60 * minutes), RATE)
        script = f"import runpy, sys; sys.stdout = open({str(said)!r}, 'w'); sys.argv = ['mosaic', '--one', {str(source)!r}, {str(target)!r}]; runpy.run_module('benchmarks.mosaic', run_name='__main__')"
        process([sys.executable, "-c", script], cwd=Path(__file__).parents[1])
        found = json.loads(said.read_text())
        base = base or found["mosaic"][0]
        rows.append(
            [
                minutes, found["nearest"][0], found["mosaic"][0], verdict(found["mosaic"][0] < 1.5 * base),
                found["mosaic"][1] / found["seconds"], verdict(found["mosaic"][1] < found["seconds"]),
                found["MiB"], verdict(found["MiB"] < 1000),
            ]
        )  # fmt: skip
    show(
        "A growing corpus; goals: no more CPU for a frame, real time, under 1000 MiB in all",
        [
            "minutes",
            "nearest, CPU ms a frame",
            "mosaic, CPU ms a frame",
            "goal",
            "of real time",
            "goal",
            "MiB",
            "goal",
        ],
        rows,
    )


def main() -> None:
    options = material.parser(__doc__)
    options.add_argument("--target", type=Path, help="the sound to rebuild")
    options.add_argument("--long", action="store_true", help="corpora of up to an hour too: some minutes")
    options.add_argument(
        "--one", nargs=2, type=Path, help=("a corpus and a target: print what the mosaic costs")
    )
    options.set_defaults(rounds=3)
    given = options.parse_args()
    if given.one:
        one(*given.one)
        return
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        target = given.target
        if target is None:
            target = Path(folder) / "target.wav"
            sf.write(target, material.samples([], 10), round(RATE * 2 ** (1 / 12)))
        # Out of itself anything is rebuilt.
        files = [path for path in given.audio if not (given.target and path.samefile(given.target))]
        sounds = [gr.read(path) for path in files] or [gr.demo(60.0, RATE)]
        corpus = gr.analyse(gr.match(sounds, sample_rate=RATE), preset_of("mosaic"))
        quality(corpus, gr.read(target), given.rounds, real=bool(files and given.target))
        if given.long:
            growth(files, target, Path(folder))


if __name__ == "__main__":
    main()
