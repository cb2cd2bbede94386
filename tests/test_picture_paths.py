"""A path is drawn where, when and as loud as its grains are played."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from granulate import api
from granulate.corpus import analyse
from granulate.errors import ParameterError
from granulate.paths import follow
from granulate.pictures import original_times, plot
from granulate.pictures.levels import sounding_levels
from granulate.preset import Preset
from granulate.sound_file import match
from granulate.types import Corpus, Events, Origin, Sound
from tests.conftest import melody
from tests.test_pictures import corpus_of, dots, panel, sine


def path_line(axes: Axes) -> tuple[np.ndarray, np.ndarray]:
    """The line over an embedding: its corners (n, 2), and how opaque each step is (n - 1,)."""
    line = next(c for c in axes.collections if isinstance(c, LineCollection))
    steps = np.stack(line.get_segments())
    assert np.array_equal(steps[1:, 0], steps[:-1, 1])  # in one piece
    return np.vstack([steps[:1, 0], steps[:, 1]]), np.asarray(line.get_colors())[:, 3]


def marked(axes: Axes) -> dict[str, tuple[float, float]]:
    found = {line.get_label(): line.get_xydata() for line in axes.get_lines()}
    return {name: tuple(found[name][0]) for name in ("begin", "end")}


def key_of(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def events_of(corpus: Corpus, order: np.ndarray, **columns: object) -> Events:
    """Events of whole grains, half overlapping."""
    length = corpus.grains.lengths[order]
    given = {
        "time": np.cumsum(length // 2),
        "sound": corpus.grains.sounds[order],
        "start": corpus.grains.onsets[order],
        "length": length,
    }
    return Events(**(given | columns))


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_the_path_runs_through_its_grains_in_the_order_played(sound: Sound, dimensions: int) -> None:
    corpus = corpus_of(sound, dimensions=dimensions)
    order = np.random.default_rng(2).integers(0, len(corpus), 30)
    figure = plot(sound, sound, corpus, order=order)
    pairs = {1: [(-1, 0)], 2: [(0, 1)], 3: [(0, 1), (0, 2), (1, 2)]}[dimensions]
    panels = [axes for axes in figure.axes if "t-SNE" in axes.get_xlabel() + axes.get_ylabel()]
    columns = [*corpus.embedding.points.T, original_times(corpus)]  # of which the last is -1
    for axes, (x, y) in zip(panels, pairs, strict=True):
        expected = np.stack([columns[x], columns[y]], axis=1)[order]
        corners, opacities = path_line(axes)
        assert np.allclose(corners, expected)
        assert marked(axes) == {"begin": tuple(expected[0]), "end": tuple(expected[-1])}
        assert opacities.min() > 0.05
    assert key_of(panels[0]) == ["path: 30 grains, later darker", "begin", "end"]


def test_of_a_long_path_some_thousand_steps_are_drawn_and_the_key_says_which() -> None:
    corpus = corpus_of(Sound(np.zeros(8000, np.float32), 8000), hop=10)
    order = np.random.default_rng(2).integers(0, len(corpus), 50_000)
    axes = panel(plot(corpus.sounds[0], corpus.sounds[0], corpus, order=order), "801 grains")
    corners, _ = path_line(axes)
    every = int(re.fullmatch(r"path: 1 in (\d+) of 50,000 grains, later darker", key_of(axes)[0])[1])
    assert 3000 < len(corners) < 7000
    assert np.allclose(corners[:-1], corpus.embedding.points[order[:-1:every]])
    assert np.allclose(corners[-1], corpus.embedding.points[order[-1]])


def test_a_path_that_jumps_everywhere_does_not_bury_the_points() -> None:
    """Of the dots' pixels, most keep most of their colour, and the path is still seen between them."""
    silence = Sound(np.zeros(16_000, np.float32), 8000)
    corpus = corpus_of(silence, hop=8)

    def drawn(order: np.ndarray | None) -> np.ndarray:
        figure = plot(silence, silence, corpus, order=order)
        figure.set_layout_engine("none")  # which would take most of the time
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)
        axes = panel(figure, "2,001 grains")
        x0, y0, x1, y1 = axes.get_window_extent().extents.astype(int)
        return pixels[len(pixels) - y1 + 2 : len(pixels) - y0 - 2, x0 + 2 : x1 - 2]

    # A path of one grain, often repeated, draws nothing but its marks.
    still, shuffled = drawn(np.zeros(2, int)), drawn(np.random.default_rng(0).permutation(len(corpus)))
    dots = np.ptp(still, axis=2) > 80
    paper = still.min(axis=2) == 255
    kept = np.ptp(shuffled, axis=2)[dots] / np.ptp(still, axis=2)[dots]
    assert np.median(kept) > 0.5
    assert np.mean(shuffled.min(axis=2)[paper] < 250) > 0.02


