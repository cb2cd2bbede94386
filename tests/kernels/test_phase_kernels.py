"""Phases from magnitudes, from the grain before, and by shifting: against signals whose phases are known."""

from __future__ import annotations

from collections.abc import Callable

import librosa
import numpy as np
import pytest
from scipy.signal import chirp, get_window

from granulate.kernels.align import Aligner
from granulate.kernels.griffin_lim import griffin_lim
from granulate.kernels.pghi import GradientIntegrator, time_frequency_ratio
from granulate.kernels.vocoder import PeakVocoder
from granulate.types import Framing

RATE = 22_050
FRAMINGS = [
    Framing(1024, 1024, 256),
    Framing(2048, 1500, 300, "blackman"),
    Framing(1023, 1001, 200, "hamming"),
]


def names(framing: Framing) -> str:
    return f"{framing.n_fft}-{framing.window}-{framing.hop}-{framing.shape}"


def tones(seconds: float = 1.5) -> np.ndarray:
    """Slow chirps and decaying tones."""
    t = np.arange(int(seconds * RATE)) / RATE
    glides = chirp(t, 300, seconds, 500) + 0.7 * chirp(t, 4000, seconds, 3300)
    struck = sum(np.exp(-3 * (t % 0.5)) * np.sin(2 * np.pi * f * t) for f in (881.0, 1402.5, 2310.0))
    return (0.2 * (glides + struck)).astype(np.float32)


def stft(x: np.ndarray, framing: Framing) -> np.ndarray:
    found = librosa.stft(
        x, n_fft=framing.n_fft, hop_length=framing.hop, win_length=framing.window, window=framing.shape
    )
    return np.ascontiguousarray(found.T)


def error(spectra: np.ndarray, framing: Framing) -> float:
    """Spectral convergence in dB of spectra (n, n_bins): what overlap-adding them changes their magnitudes by."""
    y = librosa.istft(
        spectra.T,
        n_fft=framing.n_fft,
        hop_length=framing.hop,
        win_length=framing.window,
        window=framing.shape,
    )
    found, sought = np.abs(stft(y, framing)), np.abs(spectra)
    n = min(len(found), len(sought))
    return float(20 * np.log10(np.linalg.norm(found[:n] - sought[:n]) / np.linalg.norm(sought[:n])))


def in_blocks(
    treat: Callable[[np.ndarray], np.ndarray], rows: np.ndarray, size: int, overlap: int
) -> np.ndarray:
    """All rows treated in blocks of which each begins with the last `overlap` of the block before."""
    parts = []
    for first in range(0, len(rows), size):
        last = min(len(rows), first + size + overlap)
        parts.append(treat(rows[first:last])[: size if last < len(rows) else None])
        if last == len(rows):
            break
    return np.concatenate(parts)


def test_the_ratio_of_hann_is_the_published_one() -> None:
    assert time_frequency_ratio("hann", 1000) == pytest.approx(0.25645e6, rel=0.02)


@pytest.mark.parametrize("shape", ["hamming", "blackman", "nuttall", "parzen", "bohman"])
def test_the_ratio_gives_the_windows_width(shape: str) -> None:
    window = get_window(shape, 4096)
    t = np.arange(4096) - 2048
    bell = np.exp(-np.pi * t**2 / time_frequency_ratio(shape, 4096))
    assert np.count_nonzero(bell > 0.5) == pytest.approx(np.count_nonzero(window > 0.5), rel=0.1)


@pytest.mark.parametrize("framing", FRAMINGS, ids=names)
def test_gradients_find_the_phases_of_tones(framing: Framing) -> None:
    sizes = np.abs(stft(tones(), framing))
    found = error(GradientIntegrator(framing, 1e-6, 0, 1)(sizes), framing)
    angles = np.random.default_rng(0).random(sizes.shape)
    assert found < -15
    assert found < error(sizes.astype(np.complex64), framing) - 10
    assert found < error((sizes * np.exp(2j * np.pi * angles)).astype(np.complex64), framing) - 10


