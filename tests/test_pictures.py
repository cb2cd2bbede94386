"""What a picture shows is what is in the sounds and the corpus, and its file is whole or not there."""

from __future__ import annotations

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from granulate import pictures, storage
from granulate.corpus import analyse, cut
from granulate.errors import OutputError, ParameterError
from granulate.kernels.mel import hz_to_mel, mel_to_hz
from granulate.pictures import check_picture, drawing, original_times, plot, plot_corpus, spectrograms
from granulate.pictures.look import LEVELS, TIMES
from granulate.preset import Preset
from granulate.types import Corpus, Descriptors, Embedding, Framing, Origin, Sound
from tests.conftest import melody


def corpus_of(*sounds: Sound, dimensions: int | None = 2, hop: int = 512) -> Corpus:
    """A corpus whose embedding is known: points drawn at random."""
    framing = Framing(2 * hop, 2 * hop, hop)
    grains = cut(sounds, framing)
    rng = np.random.default_rng(1)
    values = rng.standard_normal((len(grains), 5)).astype(np.float32)
    embedding = None
    if dimensions:
        embedding = Embedding(rng.standard_normal((len(grains), dimensions)), "tsne")
    return Corpus(sounds, framing, grains, Descriptors(values, tuple("abcde"), ("dB",) * 5), embedding)


def sine(hertz: float, sample_rate: int = 44_100, seconds: float = 1.0, amplitude: float = 0.5) -> Sound:
    return Sound(
        amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * sample_rate)) / sample_rate),
        sample_rate,
    )


def panel(figure: Figure, title: str) -> Axes:
    """The panel whose title begins so."""
    return next(axes for axes in figure.axes if axes.get_title(loc="left").startswith(title))


def dots(axes: Axes) -> tuple[np.ndarray, np.ndarray]:
    """What a panel's scatter shows: places (n, 2) and what they are coloured by (n,)."""
    scatter = axes.collections[0]
    return np.asarray(scatter.get_offsets()), np.asarray(scatter.get_array())


def levels(figure: Figure, title: str) -> np.ndarray:
    return np.asarray(panel(figure, title).images[0].get_array())


# --- the file -------------------------------------------------------------------------------------


def test_a_png_of_the_stated_size_in_which_every_panel_shows_something(tmp_path: Path, sound: Sound) -> None:
    corpus = corpus_of(sound)
    order = np.random.default_rng(0).permutation(len(corpus))
    figure = plot(sound, sound, corpus, tmp_path / "picture.png", order=order)
    drawn = Image.open(tmp_path / "picture.png")
    assert drawn.format == "PNG"
    assert drawn.size == (1280, 780) == tuple(np.round(figure.get_size_inches() * figure.dpi).astype(int))
    pixels = np.asarray(drawn.convert("RGB"), np.int64) @ [1 << 16, 1 << 8, 1]
    colours = []
    for axes in figure.axes:
        x0, y0, x1, y1 = (axes.get_position().extents * np.tile(drawn.size, 2)).astype(int)
        inside = pixels[drawn.size[1] - y1 + 3 : drawn.size[1] - y0 - 3, x0 + 3 : x1 - 3]
        colours.append(len(np.unique(inside)))
    assert len(figure.axes) == 6  # four panels and two colour bars
    assert min(colours) > 40


def test_nothing_given_is_changed(sound: Sound) -> None:
    corpus, kept = corpus_of(sound), sound.samples.copy()
    order = np.arange(len(corpus))[::-1].copy()
    plot(sound, sound, corpus, order=order)
    assert np.array_equal(sound.samples, kept)
    assert np.array_equal(order, np.arange(len(corpus))[::-1])


def test_the_same_picture_every_time_also_from_threads(tmp_path: Path, sound: Sound) -> None:
    corpus = corpus_of(sound)

    def drawn(name: str) -> bytes:
        plot(sound, sound, corpus, tmp_path / name, order=np.arange(len(corpus))[::-1])
        return (tmp_path / name).read_bytes()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(drawn, ["a.png", "b.png"]))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("extension", "magic"),
    [("pdf", b"%PDF"), ("svg", b"<?xml"), ("JPG", b"\xff\xd8\xff")],
)
def test_other_formats_by_extension(tmp_path: Path, extension: str, magic: bytes) -> None:
    short = melody(0.3)
    plot(short, short, corpus_of(short), tmp_path / f"picture.{extension}")
    assert (tmp_path / f"picture.{extension}").read_bytes().startswith(magic)


