"""Sounds to measure on: recordings that are given, or a synthetic one that is rich enough."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import granulate as gr


def parser(doc: str | None) -> argparse.ArgumentParser:
    """A parser with the options that every benchmark has."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument(
        "--audio", nargs="*", type=Path, default=[], help="recordings to measure on; else a synthetic one"
    )
    made.add_argument("--rounds", type=int, default=7, help="rounds of interleaved runs")
    return made


def samples(files: list[Path], seconds: float, sample_rate: int = 44_100) -> NDArray[np.float32]:
    """That many seconds of mono, float32: the recordings one after another, repeated with small changes if too short."""
    if files:
        sounds = [gr.match([gr.read(path)], sample_rate=sample_rate)[0] for path in files]
        once = np.concatenate([sound.samples.mean(axis=0) for sound in sounds])
    else:
        once = gr.demo(60.0, sample_rate).samples.mean(axis=0)
    n = int(seconds * sample_rate)
    # Repetitions differ a little, so that grains of two of them are alike and not identical.
    rng = np.random.default_rng(0)
    parts, have = [], 0
    while have < n:
        part = once[: n - have]
        parts.append(
            part if not parts else part * rng.uniform(0.7, 1) + 1e-4 * rng.standard_normal(len(part))
        )
        have += len(part)
    return np.concatenate(parts).astype(np.float32)
