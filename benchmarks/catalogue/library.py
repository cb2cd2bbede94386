"""Folders of sounds: batch, scan, search, kinds, and the map's page."""

from __future__ import annotations

from benchmarks.catalogue.entry import Benchmark, Cell, Goal, Line, package, program

BATCH = Benchmark(
    "batch", "batch", "many sounds in supervised children, mutated ones among them",
    (
        Goal("an item handed to a child and back: CPU", Cell("Handing over", (1,), "CPU, ms an item"), at_most=0.15, unit="ms"),
        Goal("mutated files: the longest, of 20 s allowed", Cell("Mutated files", (), "longest, s"), at_most=21, unit="s"),
        Goal("a second batch over the first: times faster", Cell("A folder", (), "ratio"), at_least=50),
    ),
    ("--mutants", "10000"), ("--mutants", "200", "--presets", "shuffle"), minutes=8,
)  # fmt: skip

_KILLED = ("Kills, work done by itself", "Kills, with children", "Kills, of the command")
BATCH_KILLS = Benchmark(
    "batch_kills", "batch_kills", "a batch killed at random moments",
    (
        *(Goal(f"a batch, {name[7:]}: kills", Cell(name, ("kills",), "number")) for name in _KILLED),
        *(Goal(f"a batch killed, {name[7:]}: outputs that were not whole", Cell(name, ("wrong outputs",), "number"), at_most=0) for name in _KILLED),
    ),
    ("--kills", "200"), ("--kills", "12", "--children", "2", "--commands", "1"), minutes=6,
)  # fmt: skip

_LOOP = "librosa.load and 32 MFCC, one after another"
SCAN = Benchmark(
    "library_scan", "library_scan", "a scan beside a loop of librosa, and the second scan",
    (
        Goal("a scan's files per second, all default sets: times a loop's", Cell("files measured", ("scan over the seed's loop, resampled, children there",), 1), _LOOP, at_least=5),
        Goal("the same, from the start of its processes", Cell("files measured", ("scan over the seed's loop, resampled, children started for it",), 1), _LOOP, at_least=5),
        Goal("a scan's file on one core: times less CPU", Cell("CPU of", ("librosa's loop / look",), "ms a file"), _LOOP),
        Goal("second scan: times faster than the first", Cell("files measured", ("first / second scan",), 1), "its first", at_least=50),
    ),
    ("{many}", "--rounds", "3"), ("{sounds}", "--files", "40", "--rounds", "2"), minutes=6,
)  # fmt: skip

SCAN_KILLS = Benchmark(
    "scan_kills", "library_scan", "a scan killed at random moments",
    (
        Goal("kills of a scan by itself", Cell("work done here", ("killed",), "number")),
        Goal("kills of a scan with children", Cell("work done by children", ("killed",), "number")),
        Goal("the same: indexes that did not open, or were wrong", Cell("Kills of a scan", ("indexes that did not open, or were wrong",), "number"), at_most=0),
    ),
    ("--kills", "200", "--children", "40"), ("--kills", "12", "--children", "2"), minutes=6,
)  # fmt: skip

SCAN_MUTANTS = Benchmark(
    "scan_mutants", "library_scan", "mutated files through the scan",
    (Goal("mutated files through the scan: the longest, of 20 s allowed", Cell("mutated files", ("longest time of a file, s",), 1), at_most=21, unit="s"),),
    ("--mutants", "1000"), ("--mutants", "100"), minutes=4,
)  # fmt: skip

SCAN_MEMORY = Benchmark(
    "scan_memory", "library_scan", "memory of a scan of a ten-hour file",
    (Goal("a ten-hour file scanned: memory of any process", Cell("hours, of which", ("MiB resident at most, of one process",), 1), at_most=500, unit="MiB"),),
    ("--hours", "10"), None, minutes=4,
)  # fmt: skip

SIMILAR = Benchmark(
    "library_similar", "library_similar", "a million summaries searched and laid out",
    (
        Goal("similar in a million, five weightings: recall at 10", Line(r"(?m)^ .* ([01]\.\d{3})(?:   .*)?$"), "all distances", at_least=0.95),
        Goal("the same: median on the clock", Line(r"(?m)^ {2,}[a-z].*? {2,}([\d.]+) +[\d.]+ +[\d.]+ +[01]\.\d{3}"), at_most=50, unit="ms"),
        Goal("map of a million by t-SNE: CPU", Line(r"by tsne: \d+ s \((\d+) s of CPU"), at_most=600, unit="s"),
    ),
    ("--map",), ("--n", "50000"), minutes=8,
)  # fmt: skip

QUALITY = Benchmark(
    "library_quality", "library_quality", "kinds of sounds told apart by measures",
    (
        Goal("of the five nearest sounds, those of the same kind", Cell("the default sets", ("five nearest by `library similar`",), "reached"), "MFCC means 0.31, best quick set 0.52", at_least=0.56),
        Goal("kind told by cross-validation, the blend", Cell("the default sets", ("accuracy of the blend, unsearched",), "reached"), "MFCC means 0.51, best quick set 0.70", at_least=0.73),
    ),
    ("{sounds}",), ("{sounds}", "--seeds", "1", "--searched", "0"), minutes=8,
)  # fmt: skip

MEASURES = Benchmark(
    "measures", "measures", "CPU of each set of measures, the short-term one beside pyAudioAnalysis",
    (
        Goal("short-term features: times less CPU", Cell("short-term features", (), "times faster"), "pyAudioAnalysis 0.3.14", at_least=20, needs=(package("pyAudioAnalysis"),)),
        Goal("default sets together: CPU of a sound", Cell("sounds", ("default sets together",), "ms of CPU a sound"), unit="ms"),
    ),
    ("{sounds}",), ("{sounds}", "--rounds", "1"), minutes=3,
)  # fmt: skip

MAP_PAGE = Benchmark(
    "map_page", "map_page", "the map's page in Chromium",
    (
        Goal("first paint of 100,000 points", Line(r" 100,000 points.*?: seen (\d+) ms"), at_most=2000, unit="ms"),
        Goal("pointer to sound among 100,000 points, median", Line(r" 100,000 points.*pointer to sound (\d+) ms"), at_most=30, unit="ms"),
        Goal("a frame of 100,000 points while it is moved, median", Line(r" 100,000 points.*?pan (\d+) ms"), unit="ms"),
        Goal("a frame of 1,000,000 points while it is moved, median", Line(r"1,000,000 points.*?pan (\d+) ms"), unit="ms"),
    ),
    quick=("10000", "100000"), minutes=3, needs=(package("playwright"), program("chromium")),
)  # fmt: skip

CLASSIFY = Benchmark(
    "library_classify", "library_classify", "families of classifiers over sets of measures; FOLDER needs an index",
    (Goal("the best family by all default sets: accuracy", Cell("kinds", ("default sets", ..., "blend"), "accuracy"), "the majority 0.14"),),
    ("{sounds}", "--seeds", "1"), None, minutes=10,
)  # fmt: skip

LIBRARY = (
    BATCH,
    BATCH_KILLS,
    SCAN,
    SCAN_KILLS,
    SCAN_MUTANTS,
    SCAN_MEMORY,
    SIMILAR,
    QUALITY,
    CLASSIFY,
    MEASURES,
    MAP_PAGE,
)
