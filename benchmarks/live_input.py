"""Live input: what a hop costs that is heard and answered, and what it costs to keep what was heard.

    python -m benchmarks.live_input [--grains 10000 200000] [--seconds 5]

CPU time of the thread that does it, over the hop's period: hearing (cut, describe, scale) and answering (find the
grain, place it), by the descriptors and the size of the corpus. Then, of the whole process: making grains of five
seconds more, and the stream that plays them; both are done beside the player.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.timing import machine, show
from granulate import demo
from granulate.corpus import analyse, extend
from granulate.live.input.ear import Ear
from granulate.live.input.memory import Memory
from granulate.live.stream import Stream
from granulate.preset import Preset
from granulate.types import Corpus, Descriptors, Grains, Sound

RATE, HOP, KEPT_S = 48_000, 512, 5.0


def preset(kind: str) -> Preset:
    """One that listens by a descriptor."""
    return Preset.of(
        {
            "framing": {"window": 2048, "hop": HOP},
            "descriptors": {"kind": kind},
            "scaling": {"kind": "standardise"},
            "path": {"kind": "listen"},
        }
    )


def corpus(base: Corpus, n: int) -> Corpus:
    """So many grains, like those of a small corpus and yet all different."""
    rng = np.random.default_rng(0)
    which, described = rng.integers(0, len(base), n), base.descriptors
    values = described.values[which]
    values += 0.3 * rng.standard_normal(values.shape).astype(np.float32)
    grains = Grains(np.zeros(n, np.int64), base.grains.onsets[which], base.grains.lengths[which])
    return Corpus(
        base.sounds, base.framing, grains, Descriptors(values, described.names, described.units), None, base.fitted
    )  # fmt: skip


def hops(made: Corpus, stream: Stream, heard: Sound) -> Iterator[tuple[float, float]]:
    """CPU seconds of hearing and answering each hop of a sound."""
    memory, ear = Memory(1, 10 * RATE), Ear(made, 0)
    frames = heard.frames[:, :1]
    for at in range(0, len(frames) - HOP, HOP):
        memory.add(at, frames[at : at + HOP])
        while True:
            begun = time.thread_time()
            window = ear.hear(memory, 0, -120.0)
            between = time.thread_time()
            if window is None:
                break
            stream.answer(window, at)
            yield between - begun, time.thread_time() - between


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--grains", nargs="*", type=int, default=[10_000, 200_000], help="sizes of the corpus"
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="of input that is heard")
    given = parser.parse_args()
    sound = demo(20.0, RATE)
    mono = Sound(sound.samples[:1], RATE)
    heard = Sound(mono.samples[:, : round(given.seconds * RATE)], RATE)
    more = Sound(mono.samples[:, : round(KEPT_S * RATE)], RATE)
    rows = []
    for kind in ("mfcc", "mel_db"):
        base = analyse(mono, preset(kind))
        for n in given.grains:
            made = corpus(base, n)
            stream = Stream(made, preset(kind))
            took = np.array(list(hops(made, stream, heard))) * RATE / HOP
            median, worst = np.percentile(took, [50, 99], axis=0)
            begun = time.process_time()
            Stream(extend(made, [more]), preset(kind))
            kept = time.process_time() - begun
            shares = [100 * float(part) for pair in zip(median, worst, strict=True) for part in pair]
            rows.append((kind, n, *shares, kept))
    print(machine())
    show(
        "Live input, percent of a hop",
        ("descriptor", "grains", "heard", "heard, p99", "answered", "answered, p99", f"{KEPT_S:g} s kept, s"),
        rows,
    )


if __name__ == "__main__":
    main()