def test_later_steps_are_darker_where_all_else_is_alike(sound: Sound) -> None:
    corpus = corpus_of(sound)
    there_and_back = np.tile([3, 40], 10)
    opacities = path_line(panel(plot(sound, sound, corpus, order=there_and_back), f"{len(corpus)} g"))[1]
    assert (np.diff(opacities) > 0).all()
    assert opacities[-1] > 2 * opacities[0]


def test_events_say_when_and_from_where_in_the_recordings() -> None:
    sounds = melody(1.0), melody(0.7)
    corpus = corpus_of(*sounds)
    rate, rng = sounds[0].sample_rate, np.random.default_rng(5)
    order = rng.permutation(len(corpus))[:50]
    lengths = rng.integers(500, 5000, 50)
    times = np.sort(rng.integers(0, 40_000, 50))
    events = events_of(corpus, order, time=times, length=lengths, rate=2)
    places, colours = dots(panel(plot(sounds[0], melody(), corpus, order=order, events=events), "which"))
    begins = corpus.grains.onsets[order] + np.where(corpus.grains.sounds[order] == 1, rate, 0)
    assert np.allclose(places, np.stack([times + lengths / 2, begins + lengths], axis=1) / rate)
    assert np.allclose(colours, places[:, 1])


def test_events_on_the_grid_are_drawn_as_an_order_alone(sound: Sound) -> None:
    corpus = corpus_of(sound)
    order = np.random.default_rng(3).permutation(len(corpus))
    on_grid = np.arange(len(order)) * corpus.framing.hop - corpus.framing.lead
    events = events_of(corpus, order, time=on_grid)
    pictures = [plot(sound, sound, corpus, order=order, events=given) for given in (None, events)]
    (places, colours), (with_events, with_colours) = (dots(panel(f, "which moment")) for f in pictures)
    assert np.allclose(places, with_events)
    assert np.allclose(colours, with_colours)


def test_long_grains_are_lines_that_rise_with_their_rate_and_fall_backwards(sound: Sound) -> None:
    corpus = corpus_of(sound)
    rates = np.array([1, -1, 0.5, -2])
    events = events_of(corpus, np.full(4, 20), rate=rates, length=9000, time=np.arange(4) * 9000)
    axes = panel(plot(sound, sound, corpus, order=np.full(4, 20), events=events), "which moment")
    assert key_of(axes) == ["from beginning to end of a grain"]
    lines = next(c for c in axes.collections if isinstance(c, LineCollection))
    (x0, y0), (x1, y1) = np.stack(lines.get_segments()).transpose(1, 2, 0)
    assert np.allclose(np.stack([x0, x1]) * sound.sample_rate, [events.time, events.time + 9000])
    assert np.allclose((y1 - y0) / (x1 - x0), rates)
    starts = events.start[0] / sound.sample_rate
    assert np.allclose(np.minimum(y0, y1), starts)  # either way the same stretch is read


def test_quiet_grains_are_small_and_pale_where_gains_differ(sound: Sound) -> None:
    corpus = corpus_of(sound)
    order = np.full(3, 10)
    events = events_of(corpus, order, gain=[1, 0.5, -0.25])
    axes = panel(plot(sound, sound, corpus, order=order, events=events), "which moment")
    assert "paler is quieter" in key_of(axes)
    for drawn in (axes.collections[0].get_sizes(), axes.collections[0].get_alpha()):
        assert drawn[0] > drawn[1] > drawn[2] > 0
    alike = plot(sound, sound, corpus, order=order, events=events_of(corpus, order, gain=0.3))
    assert len(panel(alike, "which moment").collections[0].get_sizes()) == 1
    assert "paler is quieter" not in key_of(panel(alike, "which moment"))


def test_the_level_of_an_event_is_that_of_what_it_reads() -> None:
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((2, 40_000)) * np.linspace(0, 1, 40_000)
    sounds = Sound(noise, 8000), Sound(0.1 * noise[:, ::-1], 8000)
    events = Events(
        time=np.arange(40) * 10,
        sound=np.arange(40) % 2,
        start=rng.integers(0, 30_000, 40),
        length=rng.integers(2000, 4000, 40),
        rate=rng.choice([1, -1, 2, -2], 40),
        gain=rng.uniform(0.1, 2, 40),
    )
    expected = [
        events.gain[i]
        * np.sqrt(
            np.mean(
                sounds[events.sound[i]].samples[:, events.start[i] :][
                    :, : events.length[i] * int(abs(events.rate[i]))
                ]
                ** 2
            )
        )
        for i in range(40)
    ]
    assert np.allclose(sounding_levels(sounds, events), expected, rtol=0.05)
    outside = Events(time=[0, 0, 0], sound=0, start=[-5000, 39_000, 41_000], length=2000, gain=1)
    found = sounding_levels(sounds, outside)
    assert found[0] == found[2] == 0
    assert found[1] == pytest.approx(np.sqrt(np.sum(sounds[0].samples[:, 39_000:] ** 2) / 4000), rel=0.01)


