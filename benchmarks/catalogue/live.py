"""The live instrument: blocks in time, floods, latency, input."""

from __future__ import annotations

from benchmarks.catalogue.entry import Benchmark, Cell, Goal, Ratio, package, program

_AUDIO = ("--audio", "{audio}")
_JACK = (program("jackd", "jack_lsp"),)
_SCSYNTH = (program("scsynth", "sclang"),)
_BLOCK = "A block's time over its period"
_STEREO = "2,048 interpolated stereo grains, blocks of 128: p99 of CPU time over the period"

ENGINE = Benchmark(
    "live_engine", "live_engine", "blocks of the engine: their time over their period",
    (
        Goal(_STEREO, Cell(_BLOCK, (128, "2048 interpolated", "stereo"), "p99"), "EmissionControl2 has 2,048 at most", at_most=0.5),
        Goal("4,096 stereo grains at rate 1: the same", Cell(_BLOCK, (128, "4096 as recorded", "stereo"), "p99"), "EmissionControl2 has 2,048 at most", at_most=0.5),
        Goal("late blocks beside a busy Python thread, engine's own process", Cell("128 grains, blocks of 128", ("process of its own", "busy thread"), "late %"), "one process: the next row", unit="%"),
        Goal("the same, engine in that process", Cell("128 grains, blocks of 128", ("same process", "busy thread"), "late %"), "a process of its own: above", unit="%"),
    ),
    _AUDIO, ("--seconds", "1", "--rounds", "1"), minutes=3,
)  # fmt: skip


def _soak(name: str, rate: str, minutes: str) -> Benchmark:
    what, silence = f"{minutes} min of {int(rate):,} OSC messages a second", "a client that writes silence"
    rows = [
        Goal(
            f"{what}, {frames} frames: late blocks beyond its own",
            Cell("OSC messages a second", (frames, "granulate live"), "late beyond silence's"), silence, at_most=0,
        )
        for frames in (256, 1024)
    ]  # fmt: skip
    kept = Goal(
        "the same: addresses whose value is not the last that was sent",
        Cell("The flood", (), "other values"),
        at_most=0,
    )
    arguments = ("--minutes", minutes, "--frames", "256", "1024", "--rate", rate)
    quick = ("--minutes", "0.1", "--frames", "256", "1024", "--rate", rate)
    return Benchmark(name, "live_soak", what, (*rows, kept), arguments, quick, 2 * float(minutes) + 1, _JACK)


LATENCY = Benchmark(
    "live_latency", "live_latency", "from an OSC packet to the first changed sample, beside scsynth",
    tuple(
        goal
        for frames in (64, 256, 1024)
        for goal in (
            Goal(
                f"packet to sound, {frames} frames: messages within a block and 2 ms",
                Cell("Milliseconds from an OSC packet", (frames, ..., "granulate"), "% within the goal"), at_least=100, unit="%",
            ),
            Goal(
                f"the same: median over its own, {frames} frames",
                Ratio(
                    Cell("Milliseconds from an OSC packet", (frames, ..., "granulate"), "p50"),
                    Cell("Milliseconds from an OSC packet", (frames, ..., "scsynth"), "p50"),
                ),
                "scsynth", needs=_SCSYNTH,
            ),
        )
    ),
    quick=("--messages", "50", "--frames", "256"), minutes=5, needs=(*_JACK, package("jack")),
)  # fmt: skip

INPUT = Benchmark(
    "live_input", "live_input", "a hop of live input heard and answered",
    (
        Goal("a hop heard and described, 200,000 grains: p99 of its time", Cell("Live input", (..., 200_000), "heard, p99"), at_most=100, unit="%"),
        Goal("the same: answered", Cell("Live input", (..., 200_000), "answered, p99"), at_most=100, unit="%"),
    ),
    quick=("--grains", "10000", "200000", "--seconds", "1"), minutes=2,
)  # fmt: skip

LIVE = (ENGINE, _soak("live_soak", "10000", "10"), _soak("live_flood", "50000", "1"), LATENCY, INPUT)
