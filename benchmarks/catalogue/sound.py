"""Sounds taken apart and put together: analysis, paths, phases, mosaics, grains."""

from __future__ import annotations

from benchmarks.catalogue.entry import Benchmark, Cell, Goal, Ratio, package, program

_AUDIO = ("--audio", "{audio}")
_MEL, _GATHER = "128 mel bands in dB", "Gather and overlap-add"
_PATHS, _GRAINBUF = (
    "Path length over the minimum spanning tree's",
    "Of scsynth's time with linear interpolation",
)
_NOTES = "beside csound"
_SCSYNTH = (program("scsynth", "sclang"),)

RESYNTHESIS = Benchmark(
    "resynthesis", "resynthesis", "gather and overlap-add beside librosa's inverse STFT",
    (
        Goal(
            "reordered frames, mono and stereo, three framings: largest difference",
            Cell("Largest difference", (), ("as recorded", "to the input", "random order")), "librosa, istft", at_most=1e-6,
        ),
        Goal(
            "gather and overlap-add, 10 min as recorded: times faster",
            Cell(_GATHER, ("as recorded",), "times faster than librosa"), "librosa, gather and istft", at_least=50,
        ),
        Goal(
            "the same, a random order: times faster",
            Cell(_GATHER, ("a random order",), "times faster than librosa"), "librosa, gather and istft", at_least=50,
        ),
        Goal("the same, as recorded: memory copies", Cell(_GATHER, ("as recorded",), "memory copies"), "numpy, copyto", at_most=2),
        Goal("the same, a random order: memory copies", Cell(_GATHER, ("a random order",), "memory copies"), "numpy, copyto", at_most=2),
    ),
    _AUDIO, ("--minutes", "0.5", "--rounds", "2"), minutes=2,
)  # fmt: skip

ANALYSIS = Benchmark(
    "analysis", "analysis", "mel decibels beside librosa",
    (
        Goal("128 mel bands in dB, ducc0: times faster", Cell(_MEL, ("ducc0",), "times faster"), "librosa, melspectrogram", at_least=5),
        Goal(
            "the same, mkl_fft: times faster", Cell(_MEL, ("mkl_fft",), "times faster"), "librosa, melspectrogram", at_least=7,
            needs=(package("mkl_fft"),),
        ),
        Goal("the same: difference above -80 dB", Cell(_MEL, (), "largest difference, dB"), "librosa, power_to_db", at_most=0.01, unit="dB"),
    ),
    _AUDIO, ("--seconds", "20", "--rounds", "2"),
)  # fmt: skip

TOUR = Benchmark(
    "tour", "tour", "lengths of paths over the minimum spanning tree's, and their time",
    (
        Goal("tour of 2,000 grains over the spanning tree, 75 % overlap", Cell(_PATHS, ("2000", "75 %", "tour, apart 0"), "length"), "no path is below 1", at_most=1.065),
        Goal("tour of 20,000 grains, the same", Cell(_PATHS, ("20000", "75 %", "tour, apart 0"), "length"), "no path is below 1", at_most=1.065),
        Goal("the same without overlap, 2,000 and 20,000", Cell(_PATHS, (..., "none", "tour, apart 0"), "length"), "no path is below 1", at_most=1.105),
        Goal("tour of 2,000 grains", Cell(_PATHS, ("2000", "75 %", "tour, apart 0"), "seconds"), at_most=0.2, unit="s"),
        Goal("tour of 20,000 grains", Cell(_PATHS, ("20000", "75 %", "tour, apart 0"), "seconds"), at_most=3, unit="s"),
        Goal(
            "tour of 2,000 grains: times faster",
            Ratio(Cell(_PATHS, ("2000", "75 %", "tsne"), "seconds"), Cell(_PATHS, ("2000", "75 %", "tour, apart 0"), "seconds")),
            "scikit-learn, t-SNE to one dimension", at_least=20,
        ),
        Goal("t-SNE's order of 2,000 grains over the spanning tree", Cell(_PATHS, ("2000", "75 %", "tsne"), "length"), "the tour's above"),
        Goal("tour of 200,000 grains, a window apart", Cell("A tour of 200,000", (), "seconds"), unit="s"),
    ),
    (*_AUDIO, "--slow", "--long"), ("--rounds", "1"), minutes=6,
)  # fmt: skip

_BASELINE = "the tutorial's pipeline: librosa and scikit-learn"
WHOLE_JOB = Benchmark(
    "whole_job", "whole_job", "processes from file to file, beside the tutorial's pipeline",
    (
        Goal("28 s of mono: tour instead of t-SNE's order: times faster", Cell("28 s: beside t-SNE's order", ("times faster",), "figure"), _BASELINE, at_least=30),
        Goal("the same: length of the path, a window apart", Cell("28 s: beside t-SNE's order", ("path, a window apart",), "figure"), "t-SNE's order is 1", at_most=1),
        Goal("the same: length of the path without `apart`", Cell("28 s: beside t-SNE's order", ("path, apart=0",), "figure"), "t-SNE's order is 1", at_most=1),
        Goal("the same: in all", Cell("28 s of mono", ("granulate, tour",), "seconds"), at_most=1.5, unit="s"),
        Goal("an hour of mono, PCA's order: times faster", Cell("An hour of mono", ("granulate, PCA",), "times faster"), _BASELINE, at_least=5),
        Goal("the same: memory", Cell("An hour of mono", ("granulate, PCA",), "MiB"), at_most=600, unit="MiB"),
        Goal("an hour of mono, tour: times faster", Cell("An hour of mono", ("granulate, tour",), "times faster"), f"{_BASELINE}, by PCA", at_least=1),
    ),
    (*_AUDIO, "--long"), ("--rounds", "1"), minutes=8,
)  # fmt: skip