def test_the_line_follows_the_loudest_of_grains_that_begin_together(sound: Sound) -> None:
    corpus = corpus_of(sine(400))
    order = np.array([10, 20, 30, 40, 50, 60])
    events = events_of(corpus, order, time=np.array([0, 0, 500, 500, 500, 900]), gain=[1, 3, 1, 2, 5, 1])
    axes = panel(plot(sound, sound, corpus, order=order, events=events), f"{len(corpus)} grains")
    assert np.allclose(path_line(axes)[0], corpus.embedding.points[[20, 50, 60]])
    assert key_of(axes)[0] == "path: 3 moments' loudest grains"


def test_events_are_drawn_in_the_order_of_time_whatever_their_rows(sound: Sound) -> None:
    corpus = corpus_of(sound)
    order = np.arange(40)
    events = events_of(corpus, order)
    turned = plot(sound, sound, corpus, order=order[::-1], events=events.taken(np.arange(40)[::-1]))
    assert np.allclose(path_line(panel(turned, f"{len(corpus)} g"))[0], corpus.embedding.points[order])


def test_events_that_are_not_those_of_the_order_are_refused(sound: Sound) -> None:
    corpus = corpus_of(sound)
    events = events_of(corpus, np.arange(5))
    with pytest.raises(ParameterError, match="5 events of an order of 4 grains"):
        plot(sound, sound, corpus, order=np.arange(4), events=events)
    with pytest.raises(ParameterError, match="sound 1; allowed: 0 to 0"):
        plot(sound, sound, corpus, order=np.arange(5), events=events_of(corpus, np.arange(5), sound=1))
    with pytest.raises(ParameterError, match="without an order"):
        plot(sound, sound, corpus, events=events)


@pytest.mark.parametrize("segmentation", ["hop", "onset"])
def test_a_walk_through_grains_or_segments_is_drawn(segmentation: str) -> None:
    sound = melody(2.0)
    preset = Preset.of({"path": {"kind": "walk", "length": 12}, "reduction": {"kind": "pca"}})
    preset = preset.set(f"segmentation.kind={segmentation}", "reduction.dimensions=2", "grain.kind=whole")
    corpus = analyse(sound, preset)
    played = follow(corpus, preset)
    middles = (corpus.grains.onsets + corpus.grains.lengths / 2) / sound.sample_rate
    assert np.allclose(original_times(corpus), middles)
    figure = plot(sound, sound, corpus, order=played.grains, events=played.events)
    places, _ = dots(panel(figure, "which moment"))
    assert np.allclose(places[:, 1], middles[played.grains])


def test_a_mosaic_is_drawn_with_its_target_and_the_place_in_the_corpus() -> None:
    target = replace(melody(0.6, 22_050), origin=Origin("voice.wav", "WAV", "PCM_16", 22_050, 1))
    sounds = melody(0.5), sine(440, 22_050, 0.4)
    preset = Preset.of({"path": {"kind": "nearest"}})
    corpus = analyse(sounds, preset)
    played = api.rebuild(corpus, target, preset)
    order = np.clip(played.events.start // corpus.framing.hop, 0, len(corpus) - 1)
    figure = plot(target, api.render(played), corpus, order=order, events=played.events)
    assert panel(figure, "target: voice.wav").get_xlim() == (0, target.duration)
    axes = panel(figure, "which moment of the corpus sounds when")
    assert axes.get_ylabel() == "time in the corpus (s)"
    assert axes.get_ylim() == pytest.approx((0, 0.9))
    times = (played.events.time + played.events.length / 2) / corpus.sample_rate
    assert np.allclose(dots(axes)[0][:, 0], times)


def test_the_corpus_of_a_resampled_sound_is_that_of_the_sound(sound: Sound) -> None:
    (resampled,) = match([sound], sample_rate=22_050)
    figure = plot(sound, resampled, corpus_of(resampled), order=np.arange(5))
    assert panel(figure, "before: ").get_xlim() == (0, sound.duration)
    assert panel(figure, "which moment of the original").get_ylabel() == "original time (s)"
