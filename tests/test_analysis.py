"""Descriptors against librosa, scalers against their formulas, streaming against the whole."""

from __future__ import annotations

import importlib
import importlib.util

import librosa
import numpy as np
import pytest

from granulate import storage
from granulate.corpus import analyse, cut, describe, framing_of
from granulate.errors import ParameterError
from granulate.kernels import fft
from granulate.preset import Preset
from granulate.stages.descriptors import DESCRIPTORS
from granulate.stages.scalers import SCALING, Table
from granulate.types import Sound
from tests.conftest import melody

RAW = {"scaling": {"kind": "none"}}


def measured(sound: Sound, kind: str, framing: dict | None = None, **parameters: object) -> np.ndarray:
    preset = Preset.of(
        {
            **RAW,
            "framing": framing or {},
            "descriptors": {"kind": kind, **parameters},
            "path": {"kind": "original"},
        }
    )
    return analyse(sound, preset).descriptors.values


@pytest.mark.parametrize("sample_rate", [8000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("bands", [20, 40, 128])
@pytest.mark.filterwarnings("ignore:Empty filters")
def test_mel_bands_are_librosas(sample_rate: int, bands: int) -> None:
    sound = melody(1.0, sample_rate)
    expected = librosa.feature.melspectrogram(
        y=sound.samples[0], sr=sample_rate, n_fft=2048, hop_length=512, n_mels=bands
    )
    assert np.allclose(measured(sound, "mel", bands=bands), expected.T, rtol=1e-3, atol=1e-7 * expected.max())


@pytest.mark.parametrize(
    ("n_fft", "window", "hop"), [(2048, 2048, 512), (2000, 2000, 400), (44_100, 11_025, 5512)]
)
def test_mel_decibels_are_librosas(n_fft: int, window: int, hop: int) -> None:
    sound = melody(3.0, 44_100)
    power = librosa.feature.melspectrogram(
        y=sound.samples[0], sr=44_100, n_fft=n_fft, hop_length=hop, win_length=window
    )
    expected = librosa.power_to_db(power, top_db=80).T
    found = measured(sound, "mel_db", {"n_fft": n_fft, "window": window, "hop": hop})
    heard = expected > expected.max() - 79.9
    assert found.shape == expected.shape
    assert np.abs(found - expected)[heard].max() < 0.01


def test_mfcc_are_librosas(sound: Sound) -> None:
    expected = librosa.feature.mfcc(y=sound.samples[0], sr=22_050, n_mfcc=13, n_fft=2048, hop_length=512)
    assert np.abs(measured(sound, "mfcc", coefficients=13) - expected.T).max() < 0.01


def test_centroid_is_librosas(sound: Sound) -> None:
    expected = librosa.feature.spectral_centroid(y=sound.samples[0], sr=22_050)
    assert np.allclose(measured(sound, "centroid")[:, 0], expected[0], rtol=1e-3)


def test_level_of_a_full_scale_square_is_nought() -> None:
    square = Sound(np.sign(np.sin(2 * np.pi * 100 * np.arange(22_050) / 22_050) + 1e-9), 22_050)
    assert np.allclose(measured(square, "level")[4:-4], 0, atol=0.01)


def test_channels_are_mixed_or_chosen(stereo: Sound) -> None:
    left, right = (Sound(channel, stereo.sample_rate) for channel in stereo.samples)
    mean = Sound(stereo.samples.mean(axis=0), stereo.sample_rate)
    assert np.array_equal(measured(stereo, "mel_db", {"channel": 1}), measured(left, "mel_db"))
    assert np.array_equal(measured(stereo, "mel_db", {"channel": 2}), measured(right, "mel_db"))
    assert np.allclose(measured(stereo, "mel_db"), measured(mean, "mel_db"), atol=1e-3)
    with pytest.raises(ParameterError, match="channel = 3"):
        measured(stereo, "mel_db", {"channel": 3})


@pytest.mark.parametrize("kind", DESCRIPTORS.stages)
def test_every_descriptor_is_finite_on_what_has_nothing_to_measure(kind: str) -> None:
    loud = np.random.default_rng(0).standard_normal(5000) * 1e36
    for samples in (
        np.zeros(5000),
        np.ones(5000),
        np.full(1, 0.5),
        np.eye(1, 5000)[0],
        loud,
        -np.full(5000, 3e38),
    ):
        values = measured(Sound(samples, 22_050), kind)
        assert np.isfinite(values).all()
        assert len(values) == 1 + len(samples) // 512


@pytest.mark.parametrize("kind", DESCRIPTORS.stages)
@pytest.mark.parametrize("library", ["ducc0", "mkl_fft"])
def test_threads_and_blocks_do_not_show(
    monkeypatch: pytest.MonkeyPatch, kind: str, library: str, stereo: Sound
) -> None:
    if importlib.util.find_spec(library) is None:  # the faster one is optional
        library = "ducc0"
    module = importlib.import_module({"ducc0": "ducc0.fft"}.get(library, library))
    monkeypatch.setattr(fft, "library", lambda: (library, module))
    whole = measured(stereo, kind)
    monkeypatch.setattr("granulate.corpus._BLOCK_SAMPLES", 2048 * 16)
    monkeypatch.setattr("granulate.kernels.threads.n_threads", lambda: 1)
    assert np.array_equal(measured(stereo, kind), whole)


def test_sounds_on_disk_are_measured_alike(monkeypatch: pytest.MonkeyPatch, stereo: Sound) -> None:
    monkeypatch.setattr("granulate.storage.IN_MEMORY_BYTES", 1000)
    frames = storage.allocate(stereo.n_samples, 2)
    frames[:] = stereo.frames
    assert np.array_equal(measured(Sound(frames.T, 22_050), "mel_db"), measured(stereo, "mel_db"))


def test_several_descriptors_stand_side_by_side(sound: Sound) -> None:
    preset = Preset.of({**RAW, "descriptors": {"kind": ["mfcc", "level", "centroid"]}})
    corpus = analyse(sound, preset)
    assert corpus.descriptors.names == (*(f"mfcc_{i}" for i in range(20)), "level", "centroid")
    assert np.array_equal(corpus.descriptors.values[:, 20:21], measured(sound, "level"))


def test_several_sounds_are_one_corpus() -> None:
    one, two = melody(1.0, seed=1), melody(0.7, seed=2)
    preset = Preset.of(RAW)
    both = describe(
        (one, two), framing_of(preset, 22_050), cut((one, two), framing_of(preset, 22_050)), preset
    )
    apart = [measured(one, "mel_db"), measured(two, "mel_db")]
    loudest = max(values.max() for values in apart)
    assert np.allclose(both.values, np.maximum(np.vstack(apart), loudest - 80), atol=1e-4)


def table(values: np.ndarray) -> Table:
    return Table(
        np.array(values, np.float32), tuple("abcdefgh"[: values.shape[1]]), ("power",) * values.shape[1]
    )


POWERS = np.random.default_rng(0).gamma(0.5, 1.0, (500, 8)) ** 2


def test_scalers_follow_their_formulas() -> None:
    n = POWERS.shape[1]
    scaled = {kind: SCALING[kind].function(table(POWERS)).values for kind in SCALING.stages}
    assert np.array_equal(scaled["none"], table(POWERS).values)
    assert np.allclose(scaled["db"], librosa.power_to_db(POWERS), atol=1e-3)
    share = POWERS / POWERS.sum(axis=0)
    assert np.allclose(scaled["volume"], librosa.amplitude_to_db(share), atol=1e-3)
    weights = np.log(np.arange(n + 1, 1, -1))
    assert weights[-1] == np.log(2)
    assert np.allclose(scaled["frequency"], POWERS * weights, rtol=1e-5)
    # The matrix form: every row of the product is the same weighted sum.
    matrix = np.repeat(weights[None], n, axis=0)
    assert np.allclose(scaled["weighted_sum"], (matrix @ POWERS.T)[:1].T, rtol=1e-5)
    assert np.allclose(scaled["standardise"], (POWERS - POWERS.mean(0)) / POWERS.std(0), atol=1e-4)
    span = POWERS.max(0) - POWERS.min(0)
    assert np.allclose(scaled["minmax"], (POWERS - POWERS.min(0)) / span, atol=1e-5)


@pytest.mark.parametrize("kind", SCALING.stages)
def test_every_scaler_is_finite_on_constant_columns(kind: str) -> None:
    for values in (
        np.zeros((6, 4)),
        np.full((6, 4), 7.3),
        np.full((6, 4), -80.0),
        np.zeros((0, 4)),
        np.ones((1, 4)),
    ):
        scaled = SCALING[kind].function(table(values))
        assert np.isfinite(scaled.values).all()
        assert scaled.values.shape == (len(values), len(scaled.names))
        assert len(scaled.names) == len(scaled.units)
        if kind in ("standardise", "minmax"):
            assert not scaled.values.any()


def test_scalers_are_chained_in_order(sound: Sound) -> None:
    one = Preset.of({"descriptors": {"kind": "mel"}, "scaling": {"kind": ["volume", "frequency"]}})
    other = Preset.of({"descriptors": {"kind": "mel"}, "scaling": {"kind": ["frequency", "volume"]}})
    assert not np.allclose(analyse(sound, one).descriptors.values, analyse(sound, other).descriptors.values)