def test_every_format_that_is_promised_is_one_that_matplotlib_writes() -> None:
    assert set(pictures.FORMATS) <= set(FigureCanvasAgg(Figure()).get_supported_filetypes())


@pytest.mark.parametrize(
    "name", ["picture.bmpx", "picture", "picture.wav", ".png", "picture.pn\ng", "picture.raw"]
)
def test_another_extension_is_refused_before_any_work(
    tmp_path: Path, sound: Sound, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(drawing, "_drawn", lambda *_: pytest.fail("drawn all the same"))
    with pytest.raises(OutputError, match=r"allowed: \.eps, .*\.png.*\.webp") as raised:
        plot(sound, sound, corpus_of(sound), tmp_path / name)
    assert "\n" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_what_exists_is_replaced_by_force_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = melody(0.3)
    path = tmp_path / "picture.png"
    path.write_bytes(b"mine")
    with monkeypatch.context() as patched:
        patched.setattr(drawing, "_drawn", lambda *_: pytest.fail("drawn all the same"))
        with pytest.raises(OutputError, match="exists"):
            plot(short, short, corpus_of(short), path)
    assert path.read_bytes() == b"mine"
    plot(short, short, corpus_of(short), path, force=True)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [p.name for p in tmp_path.iterdir()] == ["picture.png"]


def test_a_picture_over_an_input_is_refused_even_by_force(tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="one of the inputs"):
        check_picture(path, force=True, inputs=[path])
    check_picture(path, force=True)


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), ValueError("no"), KeyboardInterrupt()]
)
def test_a_failed_write_leaves_nothing_and_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    short = melody(0.3)

    def half(figure: Figure, path: Path, **_: object) -> None:
        Path(path).write_bytes(b"\x89PNG half")
        raise error

    path = tmp_path / "picture.png"
    path.write_bytes(b"mine")
    monkeypatch.setattr(Figure, "savefig", half)
    expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else OutputError
    with pytest.raises(expected):
        plot(short, short, corpus_of(short), path, force=True)
    assert path.read_bytes() == b"mine"
    assert [p.name for p in tmp_path.iterdir()] == ["picture.png"]