MIXING = Benchmark(
    "mixing", "mixing", "asynchronous grains on one core beside SuperCollider and csound",
    (
        Goal("24,000 grains a second, linear: of its time", Cell(_GRAINBUF, ("linear",), "ratio"), "scsynth, GrainBuf, linear", at_most=0.5, needs=_SCSYNTH),
        Goal("the same, cubic: of its time", Cell(_GRAINBUF, ("cubic",), "ratio"), "scsynth, GrainBuf, linear", at_most=1, needs=_SCSYNTH),
        Goal("a second of the same grains, linear: of its CPU time", Cell(_NOTES, ("linear",), "ratio"), "csound, a note for each grain, tablei", at_most=0.5, needs=(program("csound"),)),
        Goal("4,096 grains at once at their own speed: of real time", Cell("4,096 grains at once", (), "s per s of sound"), at_most=0.5),
    ),
    _AUDIO, ("--seconds", "2", "--rounds", "1"), minutes=4,
)  # fmt: skip


def _phases(path: str, sound: str) -> tuple[Goal, ...]:
    where = f"{path}, {sound}"
    align, pghi = ("align",), ("griffin_lim, 4 from pghi",)
    tours = (
        Goal(
            f"align, {where}: spectral convergence, dB from it",
            Cell(where, align, "dB to istft"),
            "librosa, istft",
            at_most=-3.5,
        ),
        Goal(f"align, {where}: of its time", Cell(where, align, "times istft"), "librosa, istft", at_most=1),
    )
    return (
        *(tours if path != "PCA" else ()),
        Goal(f"four rounds from pghi, {where}: spectral convergence, dB from it", Cell(where, pghi, "dB to griffinlim"), "librosa, griffinlim, 32 rounds", at_most=0),
        Goal(f"four rounds from pghi, {where}: of its time", Cell(where, pghi, "times griffinlim"), "librosa, griffinlim, 32 rounds", at_most=0.25),
    )  # fmt: skip


PHASES = Benchmark(
    "phases", "phases", "phases of reordered grains beside librosa's",
    (*_phases("tour, apart 0", "one recording"), *_phases("tour", "one recording"), *_phases("PCA", "one recording"), *_phases("tour", "a piece of each")),
    _AUDIO, ("--seconds", "3", "--rounds", "1"), minutes=4,
)  # fmt: skip

_REBUILT, _VOICES, _GROWING = "grains rebuild", "mosaic, 10 voices", "A growing corpus"
_CONCATENATOR = "The Concatenator's best, as published"
MOSAIC = Benchmark(
    "mosaic", "mosaic", "speech rebuilt out of other sounds, beside published figures",
    (
        Goal("mosaic of ten voices: kl", Cell(_REBUILT, (_VOICES,), "kl"), _CONCATENATOR, at_most=0.868),
        Goal("the same: sc", Cell(_REBUILT, (_VOICES,), "sc dB"), _CONCATENATOR, at_most=-2.53, unit="dB"),
        Goal("the same: mel", Cell(_REBUILT, (_VOICES,), "mel dB"), _CONCATENATOR, at_most=9.68, unit="dB"),
        Goal("the same: of real time", Cell(_REBUILT, (_VOICES,), "of real time"), at_most=1),
        Goal("the nearest grain for each frame: kl", Cell(_REBUILT, ("nearest",), "kl"), "GAMuT 1.2", at_most=1.84),
        Goal("the same: choosing", Cell(_REBUILT, ("nearest",), "seconds"), at_most=0.5, unit="s"),
        Goal("mosaic out of an hour: of real time", Cell(_GROWING, (60,), "of real time"), at_most=1),
        Goal("the same: memory", Cell(_GROWING, (60,), "MiB"), at_most=1000, unit="MiB"),
        Goal(
            "CPU for a frame out of an hour, over out of five minutes",
            Ratio(Cell(_GROWING, (60,), "mosaic, CPU ms a frame"), Cell(_GROWING, (5,), "mosaic, CPU ms a frame")), at_most=1.5,
        ),
    ),
    (*_AUDIO, "--target", "{target}", "--long"), ("--audio", "{audio}", "--target", "{target}", "--rounds", "1"), minutes=8,
)  # fmt: skip

WALKS = Benchmark(
    "walks", "walks", "a step of every walk, from ten thousand grains to a million",
    (
        Goal("a step of any walk among a million grains, over among ten thousand", Cell("Microseconds for one step", (), "a million / ten thousand"), at_most=2),
        Goal("the slowest step among a million grains", Cell("Microseconds for one step", (), "1,000,000 grains"), unit="us"),
    ),
    quick=None,
)  # fmt: skip

SOUND = (RESYNTHESIS, ANALYSIS, TOUR, WHOLE_JOB, MIXING, PHASES, MOSAIC, WALKS)
