"""Every benchmark: how it is run, what it needs, and the goals that its figures are held against."""

from __future__ import annotations

from benchmarks.catalogue.deep import DEEP
from benchmarks.catalogue.entry import Benchmark
from benchmarks.catalogue.everyday import EVERYDAY
from benchmarks.catalogue.library import LIBRARY
from benchmarks.catalogue.live import LIVE
from benchmarks.catalogue.sound import SOUND

CATALOGUE: dict[str, Benchmark] = {entry.name: entry for entry in (*EVERYDAY, *SOUND, *LIVE, *LIBRARY, *DEEP)}
