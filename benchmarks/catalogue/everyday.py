"""What everybody waits for, and the long forms of what is promised."""

from __future__ import annotations

from benchmarks.catalogue.entry import Benchmark, Cell, Goal, Ratio

_REST = "Memory at rest"
STARTUP = Benchmark(
    "startup", "startup", "imports, help, first and later renders, memory at rest",
    (
        Goal("import granulate, over starting Python", Ratio(Cell("Start", ("import granulate",), "seconds"), Cell("Start", ("python",), "seconds")), "python -c pass"),
        Goal("granulate --help", Cell("Start", ("granulate --help",), "seconds"), at_most=0.2, unit="s"),
        Goal("the same: CPU", Cell("Start", ("granulate --help",), "CPU s"), unit="s"),
        Goal("first render after installing, 28 s of mono, kernels compiled", Cell("After an installation", (), "seconds"), unit="s"),
        Goal("the same, compiling included: CPU", Cell("After an installation", (), "CPU s"), unit="s"),
        Goal("tenth render of 28 s of mono", Cell("Start", ("tenth render, 28 s by tour",), "seconds"), at_most=1.5, unit="s"),
        Goal("a tenth render: CPU", Cell("Start", ("tenth render, 28 s by tour",), "CPU s"), unit="s"),
        Goal("the same by UMAP: CPU", Cell("Start", ("tenth render, 28 s by UMAP",), "CPU s"), unit="s"),
        Goal("the same by beats: CPU", Cell("Start", ("tenth render, 28 s by beats",), "CPU s"), unit="s"),
        Goal("memory after import granulate", Cell(_REST, ("import granulate",), "PSS, MiB"), unit="MiB"),
        Goal("memory after importing analyse, score and render", Cell(_REST, ("granulate.analyse, score, render",), "PSS, MiB"), unit="MiB"),
        Goal("memory of granulate live, all its processes", Cell(_REST, ("granulate live",), "PSS, MiB"), unit="MiB"),
    ),
    ("--audio", "{audio}"), ("--rounds", "2"), minutes=3,
)  # fmt: skip

PROMISES = Benchmark(
    "promises", "promises", "what is promised, many times over: kills, interrupts, packets, the same bytes",
    (
        Goal("a render killed at random moments: outputs that are neither old nor whole", Cell("Kills", (), "neither old nor whole"), at_most=0),
        Goal("the same: how many kills", Cell("Kills", (), "kills")),
        Goal("Ctrl-C at random moments: time to exit, 95 of 100", Cell("Interrupts", (), "95 of 100, s"), at_most=1, unit="s"),
        Goal("the same: processes and temporary files that were left", Cell("Interrupts", (), ("processes left", "files left")), at_most=0),
        Goal("hostile packets to a live instrument: pings unanswered", Cell("Packets", (), "unanswered"), at_most=0),
        Goal("the same: pings answered within 100 ms", Cell("Packets", (), "% within 100 ms"), at_least=100, unit="%"),
        Goal("the same: tracebacks", Cell("Packets", (), "tracebacks"), at_most=0),
        Goal("the same: memory", Cell("Packets", (), "grown, MiB"), at_most=10, unit="MiB"),
        Goal("renders whose bytes differ, other threads, blocks and process", Cell("The same bytes", (), "differ"), at_most=0),
        Goal("a header that claims a thousand times more than there is: memory", Cell("Memory", ("a lying header",), "peak, MiB"), at_most=500, unit="MiB"),
    ),
    quick=("--kills", "10", "--interrupts", "3", "--packets", "2000"), minutes=15,
)  # fmt: skip

EVERYDAY = (STARTUP, PROMISES)
