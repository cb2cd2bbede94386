"""Measures: every set on every sound, against librosa, pyloudnorm, pyAudioAnalysis and closed forms."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

from granulate import storage
from granulate.errors import ParameterError, PresetError
from granulate.library import measures
from granulate.library.measures import DEFAULT, MEASURES, columns, frame_columns, heard, measure
from granulate.library.measures.aspects import ASPECTS, columns_of, scaled, weights
from granulate.types import Choice, Sound
from tests.conftest import melody

ALL = tuple(MEASURES.bind({"kind": kind}) for kind in MEASURES.stages)
QUICK = tuple(choice for choice in ALL if choice.kind != "rhythm")


def chosen(kind: str, **parameters: object) -> list[Choice]:
    return [MEASURES.bind({"kind": kind, **parameters})]


def summary(sound: Sound, kind: str, **parameters: object) -> dict[str, float]:
    choice = chosen(kind, **parameters)
    values = measure(sound, choice).summary
    return {column.name: float(v) for column, v in zip(columns(choice), values, strict=True)}


def frames(sound: Sound, kind: str, **parameters: object) -> dict[str, np.ndarray]:
    choice = chosen(kind, **parameters)
    values = measure(sound, choice).frames[kind]
    return {column.name: values[:, i] for i, column in enumerate(frame_columns(choice[0]))}


def tone(hz: float, seconds: float = 1.0, rate: int = 44_100, gain: float = 0.5) -> Sound:
    return Sound(gain * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate), rate)


def test_columns_fit_what_is_measured(stereo: Sound) -> None:
    measured = measure(stereo, ALL)
    assert measured.summary.dtype == np.float32
    assert len(measured.summary) == len(columns(ALL))
    assert len({(column.set, column.name) for column in columns(ALL)}) == len(columns(ALL))
    for choice in ALL:
        if wanted := frame_columns(choice):
            assert measured.frames[choice.kind].shape[1] == len(wanted)
        else:
            assert choice.kind not in measured.frames
    assert all(column.name.isascii() and " " not in column.name for column in columns(ALL))


def test_sets_do_not_depend_on_their_company(stereo: Sound) -> None:
    together = measure(stereo, ALL).summary
    apart = np.concatenate([measure(stereo, [choice]).summary for choice in ALL])
    assert np.array_equal(together, apart)


HARD = {
    "one sample": (np.full(1, 0.3), 44_100),
    "silence": (np.zeros(30_000), 44_100),
    "dc": (np.ones(30_000), 44_100),
    "square": (np.sign(np.sin(np.arange(30_000) * 0.05) + 1e-9), 44_100),
    "huge": (np.random.default_rng(0).standard_normal(30_000) * 1e30, 44_100),
    "hugest": (np.full(3000, -3e38), 22_050),
    "denormal": (np.full(30_000, 1e-41), 44_100),
    "click": (np.eye(1, 9000)[0], 44_100),
    "one hertz": (np.random.default_rng(0).standard_normal(500), 1),
    "three hertz": (np.random.default_rng(0).standard_normal(1), 3),
    "100 Hz": (np.random.default_rng(0).standard_normal(400), 100),
    "768 kHz": (np.random.default_rng(0).standard_normal(40_000) * 0.1, 768_000),
    "many channels": (np.random.default_rng(0).standard_normal((64, 3000)) * 0.1, 8000),
    "opposite": (np.array([[1, -1], [-1, 1]])[:, np.arange(5000) % 2], 48_000),
}


@pytest.mark.parametrize("name", HARD)
def test_everything_is_finite_whatever_is_measured(name: str) -> None:
    samples, rate = HARD[name]
    measured = measure(
        Sound(samples, rate), ALL if name in ("silence", "huge", "click", "one hertz") else QUICK
    )
    assert np.isfinite(measured.summary).all()
    assert all(np.isfinite(values).all() for values in measured.frames.values())


def test_a_long_sound_on_disk_is_heard_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = melody(4.0, n_channels=2)
    whole = measure(sound, QUICK)
    assert whole.share == 1
    monkeypatch.setattr("granulate.storage.IN_MEMORY_BYTES", 1000)
    mapped = storage.allocate(sound.n_samples, 2)
    mapped[:] = sound.frames
    assert np.array_equal(measure(Sound(mapped.T, sound.sample_rate), QUICK).summary, whole.summary)
    monkeypatch.setattr(heard, "MOST_SAMPLES", sound.n_samples // 2)
    part = measure(sound, QUICK)
    assert 0.49 < part.share <= 0.5
    names = [f"{column.set}.{column.name}" for column in columns(QUICK)]
    for name in ("envelope.duration", "spectral.centroid_mean", "loudness.integrated", "timbre.mfcc_1_mean"):
        at = names.index(name)
        assert part.summary[at] == pytest.approx(whole.summary[at], rel=0.2)


def test_statistics_are_numpys(sound: Sound) -> None:
    measured = measure(sound, chosen("spectral"))
    values = measured.frames["spectral"].astype(float)
    step = np.diff(values, axis=0)
    expected = [
        values.mean(0), values.std(0), *np.percentile(values, (10, 50, 90), axis=0), step.mean(0), step.std(0)
    ]  # fmt: skip
    assert np.allclose(measured.summary, np.array(expected).T.ravel(), rtol=1e-4, atol=1e-4)


def test_unknown_sets_are_refused(sound: Sound) -> None:
    with pytest.raises(PresetError, match="did you mean 'timbre'"):
        measure(sound, [Choice("timber")])
    with pytest.raises(PresetError, match="coefficients"):
        MEASURES.bind({"kind": "timbre", "coefficients": 0})


def test_timbre_is_librosas() -> None:
    sound = melody(2.0, 44_100)
    expected = librosa.feature.mfcc(
        y=sound.samples[0], sr=44_100, n_mfcc=13, n_mels=40, n_fft=2048, hop_length=1024
    )
    found = measure(sound, chosen("timbre", coefficients=13, deltas=2)).frames["timbre"].T
    assert np.abs(found[:13] - expected).max() < 0.01
    for order in (1, 2):
        slopes = librosa.feature.delta(expected, order=order, mode="nearest")
        assert np.abs(found[13 * order : 13 * (order + 1)] - slopes).max() < 0.01


def test_spectral_shapes_are_librosas() -> None:
    y = melody(2.0, 44_100).samples[0]
    found = frames(Sound(y, 44_100), "spectral")
    spectra = np.abs(librosa.stft(y, n_fft=2048, hop_length=1024))
    assert np.allclose(
        found["centroid"], librosa.feature.spectral_centroid(S=spectra, sr=44_100)[0], rtol=1e-3
    )
    assert np.allclose(
        found["spread"], librosa.feature.spectral_bandwidth(S=spectra, sr=44_100)[0], rtol=1e-3
    )
    assert np.allclose(found["rolloff"], librosa.feature.spectral_rolloff(S=spectra, sr=44_100)[0], atol=22)
    loud = spectra.max(axis=0) > 1
    flat = librosa.feature.spectral_flatness(S=spectra / spectra.max(axis=0), amin=1e-10)[0]
    assert np.allclose(found["flatness"][loud], flat[loud], rtol=1e-3)


def test_noise_is_flat_and_a_tone_is_not() -> None:
    noise = Sound(np.random.default_rng(0).standard_normal(44_100) * 0.1, 44_100)
    for name, least in (("flatness_p50", 0.5), ("entropy_p50", 0.9)):
        assert summary(noise, "spectral")[name] > least > 5 * summary(tone(1000), "spectral")[name]
    assert summary(tone(1000), "spectral")["zero_crossings_p50"] == pytest.approx(2000, rel=0.01)
    assert summary(tone(1000), "spectral")["flux_p50"] < 0.01 < summary(noise, "spectral")["flux_p50"]


@pytest.mark.parametrize("hz", [55, 110, 261.63, 440, 987.77, 3000])
@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_pitch_of_tones_is_librosas_and_theirs(hz: float, rate: int) -> None:
    sound = Sound(sum(np.sin(2 * np.pi * hz * k * np.arange(rate) / rate) / k for k in (1, 2, 3)) * 0.2, rate)
    found = summary(sound, "pitch")
    librosas = np.median(librosa.yin(sound.samples[0], fmin=43, fmax=4000, sr=rate, frame_length=4096))
    assert found["median_pitch"] == pytest.approx(hz, rel=0.005 if hz < rate / 20 else 0.015)
    assert found["median_pitch"] == pytest.approx(librosas, rel=0.02)
    assert found["median_semitone"] == pytest.approx(69 + 12 * np.log2(hz / 440), abs=0.3)
    assert found["voiced"] > 0.9
    assert found["harmonicity_p50"] > 12


def test_noise_has_no_pitch() -> None:
    noise = Sound(np.random.default_rng(0).standard_normal(44_100) * 0.1, 44_100)
    assert summary(noise, "pitch")["voiced"] < 0.05
    assert summary(noise, "pitch")["harmonicity_p50"] < 3


def test_harmonicity_is_the_harmonics_to_noise_ratio() -> None:
    rng = np.random.default_rng(0)
    clean = tone(220, 2).samples[0].astype(float)
    for ratio in (5, 10, 20):
        noise = rng.standard_normal(len(clean)) * clean.std() * 10 ** (-ratio / 20)
        assert summary(Sound(clean + noise, 44_100), "pitch")["harmonicity_p50"] == pytest.approx(
            ratio, abs=1
        )


def test_the_yin_kernel_is_its_formula() -> None:
    from granulate.kernels import fft
    from granulate.kernels.pitch import yin

    rng = np.random.default_rng(2)
    some = np.cumsum(rng.standard_normal((16, 512)), axis=1).astype(np.float32) * 0.01
    found = yin(some, fft.rfft(some), 8000, 40, 1000, 0.0)
    for row, (hertz, aperiodicity, _) in zip(some.astype(float), found, strict=True):
        away = np.array([np.square(row[:256] - row[lag : lag + 256]).sum() for lag in range(1, 201)])
        normalised = away * np.arange(1, 201) / np.cumsum(away)
        best = 8 + normalised[7:].argmin()
        assert aperiodicity == pytest.approx(normalised[best - 1], abs=2e-3)
        assert 8000 / hertz == pytest.approx(best, abs=1)


def plucked(attack: float, decay: float, rate: int = 44_100) -> Sound:
    """A noise that rises in a line and falls by 60 dB in `decay` seconds, and some silence before it."""
    t = np.arange(int(rate * (attack + decay))) / rate
    level = np.where(t < attack, t / attack, 10 ** (-3 * (t - attack) / decay))
    noise = np.sign(np.random.default_rng(0).standard_normal(len(t)))
    return Sound(np.concatenate([np.zeros(rate // 10), 0.5 * level * noise]), rate)


@pytest.mark.parametrize(("attack", "decay"), [(0.05, 0.6), (0.2, 1.2), (0.4, 0.3)])
def test_attack_and_decay_are_what_was_made(attack: float, decay: float) -> None:
    found = summary(plucked(attack, decay), "envelope")
    assert found["attack"] == pytest.approx(0.8 * attack, abs=0.012)
    assert found["decay_20"] == pytest.approx(decay / 3, abs=0.012)
    assert found["decay_40"] == pytest.approx(decay / 1.5, abs=0.012)
    assert found["peak_at"] == pytest.approx(0.1 + attack, abs=0.012)
    assert found["duration"] == pytest.approx(0.1 + attack + decay, abs=1e-3)
    assert found["peak_level"] == pytest.approx(-6.02, abs=0.01)


def test_onsets_are_counted() -> None:
    click = np.random.default_rng(0).standard_normal(2000) * np.exp(-np.arange(2000) / 300) * 0.3
    samples = np.zeros(4 * 44_100)
    for i in range(8):
        samples[i * 22_050 : i * 22_050 + 2000] += click
    assert summary(Sound(samples, 44_100), "envelope")["onsets"] == 8
    assert summary(tone(300, 2), "envelope")["onsets"] == 1
    assert summary(Sound(np.zeros(44_100), 44_100), "envelope")["onsets"] == 0
    rhythm = summary(Sound(samples, 44_100), "rhythm")
    assert rhythm["tempo"] == pytest.approx(120, rel=0.03)
    noise = Sound(np.random.default_rng(0).standard_normal(4 * 44_100) * 0.1, 44_100)
    assert rhythm["pulse_clarity"] > 0.5 > summary(noise, "rhythm")["pulse_clarity"]


def test_onset_strength_is_librosas() -> None:
    sound = melody(2.0, 44_100)
    bands = librosa.feature.melspectrogram(
        y=sound.samples[0], sr=44_100, n_fft=2048, hop_length=1024, n_mels=40
    )
    expected = librosa.onset.onset_strength(S=librosa.power_to_db(bands, top_db=80), sr=44_100, center=False)
    assert np.allclose(frames(sound, "envelope")["onset_strength"], expected, atol=0.01)


def test_width_is_of_the_two_channels() -> None:
    left = np.random.default_rng(0).standard_normal(20_000) * 0.1
    right = np.random.default_rng(1).standard_normal(20_000) * 0.1
    for channels, width, correlation, balance in (
        ([left], 0, 1, 0), ([left, left], 0, 1, 0), ([left, -left], 1, -1, 0),
        ([left, right], 0.5, 0, 0), ([left, 0 * left], 0.5, 0, -1),
    ):  # fmt: skip
        found = summary(Sound(np.array(channels), 44_100), "stereo")
        assert found == pytest.approx(
            {"width": width, "correlation": correlation, "balance": balance}, abs=0.02
        )


def test_aspects_name_columns_of_the_default_sets() -> None:
    default = columns(DEFAULT)
    places = np.concatenate([columns_of(aspect, default) for aspect in ASPECTS])
    assert len(set(places)) == len(places)
    found = weights(default)
    assert found.sum() == pytest.approx(1)
    assert set(np.flatnonzero(found)) == set(places)
    only = weights(default, {"pitch": 2.0})
    assert set(np.flatnonzero(only)) == set(columns_of("pitch", default))
    for balance, message in (
        ({"pich": 1}, "did you mean 'pitch'"),
        ({"pitch": -1}, "-1"),
        ({"pitch": 0}, "no column"),
    ):
        with pytest.raises(ParameterError, match=message):
            weights(default, balance)


def test_scaled_columns_are_ranks() -> None:
    from scipy.stats import rankdata

    rng = np.random.default_rng(0)
    values = (rng.integers(0, 40, (300, 3)) * [1, 100, 0]).astype(np.float32)
    found = scaled(values)
    assert np.allclose(found, (rankdata(values, axis=0) - 0.5) / 300)
    assert np.array_equal(scaled(values[:5], values), found[:5])
    assert not scaled(values - 1e6, values).any()
    assert (scaled(values + 1e6, values) == 1).all()


def test_a_version_and_defaults_are_told() -> None:
    assert measures.VERSION >= 1
    assert {choice.kind for choice in DEFAULT} <= set(MEASURES.stages)