def test_it_needs_no_display_and_leaves_matplotlib_as_it_was() -> None:
    code = """
import os, sys
os.environ.pop("DISPLAY", None)
os.environ["MPLBACKEND"] = "tkagg"
import matplotlib
before = dict(matplotlib.rcParams)
from granulate.corpus import cut
from granulate.pictures import plot
from granulate.types import Corpus, Descriptors, Framing, Sound
sound, framing = Sound([0.1, -0.2] * 3000, 8000), Framing()
grains = cut((sound,), framing)
corpus = Corpus((sound,), framing, grains, Descriptors([[0.0, 1.0]] * len(grains), ("a", "b"), ("", "")))
plot(sound, sound, corpus)._repr_png_()
assert dict(matplotlib.rcParams) == before
assert "matplotlib.pyplot" not in sys.modules
assert "librosa" not in sys.modules
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)


# --- the grains -----------------------------------------------------------------------------------


def test_the_scatter_is_the_embedding_coloured_by_when_each_grain_was_recorded(sound: Sound) -> None:
    corpus = corpus_of(sound)
    places, colours = dots(panel(plot(sound, sound, corpus), f"{len(corpus)} grains"))
    assert np.array_equal(places, corpus.embedding.points)
    assert np.allclose(colours, np.arange(len(corpus)) * 512 / sound.sample_rate)


def test_of_many_grains_none_is_left_out_and_the_late_ones_do_not_hide_the_early_ones() -> None:
    corpus = corpus_of(Sound(np.zeros(30_000, np.float32), 8000), hop=10)
    places, colours = dots(panel(plot_corpus(corpus), "3,001 grains"))
    back = np.argsort(colours)
    assert np.array_equal(places[back], corpus.embedding.points)
    assert np.allclose(colours[back], original_times(corpus))
    assert abs(np.corrcoef(np.arange(len(colours)), colours)[0, 1]) < 0.1


def test_one_dimension_is_drawn_over_the_original_time(sound: Sound) -> None:
    corpus = corpus_of(sound, dimensions=1)
    axes = panel(plot_corpus(corpus), f"{len(corpus)} grains")
    places, colours = dots(axes)
    assert np.allclose(places[:, 0], original_times(corpus))
    assert np.array_equal(places[:, 1].astype(np.float32), corpus.embedding.points[:, 0])
    assert np.array_equal(colours, original_times(corpus))
    assert axes.get_xlim() == (0, sound.duration)


@pytest.mark.parametrize("with_order", [False, True])
def test_three_dimensions_are_drawn_as_three_projections(sound: Sound, with_order: bool) -> None:
    corpus = corpus_of(sound, dimensions=3)
    order = np.arange(len(corpus)) if with_order else None
    figure = plot(sound, sound, corpus, order=order)
    shown = [dots(axes)[0] for axes in figure.axes if "t-SNE" in axes.get_xlabel()]
    points = corpus.embedding.points
    for pair, places in zip([(0, 1), (0, 2), (1, 2)], shown, strict=True):
        assert np.array_equal(places, points[:, pair])


def test_without_an_embedding_pca_of_the_descriptors_is_drawn(sound: Sound) -> None:
    corpus = corpus_of(sound, dimensions=None)
    axes = panel(plot(sound, sound, corpus), f"{len(corpus)} grains by similarity: PCA of the descriptors")
    values = corpus.descriptors.values - corpus.descriptors.values.mean(axis=0)
    left, sizes, _ = np.linalg.svd(values, full_matrices=False)
    expected = left[:, :2] * sizes[:2]
    places = dots(axes)[0]
    assert np.allclose(np.abs(places), np.abs(expected), atol=1e-3)


def test_the_order_is_which_moment_of_the_original_sounds_when(sound: Sound) -> None:
    corpus = corpus_of(sound)
    order = np.random.default_rng(3).integers(0, len(corpus), 2 * len(corpus))  # some twice, some never
    figure = plot(sound, sound, corpus, order=order)
    places, colours = dots(panel(figure, "which moment"))
    hop = 512 / sound.sample_rate
    assert np.allclose(places, np.stack([np.arange(len(order)) * hop, order * hop], axis=1))
    assert np.allclose(colours, order * hop)
    assert panel(figure, "which moment").get_xlim() == panel(figure, "after").get_xlim()


@pytest.mark.parametrize("order", [[0, 10_000], [-1], [], [[0, 1]], [0.5], ["a"]])
def test_an_order_of_what_is_no_grain_is_refused(sound: Sound, order: list[object]) -> None:
    with pytest.raises(ParameterError, match="order"):
        plot(sound, sound, corpus_of(sound), order=order)


def test_sounds_of_one_corpus_are_drawn_one_after_another() -> None:
    first, second = sine(300, 8000, 0.5), sine(1500, 8000, 0.25)
    corpus = corpus_of(first, second)
    figure = plot(first, second, corpus)
    before = panel(figure, "before: sound and 1 more")
    assert before.get_xlim() == (0, 0.75)
    shown = levels(figure, "before")
    height = np.argmax(shown, axis=0)
    third = shown.shape[1] // 3
    early, late = height[8 : 2 * third - 8], height[2 * third + 8 : -8]
    assert len(set(early)) == len(set(late)) == 1
    assert early[0] < late[0] - 10
    times = original_times(corpus)
    assert times[corpus.grains.sounds == 1].min() == 0.5
    assert panel(figure, "after").get_xlim() == (0, 0.25)
    # A sound that the corpus does not hold is drawn alone.
    assert panel(plot(second, first, corpus_of(first)), "target: sound").get_xlim() == (0, 0.25)


def test_early_and_late_are_told_apart_by_lightness_alone() -> None:
    from matplotlib.colors import to_rgb

    def lightness(colour: tuple[float, ...]) -> float:
        rgb = np.array(to_rgb(colour[:3]))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16)

    for colours, most in ((TIMES, 82), (LEVELS, 100)):
        found = np.array([lightness(colours(x)) for x in np.linspace(0, 1, 32)])
        steps = np.diff(found)
        assert steps.min() > 0.3 * steps.mean()  # evenly up, all the way
        assert found[-1] < most  # dots stay visible on white


# --- the spectrograms -----------------------------------------------------------------------------


@pytest.mark.parametrize("sample_rate", [8000, 22_050, 44_100, 96_000])
def test_sines_are_drawn_at_their_frequencies_and_times(sample_rate: int) -> None:
    parts = np.array([0.02, 0.2, 0.8]) * sample_rate / 2
    sound = Sound(np.concatenate([sine(hertz, sample_rate, 0.3).samples[0] for hertz in parts]), sample_rate)
    image = panel(plot(sound, sound, corpus_of(sound)), "before").images[0]
    shown = np.asarray(image.get_array())
    left, right, bottom, top = image.get_extent()
    assert (left, right, bottom) == (0, sound.duration, 0)
    assert top == pytest.approx(float(hz_to_mel(sample_rate / 2)))
    height = (top - bottom) / len(shown)
    for i, hertz in enumerate(parts):
        row = np.argmax(shown[:, int((i + 0.5) / 3 * shown.shape[1])])
        assert abs((row + 0.5) * height - hz_to_mel(hertz)) < 1.01 * height


def test_the_frequency_axis_is_labelled_in_hertz() -> None:
    axes = panel(plot(sine(440), sine(440), corpus_of(sine(440))), "before")
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "0",
        "500",
        "1000",
        "2000",
        "4000",
        "8000",
        "16000",
    ]
    assert np.allclose(mel_to_hz(axes.get_yticks()), [0, 500, 1000, 2000, 4000, 8000, 16_000])
    assert mel_to_hz(axes.get_ylim()[1]) == pytest.approx(22_050)


def test_both_spectrograms_share_one_scale_of_80_db() -> None:
    loud, soft = sine(1000, amplitude=0.8), sine(1000, amplitude=0.08)
    figure = plot(soft, loud, corpus_of(soft))
    assert levels(figure, "after").max() == pytest.approx(0, abs=1e-4)
    assert levels(figure, "before").max() == pytest.approx(-20, abs=0.01)
    assert levels(figure, "before").min() == -80
    assert {panel(figure, title).images[0].get_clim() for title in ("before", "after")} == {(-80, 0)}


def test_the_spectrogram_agrees_with_librosa(sound: Sound) -> None:
    librosa = pytest.importorskip("librosa")
    shown = levels(plot(sound, sound, corpus_of(sound)), "before")
    n_fft, n = 1024, shown.shape[1]
    padded = np.pad(sound.samples[0], n_fft)
    middles = ((np.arange(n) + 0.5) * sound.n_samples / n).astype(int) + n_fft
    frames = np.stack([padded[m - n_fft // 2 : m + n_fft // 2] for m in middles], axis=1)
    power = np.abs(np.fft.rfft(frames * np.hanning(n_fft + 1)[:-1, None], axis=0)) ** 2
    filters = librosa.filters.mel(sr=sound.sample_rate, n_fft=n_fft, n_mels=len(shown))
    expected = librosa.power_to_db(filters @ power, ref=np.max, top_db=80)
    assert np.abs(shown - np.maximum(expected, -80)).max() < 0.05


def test_stereo_that_would_cancel_out_is_seen() -> None:
    left = sine(1000).samples[0]
    sound = Sound(np.stack([left, -left]), 44_100)
    mono = levels(plot(sine(1000), sine(1000), corpus_of(sound)), "before")
    assert np.allclose(levels(plot(sound, sound, corpus_of(sound)), "before"), mono, atol=0.01)


def test_a_long_sound_costs_no_more_than_a_bounded_number_of_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_count = []

    def counted(samples: np.ndarray, starts: np.ndarray, *rest: object) -> np.ndarray:
        cut_count.append(len(starts))
        return original(samples, starts, *rest)

    original = spectrograms.cut_frames
    monkeypatch.setattr(spectrograms, "cut_frames", counted)
    long = Sound(np.zeros(20 * 60 * 8000, np.float32), 8000)
    power = spectrograms._mel_power((long,))
    assert len(power) <= 1000
    assert sum(cut_count) <= 8000


def test_a_hit_in_minutes_of_silence_is_seen() -> None:
    samples = np.zeros(180 * 8000, np.float32)
    samples[90 * 8000 : 90 * 8000 + 800] = 0.5
    power = spectrograms._mel_power((Sound(samples, 8000),)).max(axis=1)
    assert abs(np.argmax(power) - 0.5 * len(power)) <= 2
    assert np.count_nonzero(power > 0) <= 4


def test_a_sound_kept_on_disk_is_drawn_as_one_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = melody(n_channels=2)
    in_memory = spectrograms._mel_power((sound,))
    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 1)
    frames = storage.allocate(sound.n_samples, 2)
    frames[:] = sound.frames
    assert np.array_equal(spectrograms._mel_power((Sound(frames.T, sound.sample_rate),)), in_memory)


# --- odd ones -------------------------------------------------------------------------------------

ODD = {
    "silence": Sound(np.zeros(9000, np.float32), 44_100),
    "one sample": Sound(np.array([0.5], np.float32), 44_100),
    "two grains": Sound(np.linspace(-0.5, 0.5, 600, dtype=np.float32), 44_100),
    "one hertz": Sound(np.array([0.1, -0.1, 0.3], np.float32), 1),
    "192 kHz": melody(0.2, 192_000),
    "16 channels": melody(0.2, 8000, 16),
    "very loud": Sound(np.tile(np.array([3e38, -3e38], np.float32), 3000), 8000),
    "very soft": Sound(np.tile(np.array([1e-12, -1e-12], np.float32), 3000), 8000),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_sounds_are_drawn_with_finite_levels_and_without_warnings(name: str) -> None:
    sound = ODD[name]
    corpus = corpus_of(sound, dimensions=2)
    figure = plot(sound, sound, corpus, order=np.arange(len(corpus)))
    if name in ("silence", "one hertz"):
        assert Image.open(io.BytesIO(figure._repr_png_())).size == (1280, 780)
    shown = levels(figure, "before")
    assert np.isfinite(shown).all()
    assert shown.min() >= -80
    assert shown.max() == (-80 if name == "silence" else pytest.approx(0, abs=1e-4))


def test_silence_analysed_and_reduced_is_drawn_at_one_place() -> None:
    silence = ODD["silence"]
    corpus = analyse(silence, Preset.of({"reduction": {"kind": "pca", "dimensions": 2}}))
    places, _ = dots(panel(plot_corpus(corpus), f"{len(corpus)} grains"))
    assert np.array_equal(places, np.zeros((len(corpus), 2)))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("cost $5 or $6_{x} 日.wav", "before: cost $5 or $6_{x} □.wav"),
        ("a\nb\x1b[31m.wav", "before: a\\nb\\x1b[31m.wav"),
        ("folder/of/sounds/violin.wav", "before: violin.wav"),
        ("x" * 60 + "-take-7.wav", "before: " + "x" * 20 + "…" + "x" * 8 + "-take-7.wav"),
    ],
)
def test_file_names_are_shown_as_they_are(name: str, title: str) -> None:
    sound = melody(0.2)
    sound = Sound(sound.samples, sound.sample_rate, Origin(name, "WAV", "PCM_16", sound.sample_rate, 1))
    figure = plot(sound, sound, corpus_of(sound))
    axes = panel(figure, "before")
    assert axes.get_title(loc="left") == title
    if "$" in name:
        figure._repr_png_()  # no formula, and what the font has not is no warning
    assert axes._left_title.get_window_extent().width < axes.get_window_extent().width


def test_every_axis_says_its_unit() -> None:
    sound = melody(0.3)
    for dimensions in (1, 2, 3):
        corpus = corpus_of(sound, dimensions=dimensions)
        for axes in plot(sound, sound, corpus, order=np.arange(len(corpus))).axes:
            labels = [axes.get_ylabel()] + ([axes.get_xlabel()] if axes.get_label() != "<colorbar>" else [])
            assert all(label.endswith(")") and "(" in label for label in labels), labels
