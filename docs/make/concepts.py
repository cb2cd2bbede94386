"""The sounds and pictures of the pages on concepts: grains, corpus, descriptors, resynthesis, score and presets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import granulate as gr
from docs.make import concept_maps, concept_runs
from docs.make.boxes import chain
from docs.make.drawing import ACCENTS, INK, figure, label, save, spectrogram, spectrograms, waveform
from docs.make.piece import Piece, demo, excerpt, joined, write
from granulate import preset as presets
from granulate.live.sections import MOVED
from granulate.preset import SECTIONS, Preset

_FROM_S, _CLOSE_S = 3.05, 0.26
_WINDOW, _HOP = 4096, 2048
_PHASES = {
    "keep": "as recorded",
    "random": "left to chance",
    "zero": "none at all",
    "pghi": "made anew from the magnitudes",
}
_PHASE_S, _SEEN_S = 4.0, (0.9, 1.0)
_SIZES = {"small": ("12ms", "3ms"), "middle": ("80ms", "20ms"), "large": ("400ms", "100ms")}
_CUTS = {"hop": "every 200 ms", "onset": "at onsets", "silence": "at silences"}


def pieces() -> dict[str, Piece]:
    """Everything that these pages show."""
    return {
        "grains": Piece(("grains.png", "grains-apart.mp3"), _grains),
        **{f"size {name}": Piece((f"size-{name}.mp3",), _size(*times)) for name, times in _SIZES.items()},
        "cuts": Piece(("cuts.png",), _cuts),
        "hits": Piece(("hits-shuffled.mp3",), _hits),
        "descriptors": Piece(("descriptors.png",), _descriptors),
        "phases": Piece(("phases.png", *(f"phase-{kind}.mp3" for kind in _PHASES)), _phases),
        "score": Piece(("score.png", "score.mp3", "score-edited.mp3"), _score),
        "sections": Piece(("sections.png",), _sections),
        "settings": Piece(
            ("settings.png", "setting-none.mp3", "setting-window.mp3", "setting-path.mp3"), _settings
        ),
        **concept_maps.pieces(),
        **concept_runs.pieces(),
    }


def _grains(picture: Path, sound: Path) -> None:
    """Some samples under the windows that cut grains out of them, and the grains."""
    rate = demo().sample_rate
    first, n = round(_FROM_S * rate), round(_CLOSE_S * rate)
    mono = demo().samples.mean(axis=0)
    made, (whole, apart) = figure(2, height=3.6)
    waveform(whole, mono[first : first + n], rate)
    waveform(apart, np.zeros(n, np.float32), rate)
    top = float(np.abs(mono[first : first + n]).max())
    weights = gr.Framing(_WINDOW, _WINDOW, _HOP).weights()
    t = np.arange(_WINDOW) / rate
    for i in range((n - _WINDOW) // _HOP + 1):
        at, colour = i * _HOP, ACCENTS[i % len(ACCENTS)]
        whole.plot(at / rate + t, weights * top, color=colour, linewidth=1.6)
        grain = mono[first + at : first + at + _WINDOW] * weights
        # A little apart from one another, so that each is seen.
        apart.plot(at / rate + t, grain + top * (1.1 if i % 2 else -1.1), color=colour, linewidth=0.8)
    label(whole, title="the sound, and the windows that lie over it")
    label(apart, title="the grains", x="seconds")
    save(made, picture)
    cut = [excerpt(demo(), _FROM_S + i * _HOP / rate, 0.093) for i in range(10)]
    write(joined([*cut, excerpt(demo(), _FROM_S, 10 * _HOP / rate + 0.1)], 0.25), sound)


def _size(window: str, hop: str) -> Callable[[Path], None]:
    def make(sound: Path) -> None:
        preset = presets.load("confetti").set(f"framing.window={window}", f"framing.hop={hop}")
        write(excerpt(gr.render(demo(), preset), 0.0, 4.0), sound)

    return make


def _cuts(picture: Path) -> None:
    """The same seconds, cut in several ways."""
    heard = excerpt(demo(), 0.0, 5.0)
    made, panels = figure(len(_CUTS), height=1.15 * len(_CUTS) + 0.4, sharex=True)
    for panel, (kind, words), colour in zip(panels, _CUTS.items(), ACCENTS, strict=False):
        hop = ("framing.window=400ms", "framing.hop=200ms") if kind == "hop" else ()
        corpus = gr.analyse(heard, Preset.of({}).set(f"segmentation.kind={kind}", *hop))
        waveform(panel, heard.samples.mean(axis=0), heard.sample_rate)
        for onset in corpus.grains.onsets / heard.sample_rate:
            panel.axvline(onset, color=colour, linewidth=1.4)
        label(panel, title=f"{words}: {len(corpus)} grains")
    panels[-1].set_xlabel("seconds", color=INK, fontsize=12)
    save(made, picture)


def _hits(sound: Path) -> None:
    preset = presets.load("hits").set("path.kind=shuffle")
    write(excerpt(gr.render(demo(), preset), 0.0, 6.0), sound)


def _descriptors(picture: Path) -> None:
    """A spectrogram, and three descriptors of the same grains below it."""
    measured = Preset.of(
        {
            "framing": {"n_fft": 4096, "window": 4096, "hop": 1024},
            "descriptors": [{"kind": kind} for kind in ("level", "centroid", "flatness")],
            "scaling": {"kind": "none"},
        }
    )
    corpus = gr.analyse(demo(), measured)
    seconds = np.arange(len(corpus)) * corpus.framing.hop / corpus.sample_rate
    made, panels = figure(4, height=6.2, sharex=True)
    spectrogram(panels[0], demo())
    names = zip(
        panels[1:],
        corpus.descriptors.names,
        corpus.descriptors.units,
        corpus.descriptors.values.T,
        strict=True,
    )
    for (panel, name, unit, values), colour in zip(names, ACCENTS, strict=False):
        panel.plot(seconds, values, color=colour, linewidth=1.1)
        label(panel, title=f"{name} ({unit})" if unit else name)
    panels[-1].set_xlabel("seconds", color=INK, fontsize=12)
    save(made, picture)


def _phases(picture: Path, *sounds: Path) -> None:
    """The same path, sounded with several phases: some seconds to hear, a moment to see."""
    made, panels = figure(len(_PHASES), height=1.1 * len(_PHASES) + 0.4, sharex=True)
    for panel, (kind, words), path in zip(panels, _PHASES.items(), sounds, strict=True):
        result = gr.render(demo(), presets.load("unfold").set(f"phase.kind={kind}"))
        write(excerpt(result, 1.0, _PHASE_S), path)
        first, last = (round((at + 1.0) * result.sample_rate) for at in _SEEN_S)
        waveform(panel, result.samples.mean(axis=0)[first:last], result.sample_rate, _SEEN_S[0])
        label(panel, title=f"{kind}: {words}")
    panels[-1].set_xlabel("seconds", color=INK, fontsize=12)
    save(made, picture)


def _score(picture: Path, sound: Path, edited: Path) -> None:
    """A score as it was made, and with every other event an octave lower and backwards."""
    played = gr.score(demo(), presets.load("hits"))
    events = played.events
    odd = np.arange(len(events)) % 2 == 1
    rate = np.where(odd, np.float32(-0.5), events.rate).astype(np.float32)
    # A grain that goes backwards begins at its end.
    start = np.where(odd, events.start + events.length // 2, events.start)
    changed = replace(played, events=replace(events, rate=rate, start=start))
    made, panels = figure(2, height=4.8, sharex=True)
    for panel, title, one in zip(panels, ("as it was made", "edited"), (played, changed), strict=True):
        _draw_events(panel, one)
        label(panel, title=title, y="recording (s)")
    panels[-1].set_xlabel("result (s)", color=INK, fontsize=12)
    save(made, picture)
    for one, path in ((played, sound), (changed, edited)):
        write(excerpt(gr.render(one), 0.0, 8.0), path)


def _draw_events(panel: object, score: gr.Score) -> None:
    """A line for each event: from when to when it sounds, and from where to where in the recording."""
    from matplotlib.collections import LineCollection

    events, hertz = score.events, score.sample_rate
    ends = events.start + events.length * events.rate
    begin = np.stack([events.time, events.start], axis=1) / hertz
    end = np.stack([events.time + events.length, ends], axis=1) / hertz
    colours = [ACCENTS[0] if rate < 0 else ACCENTS[1] for rate in events.rate]
    lines: NDArray[np.float64] = np.stack([begin, end], axis=1)
    panel.add_collection(LineCollection(list(lines), colors=colours, linewidths=3.0))  # type: ignore[attr-defined]
    panel.autoscale()  # type: ignore[attr-defined]


def _sections(picture: Path) -> None:
    """The sections of a preset, in their order."""
    assert list(MOVED)[: len(SECTIONS)] == list(SECTIONS)
    chain(picture, list(SECTIONS), across=4)


def _settings(picture: Path, *sounds: Path) -> None:
    """One preset, and two changes of it."""
    settings = {
        "unfold": (),
        "framing.window=250ms": ("framing.window=250ms", "framing.hop=60ms"),
        "path.kind=reverse": ("path.kind=reverse",),
    }
    found = []
    for (title, change), path in zip(settings.items(), sounds, strict=True):
        result = excerpt(gr.render(demo(), presets.load("unfold").set(*change)), 0.0, 5.0)
        write(result, path)
        found.append((title, result))
    spectrograms(picture, found)
