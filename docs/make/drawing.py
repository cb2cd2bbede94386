"""What the site's pictures look like: small enough for a telephone, and readable on light and on dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

import granulate as gr
from granulate.kernels.mel import hz_to_mel
from granulate.preset import Preset

INK = "#7a7d85"
"""Grey that stands out from white paper and from a dark page alike."""
ACCENTS = ("#d1495b", "#2a86b8", "#4a9d5f", "#c98a1b", "#8a63b8", "#5b8c9e", "#b05a8f")
_DPI, _WIDTH, _POINTS = 92, 7.0, 12.5
_RANGE_DB = 70
_TICKS_HZ = (0, 500, 1000, 2000, 4000, 8000, 16000)
_LEVELS = colormaps["magma"]
# The last of plasma's colours are too pale for points on white paper, the first too dark for a dark page.
TIMES = ListedColormap(colormaps["plasma"](np.linspace(0.12, 0.85, 256)), name="times")

_MEASURED = Preset.of(
    {
        "framing": {"n_fft": 2048, "window": 2048, "hop": 1024},
        "descriptors": {"kind": "mel_db", "range": float(_RANGE_DB)},
        "scaling": {"kind": "none"},
    }
)


def figure(
    rows: int = 1, *, columns: int = 1, height: float = 2.5, sharex: bool = False
) -> tuple[Figure, list[Axes]]:
    """An empty figure with so many rows and columns of panels; `height` of all in inches."""
    made = Figure(figsize=(_WIDTH, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(made)
    panels = made.subplots(rows, columns, squeeze=False, sharex=sharex).ravel().tolist()
    for panel in panels:
        style(panel)
    return made, panels


def style(panel: Axes) -> None:
    """Lines and letters of one grey, on nothing."""
    panel.set_facecolor("none")
    panel.tick_params(colors=INK, labelsize=_POINTS)
    for spine in panel.spines.values():
        spine.set_color(INK)
        spine.set_linewidth(0.6)


def label(panel: Axes, *, title: str = "", x: str = "", y: str = "") -> None:
    """A panel's title, and what its axes count."""
    panel.set_title(title, loc="left", color=INK, fontsize=_POINTS)
    panel.set_xlabel(x, color=INK, fontsize=_POINTS)
    panel.set_ylabel(y, color=INK, fontsize=_POINTS)


def note(panel: Axes, x: float, y: float, text: str, **how: str) -> None:
    """Some words within a panel."""
    panel.text(x, y, text, color=INK, fontsize=_POINTS, **how)  # type: ignore[arg-type]


def save(made: Figure, path: Path) -> None:
    """Write a figure, with nothing behind it and no date in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made.savefig(path, transparent=True, metadata={"Software": None})


def spectrogram(panel: Axes, sound: gr.Sound, title: str = "") -> None:
    """Mel decibels over time, as the descriptor `mel_db` measures them."""
    values = _measured(sound)
    top = float(hz_to_mel(sound.sample_rate / 2))
    panel.imshow(
        values.T - values.max(), cmap=_LEVELS, vmin=-_RANGE_DB, vmax=0, origin="lower", aspect="auto",
        extent=(0.0, sound.duration, 0.0, top), interpolation="nearest",
    )  # fmt: skip
    shown = [hz for hz in _TICKS_HZ if hz in (0, 1000, 4000, 16000) and hz <= sound.sample_rate / 2]
    panel.set_yticks(hz_to_mel(shown), [f"{hz // 1000}k" if hz else "0" for hz in shown])
    label(panel, title=title, y="Hz")


@lru_cache(maxsize=2)
def _measured(sound: gr.Sound) -> NDArray[np.float32]:
    """Mel decibels float32 (n_grains, n_bands); of the sound that all pictures begin with, once."""
    return gr.analyse(sound, _MEASURED).descriptors.values


def spectrograms(path: Path, sounds: Sequence[tuple[str, gr.Sound]]) -> None:
    """Some sounds, one below another."""
    made, panels = figure(len(sounds), height=0.5 + 1.55 * len(sounds))
    for panel, (title, sound) in zip(panels, sounds, strict=True):
        spectrogram(panel, sound, title)
    panels[-1].set_xlabel("seconds", color=INK, fontsize=_POINTS)
    save(made, path)


def waveform(panel: Axes, samples: NDArray[np.float32], rate: int, begin: float = 0.0) -> None:
    """Samples (n,) over time in seconds, from `begin` on."""
    panel.plot(begin + np.arange(len(samples)) / rate, samples, color=INK, linewidth=0.6)
    panel.set_xlim(begin, begin + len(samples) / rate)
    panel.set_yticks([])


def points(panel: Axes, places: NDArray[np.float32], colours: NDArray[np.float64], size: float = 9.0) -> None:
    """A map: places (n, 2), coloured by numbers (n,)."""
    panel.scatter(places[:, 0], places[:, 1], c=colours, cmap=TIMES, s=size, linewidths=0)
    panel.set_xticks([])
    panel.set_yticks([])
