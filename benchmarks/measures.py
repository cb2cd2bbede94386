"""What each set of measures costs, and the short-term features beside pyAudioAnalysis.

    python -m benchmarks.measures FOLDER

FOLDER holds sounds, read before the clock starts. Times are CPU time of this thread, so that a busy machine shows
little; each is the median over rounds in which all take turns. pyAudioAnalysis 0.3.14 is measured where it is installed
(`pip install --no-deps pyAudioAnalysis`); every tenth sound is enough for it.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import numpy as np

from benchmarks.timing import machine, show, verdict
from granulate import read
from granulate.library.measures import DEFAULT, MEASURES, columns, measure
from granulate.types import Sound


def thread_seconds(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median CPU seconds of each; all take turns."""
    took: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        for name, run in runs.items():
            began = time.thread_time()
            run()
            if turn:
                took[name].append(time.thread_time() - began)
    return {name: statistics.median(seconds) for name, seconds in took.items()}


def pyaudioanalysis(package: Path) -> Callable[[Sound], object]:
    # What the package itself imports, plots among it, is not needed.
    spec = importlib.util.spec_from_file_location("ShortTermFeatures", package / "ShortTermFeatures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def extract(sound: Sound) -> object:
        signal, rate = sound.samples.mean(axis=0, dtype=np.float64) * 32_768, sound.sample_rate
        return module.feature_extraction(signal, rate, 0.05 * rate, 0.025 * rate, deltas=False)

    return extract


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print(machine())
    paths = sorted(path for path in given.folder.rglob("*") if path.suffix in (".flac", ".wav"))
    sounds = [read(path) for path in paths]
    sets = {kind: (MEASURES.bind({"kind": kind}),) for kind in MEASURES.stages}
    sets["default sets together"] = DEFAULT
    runs: dict[str, Callable[[], object]] = {"decoding": lambda: [read(path) for path in paths]}
    for name, chosen in sets.items():
        runs[name] = lambda chosen=chosen: [measure(sound, chosen) for sound in sounds]  # type: ignore[misc]
    took = thread_seconds(runs, given.rounds)
    rows = [
        (name, len(columns(sets[name])) if name in sets else "", 1000 * seconds / len(sounds))
        for name, seconds in took.items()
    ]
    show(f"{len(sounds)} sounds", ("set", "columns", "ms of CPU a sound"), rows)
    package = importlib.util.find_spec("pyAudioAnalysis")
    if package is not None and package.submodule_search_locations:
        some = [sound for sound in sounds[::10] if sound.duration > 0.06]
        theirs, chosen = pyaudioanalysis(Path(package.submodule_search_locations[0])), sets["short_term"]
        took = thread_seconds(
            {
                "pyAudioAnalysis": lambda: [theirs(sound) for sound in some],
                "short_term": lambda: [measure(sound, chosen) for sound in some],
            },
            given.rounds,
        )
        ratio = took["pyAudioAnalysis"] / took["short_term"]
        show("short-term features", ("times faster", "goal", ""), [(ratio, 20, verdict(ratio >= 20))])


if __name__ == "__main__":
    main()
