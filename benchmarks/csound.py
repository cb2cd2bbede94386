"""A cloud of grains as a csound score: an instrument that reads a table under a window, and a note for each grain.

That is how an orchestra plays grains of which each has its own place, rate, gain and pan. On Debian:

    apt-get install --no-install-recommends csound
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile as sf

from benchmarks.timing import spent

READERS = {"linear": "tablei", "cubic": "table3"}
_CONTROL = 64
"""Samples of a control period, csound's usual choice for speed; notes still begin at their sample."""

_ORCHESTRA = """
sr = {rate}
ksmps = {control}
nchnls = 2
0dbfs = 1
giSource ftgen 1, 0, {size}, -1, "source.wav", 0, 0, 1
giWindow ftgen 2, 0, 8193, 20, 2, 1
instr 1
    aPlace line p5, p3, p5 + p4 * p3 * sr
    aGrain {reader} aPlace, giSource
    aWindow oscili 1, 1 / p3, giWindow
    aGrain = aGrain * aWindow
    outs aGrain * p6, aGrain * p7
endin
"""


class Grains(Protocol):
    """What is played: see `mixing.Cloud`."""

    source: np.ndarray
    hop: int
    start: np.ndarray
    rate: np.ndarray
    gain: np.ndarray
    pan: np.ndarray


class Csound:
    """A cloud as scores for csound, in a folder of its own."""

    def __init__(self, cloud: Grains, length: int, rate: int, seconds: float, folder: Path) -> None:
        self.folder = folder
        # Tables of csound have lengths that are powers of two.
        size = 1 << (len(cloud.source) - 1).bit_length()
        sf.write(folder / "source.wav", np.resize(cloud.source[:, 0], size), rate, subtype="FLOAT")
        angle = (cloud.pan + 1) * np.pi / 4
        columns = (
            np.arange(len(cloud.start)) * cloud.hop / rate, np.full(len(cloud.start), length / rate), cloud.rate,
            cloud.start, cloud.gain * np.cos(angle), cloud.gain * np.sin(angle),
        )  # fmt: skip
        notes = "".join(
            "i1 {:.9f} {:.9f} {:.9g} {:.0f} {:.6g} {:.6g}\n".format(*row)
            for row in zip(*columns, strict=True)
        )
        for name, reader in {"empty": "tablei", **READERS}.items():
            orchestra = _ORCHESTRA.format(rate=rate, control=_CONTROL, size=size, reader=reader)
            (folder / f"csound-{name}.orc").write_text(orchestra)
            (folder / f"csound-{name}.sco").write_text(
                f"f0 {seconds}\n{'' if name == 'empty' else notes}e {seconds}\n"
            )

    def render(self, name: str) -> float:
        """CPU seconds of it."""
        files = [self.folder / f"csound-{name}.{kind}" for kind in ("orc", "sco", "wav")]
        return spent(
            ["csound", "-d", "-m0", "--sample-accurate", "-f", "-W", "-o", files[2], *files[:2]],
            cwd=self.folder,
        ).cpu

    def level(self, name: str) -> float:
        return float(np.sqrt(np.mean(sf.read(self.folder / f"csound-{name}.wav")[0] ** 2)))