def test_gradients_place_a_click_where_it_was() -> None:
    framing = FRAMINGS[0]
    x = np.zeros(RATE // 2, np.float32)
    x[5000] = 1
    spectra = GradientIntegrator(framing, 1e-6, 0, 1)(np.abs(stft(x, framing)))
    y = librosa.istft(spectra.T, n_fft=framing.n_fft, hop_length=framing.hop)
    near = slice(5000 - 64, 5000 + 65)
    assert np.square(y[near]).sum() > 0.8 * np.square(y).sum()


def test_a_constant_stays_one() -> None:
    framing = FRAMINGS[0]
    x = (0.5 + 0.2 * tones()).astype(np.float32)
    spectra = GradientIntegrator(framing, 1e-6, 0, 1)(np.abs(stft(x, framing)))
    y = librosa.istft(spectra.T, n_fft=framing.n_fft, hop_length=framing.hop)
    assert y[2048:-2048].mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("framing", FRAMINGS, ids=names)
def test_magnitudes_are_kept_and_the_ends_are_real(framing: Framing) -> None:
    spectra = stft(tones(0.5), framing)
    sizes = np.abs(spectra)
    loudest = sizes.max()
    for found in (GradientIntegrator(framing, 1e-6, 0, 1)(sizes), PeakVocoder(framing)(spectra)):
        inner = slice(1, -1 if framing.n_fft % 2 == 0 else None)
        assert np.abs(np.abs(found[:, inner]) - sizes[:, inner]).max() < 1e-5 * loudest
        assert not found[:, 0].imag.any()
        assert framing.n_fft % 2 or not found[:, -1].imag.any()


def test_chance_is_the_seeds() -> None:
    sizes = np.abs(stft(tones(0.5), FRAMINGS[0]))

    def found(seed: int) -> np.ndarray:
        return GradientIntegrator(FRAMINGS[0], 1e-3, seed, 1)(sizes)

    assert np.array_equal(found(1), found(1))
    assert not np.array_equal(found(1), found(2))


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("level", [0.0, 1e-38, 1e-12, 1e15])
def test_few_grains_of_any_level_are_finite(n: int, level: float) -> None:
    framing = Framing(64, 64, 16)
    frames = np.random.default_rng(0).standard_normal((n, 64)) * level
    spectra = np.fft.rfft(frames).astype(np.complex64)
    for found in (
        GradientIntegrator(framing, 1e-6, 0, 1)(np.abs(spectra)),
        PeakVocoder(framing)(spectra),
        griffin_lim(np.abs(spectra)[None], spectra[None], framing, 3, 0.99),
    ):
        assert np.isfinite(found).all()
        assert found.any() == spectra.any()


@pytest.mark.parametrize("size", [1, 7, 33, 64])
def test_blocks_do_not_show(size: int) -> None:
    framing = FRAMINGS[0]
    spectra = stft(tones(), framing)[np.random.default_rng(0).permutation(100)]
    sizes = np.abs(spectra)
    whole = GradientIntegrator(framing, 1e-3, 5, 2)(sizes)
    assert np.array_equal(in_blocks(GradientIntegrator(framing, 1e-3, 5, 2), sizes, size, 2), whole)
    assert np.array_equal(in_blocks(PeakVocoder(framing), spectra, size, 0), PeakVocoder(framing)(spectra))


@pytest.mark.parametrize("framing", FRAMINGS, ids=names)
@pytest.mark.parametrize("frequency", [440.0, 1234.5, 5000.0])
def test_a_vocoded_sine_stays_a_sine_in_any_order(framing: Framing, frequency: float) -> None:
    x = 0.5 * np.sin(2 * np.pi * frequency * np.arange(RATE) / RATE).astype(np.float32)
    inner = stft(x, framing)[8:-8]
    order = np.random.default_rng(0).permutation(len(inner))
    y = librosa.istft(
        PeakVocoder(framing)(inner[order]).T, n_fft=framing.n_fft, hop_length=framing.hop,
        win_length=framing.window, window=framing.shape,
    )[2048:-2048]  # fmt: skip
    spectrum = np.abs(np.fft.rfft(y * np.blackman(len(y)), 1 << 19)) ** 2
    hertz = np.arange(len(spectrum)) * RATE / (1 << 19)
    assert abs(hertz[spectrum.argmax()] - frequency) < 0.01 * RATE / framing.n_fft
    assert spectrum[np.abs(hertz - frequency) < 10].sum() > 0.999 * spectrum.sum()
    assert np.sqrt(2 * np.square(y).mean()) == pytest.approx(0.5, rel=0.02)


def test_griffin_lim_agrees_with_librosas() -> None:
    framing = Framing(1024, 1024, 256)
    sizes = np.abs(stft(tones(), framing))
    theirs = librosa.griffinlim(
        sizes.T, n_iter=16, hop_length=256, n_fft=1024, momentum=0.9, init=None, pad_mode="constant"
    )
    ours = griffin_lim(sizes[None], sizes[None].astype(np.complex64), framing, 16, 0.9)[0]
    n = len(sizes)
    found = np.abs(stft(theirs, framing))[:n]
    their_error = 20 * np.log10(np.linalg.norm(found - sizes[: len(found)]) / np.linalg.norm(sizes))
    assert error(ours, framing) == pytest.approx(their_error, abs=1.5)


@pytest.mark.parametrize(
    "framing", [*FRAMINGS, Framing(64, 64, 16), Framing(256, 256, 256, "boxcar")], ids=names
)
@pytest.mark.parametrize("n_channels", [1, 2])
def test_the_original_order_is_not_shifted(framing: Framing, n_channels: int) -> None:
    noise = 0.05 * np.random.default_rng(0).standard_normal((n_channels, 20_000)).astype(np.float32)
    pool = np.ascontiguousarray((tones()[:20_000] + noise).T)
    starts = np.arange(framing.n_grains(20_000)) * framing.hop - framing.lead
    bounds = np.tile([[0, 20_000]], (len(starts), 1))
    assert np.array_equal(Aligner(framing, framing.hop // 2)(pool, starts, bounds), starts)


@pytest.mark.parametrize("n_channels", [1, 2])
def test_a_jittered_sine_is_put_back_in_phase(n_channels: int) -> None:
    framing = Framing(1024, 1024, 256)
    period = 60
    x = np.sin(2 * np.pi * np.arange(RATE) / period).astype(np.float32)
    pool = np.stack([x, 0.5 * x][:n_channels], axis=1)
    rng = np.random.default_rng(0)
    starts = np.arange(60) * 256 + rng.integers(0, 200, 60)
    bounds = np.tile([[0, len(x)]], (60, 1))
    shifted = Aligner(framing, 128)(pool, starts, bounds)
    late = (shifted - shifted[0] - np.arange(60) * 256 + period // 2) % period - period // 2
    assert np.abs(shifted - starts).max() < period
    assert np.abs(late).max() <= 2


def test_shifts_stay_within_reach_and_do_not_depend_on_blocks() -> None:
    framing = Framing(512, 512, 128)
    rng = np.random.default_rng(0)
    pool = np.stack([tones(), tones()[::-1]], axis=1)
    starts = rng.integers(-400, len(pool), 300)
    bounds = np.tile([[0, len(pool)]], (300, 1))
    for reach in (0, 1, 5, 40, 64):
        whole = Aligner(framing, reach)(pool, starts, bounds)
        assert np.abs(whole - starts).max() == reach
        align = Aligner(framing, reach)
        parts = [align(pool, starts[i : i + 7], bounds[i : i + 7]) for i in range(0, 300, 7)]
        assert np.array_equal(np.concatenate(parts), whole)


def test_a_shift_depends_on_earlier_grains_alone_and_on_nothing_outside_a_sound() -> None:
    framing = Framing(512, 512, 128)
    rng = np.random.default_rng(0)
    pool = rng.standard_normal((9000, 1)).astype(np.float32)
    starts, bounds = rng.integers(3000, 5600, 50), np.tile([[3000, 6000]], (50, 1))
    whole = Aligner(framing, 64)(pool, starts, bounds)
    assert np.array_equal(Aligner(framing, 64)(pool, starts[:20], bounds[:20]), whole[:20])
    pool[:3000], pool[6000:] = 100, -100
    assert np.array_equal(Aligner(framing, 64)(pool, starts, bounds), whole)


def test_silence_is_not_shifted() -> None:
    starts = np.random.default_rng(0).integers(0, 5000, 50)
    bounds = np.tile([[0, 6000]], (50, 1))
    aligner = Aligner(Framing(512, 512, 128), 64)
    assert np.array_equal(aligner(np.zeros((6000, 2), np.float32), starts, bounds), starts)
