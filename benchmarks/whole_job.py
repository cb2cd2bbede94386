"""The whole job as processes: from a file to a file, against the same done with librosa and scikit-learn.

    python -m benchmarks.whole_job [--audio FILE...] [--long] [--rounds 3]

28 s of mono at 2048/512: `granulate render` by tour against t-SNE's order (goal: 30 times faster, at a shorter path).
With --long, an hour of mono: by PCA's order (goals: 5 times faster than the baseline with PCA, under 600 MiB) and by
tour (goal: no slower than the baseline with PCA). Kernels are compiled before anything is timed.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile as sf

import granulate as gr
from benchmarks import material
from benchmarks.timing import machine, process, show, verdict

COMMAND = shutil.which("granulate", path=str(Path(sys.executable).parent)) or "granulate"
BASELINE = [sys.executable, "-m", "benchmarks.baseline"]
BY_PCA = ["--set", "reduction.kind=pca", "--set", "path.kind=embedding"]
ROOT = Path(__file__).parents[1]


def path_length(values: np.ndarray, order: np.ndarray) -> float:
    """The sum of the steps between successive grains."""
    return float(np.linalg.norm(np.diff(values[order], axis=0), axis=1).sum())


def measured(commands: dict[str, list[str]], rounds: int) -> dict[str, tuple[float, float]]:
    """Median seconds and largest MiB of each command, in turns."""
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(process(command, cwd=ROOT))
    return {n: (statistics.median(s for s, _ in r), max(m for _, m in r)) for n, r in runs.items()}


def short(files: list[Path], rounds: int, folder: Path) -> None:
    source = folder / "short.wav"
    sf.write(source, material.samples(files, 28), 44_100)
    score = folder / "score.json"
    ours = [COMMAND, "render", str(source), "--force", "-o", str(folder / "ours.wav")]
    theirs = [*BASELINE, str(source), str(folder / "theirs.wav"), "tsne", "--order"]
    process([*ours, "--score", str(score)])
    took = measured({"ours": ours, "theirs": theirs}, rounds)

    preset = gr.load_preset("unfold")
    corpus = gr.analyse(source, preset)
    values, framing = corpus.descriptors.values, corpus.framing
    tour = (np.array(json.loads(score.read_text())["events"]["start"]) + framing.lead) // framing.hop
    apart = path_length(values, tour)
    free = gr.score(corpus, preset.set("path.apart=0")).events.start
    unconstrained = path_length(values, (free + framing.lead) // framing.hop)
    tsne = path_length(values, np.load(folder / "theirs.wav.npy"))
    ratio = took["theirs"][0] / took["ours"][0]
    show(
        "28 s of mono at 2048/512; goals: 30 times faster, a shorter path, 1.5 s in all",
        ["", "seconds", "MiB", "path length", "no step below a window"],
        [
            ["baseline, t-SNE", *took["theirs"], tsne, "no"],
            ["granulate, tour", *took["ours"], apart, "yes"],
            ["granulate, tour with apart=0", "", "", unconstrained, "no"],
        ],
    )
    show(
        "28 s: beside t-SNE's order",
        ["", "figure", "goal"],
        [
            ["times faster", ratio, verdict(ratio >= 30)],
            ["path, a window apart", apart / tsne, verdict(apart < tsne)],
            ["path, apart=0", unconstrained / tsne, verdict(unconstrained < tsne)],
            ["seconds in all", took["ours"][0], verdict(took["ours"][0] < 1.5)],
        ],
    )


def long(files: list[Path], rounds: int, folder: Path) -> None:
    source = folder / "long.wav"
    sf.write(source, material.samples(files, 3600), 44_100)
    ours = [COMMAND, "render", str(source), "--force", "-o", str(folder / "ours.wav")]
    took = measured(
        {
            "theirs": [*BASELINE, str(source), str(folder / "theirs.wav"), "pca"],
            "pca": [*ours, *BY_PCA],
            "tour": ours,
        },
        rounds,
    )
    base = took["theirs"][0]
    show(
        "An hour of mono at 2048/512; goals: PCA 5 times faster in under 600 MiB, tour no slower than the baseline",
        ["", "seconds", "times faster", "goal", "MiB", "goal"],
        [
            ["baseline, PCA", base, 1.0, "", took["theirs"][1], ""],
            ["granulate, PCA", took["pca"][0], base / took["pca"][0], verdict(base / took["pca"][0] >= 5), took["pca"][1], verdict(took["pca"][1] < 600)],
            ["granulate, tour", took["tour"][0], base / took["tour"][0], verdict(took["tour"][0] <= base), took["tour"][1], ""],
        ],
    )  # fmt: skip


def main() -> None:
    options = material.parser(__doc__)
    options.add_argument("--long", action="store_true", help="the hour too: some minutes and 10 GiB")
    options.set_defaults(rounds=3)
    given = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        short(given.audio, given.rounds, Path(folder))
        if given.long:
            long(given.audio, max(1, given.rounds // 3), Path(folder))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{(error.stderr or b'').decode()}")
