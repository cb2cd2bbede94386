"""The picture of a report: eight panels, from lengths to offsets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from granulate.library.report.faults import OFFSET, Quality
from granulate.library.report.reporting import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BARS = 8
_BINS = 40
_GREY, _FAULTY = "0.75", "C3"


def draw_report(found: Report, title: str) -> Figure:
    """Lengths, rates, channels and formats above; levels, silence, clipping and offsets below."""
    from granulate.pictures.look import WIDTH, drawable, new_figure

    figure = new_figure(1.25 * WIDTH, 7.2)
    panels = figure.subplots(2, 4)
    seen = found.overview
    _lengths(panels[0, 0], found.files.durations)
    _bars(panels[0, 1], {f"{rate:,} Hz": n for rate, n in seen.sample_rates.items()}, "sample rates")
    _bars(panels[0, 2], {_channels(n): count for n, count in seen.channels.items()}, "channels")
    _bars(panels[0, 3], seen.formats | {name: n for name, n in seen.counts.items() if name not in ("ok", "missing") and n},
          "formats, and what is no sound", {"broken", "unknown", "pending"})  # fmt: skip
    if found.quality is None or not len(found.quality):
        for panel in panels[1]:
            panel.axis("off")
        panels[1, 0].text(0, 0.9, "levels, silence, clipping and offsets: after library scan --measures quality",
                          fontsize=11)  # fmt: skip
    else:
        _levels(panels[1, 0], found.quality)
        _silence(panels[1, 1], found.quality)
        _clipping(panels[1, 2], found.quality)
        _offsets(panels[1, 3], found.quality)
    figure.suptitle(drawable(title), x=0.01, ha="left", fontsize=12, parse_math=False)
    return figure


def _lengths(panel: Axes, seconds: NDArray[np.float64]) -> None:
    from granulate.pictures.look import style

    some = seconds[seconds > 0]
    if len(some):
        low, high = np.log10(some.min()), np.log10(some.max())
        margin = max(0.02, (1 - (high - low)) / 2)  # a decade at least: less has no room for its numbers
        panel.hist(some, bins=np.logspace(low - margin, high + margin, _BINS + 1).tolist())
        panel.set_xscale("log")
        panel.axvline(float(np.median(some)), color="C1", label=f"median {np.median(some):.3g} s")
        panel.legend(fontsize=9, frameon=False)
    style(panel, "lengths", "duration (s)", "files")


def _bars(panel: Axes, counts: Mapping[str, int], title: str, faulty: set[str] | None = None) -> None:
    from granulate.pictures.look import SMALL, drawable, short, style

    items = sorted(counts.items(), key=lambda item: -item[1])
    if len(items) > _BARS:
        rest = items[_BARS - 1 :]
        items = [*items[: _BARS - 1], (f"{len(rest)} more", sum(n for _, n in rest))]
    names, numbers = [drawable(short(name)) for name, _ in items], [n for _, n in items]
    colours = [_FAULTY if name in (faulty or ()) else "C0" for name, _ in items]
    drawn = panel.barh(range(len(items)), numbers, color=colours, height=0.7)
    panel.bar_label(drawn, [f" {n:,}" for n in numbers], fontsize=SMALL)
    style(panel, title, "files", "")
    panel.set_yticks(range(len(items)), names, fontsize=SMALL)
    panel.set_ylim(max(len(items), 3) - 0.5, -0.5)
    panel.set_xlim(0, 1.25 * max([*numbers, 1]))
    panel.locator_params(axis="x", nbins=4, integer=True)


def _levels(panel: Axes, quality: Quality) -> None:
    from granulate.pictures.look import style

    rms, peak = np.maximum(quality["rms"], -100), np.maximum(quality["peak"], -100)
    edges = np.linspace(
        min(rms.min(), peak.min(), -1), max(peak.max(), rms.max(), 0) + 0.5, _BINS + 1
    ).tolist()
    panel.hist(rms, bins=edges, label="RMS")
    panel.hist(peak, bins=edges, histtype="step", linewidth=1.5, label="peak")
    panel.legend(fontsize=9, frameon=False, loc="upper left")
    style(panel, "levels", "dB below full scale", "files")


def _silence(panel: Axes, quality: Quality) -> None:
    from granulate.pictures.look import style

    silent = quality["silent_share"] >= 1
    edges = [0, 0.001, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, np.inf]
    names = ["< 1 ms", "10", "30", "100", "300 ms", "1 s", "3", "10", "more"]
    at = np.arange(len(names))
    for shift, name, label in ((-0.2, "leading_silence", "before"), (0.2, "trailing_silence", "after")):
        counts = np.histogram(quality[name][~silent], bins=edges)[0]
        panel.bar(at + shift, counts, 0.4, label=label)
    panel.set_xticks(at, names, rotation=45)
    panel.legend(fontsize=9, frameon=False)
    whole = f"; {_files(int(silent.sum()))} nothing else" if silent.any() else ""
    style(panel, f"silence below -60 dB{whole}", "up to", "files")


def _clipping(panel: Axes, quality: Quality) -> None:
    from granulate.pictures.look import SMALL, style

    edges = [0, 1, 2, 3, 10, 100, np.inf]
    names = ["none", "1", "2", "3 to 9", "10 to 99", "100+"]
    counts = np.histogram(quality["longest_run"], bins=edges)[0]
    drawn = panel.bar(range(len(names)), counts, color=["C0", _GREY, _GREY, *[_FAULTY] * 3])
    panel.bar_label(drawn, [f"{n:,}" for n in counts.tolist()], fontsize=SMALL)
    panel.set_xticks(range(len(names)), names, rotation=45)
    panel.margins(y=0.12)
    clipped = int((quality["clipped_runs"] > 0).sum())
    style(panel, f"clipping: {_files(clipped)}", "most samples in a row at full scale", "files")


def _offsets(panel: Axes, quality: Quality) -> None:
    from granulate.pictures.look import style

    size = np.clip(np.abs(quality["offset"]), 1e-7, 1)
    edges = np.logspace(-7, 0, _BINS + 1)
    _, _, bars = panel.hist(size, bins=edges.tolist())
    for left, patch in zip(edges, bars.patches, strict=False):  # type: ignore[union-attr]
        patch.set_facecolor(_FAULTY if left >= OFFSET * 0.999 else "C0")
    panel.set_xscale("log")
    panel.axvline(OFFSET, color=_FAULTY, linestyle=":")
    style(
        panel,
        f"offset: {_files(int((size >= OFFSET).sum()))} of {OFFSET:g} and more",
        "mean, of full scale",
        "files",
    )


def _channels(n: int) -> str:
    return {1: "mono", 2: "stereo"}.get(n, f"{n} channels")


def _files(n: int) -> str:
    return "1 file" if n == 1 else f"{n:,} files"
