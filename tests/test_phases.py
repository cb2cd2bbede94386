"""The phase stages in whole renderings: what they do to reordered sound, in stereo, in blocks, out of range."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import librosa
import numpy as np
import pytest

from granulate.corpus import analyse
from granulate.errors import ParameterError
from granulate.paths import compose
from granulate.preset import Preset
from granulate.resynthesis import Rendering
from granulate.sections import PHASE
from granulate.types import Score, Sound
from tests.conftest import melody

N_FFT, HOP = 1024, 256


def score_of(sound: Sound, phase: str, path: str = "tour", seed: int = 0, **parameters: Any) -> Score:
    preset = Preset.of(
        {
            "seed": seed,
            "framing": {"window": N_FFT, "hop": HOP},
            "path": {"kind": path},
            "phase": {"kind": phase, **parameters},
        }
    )
    return compose(analyse(sound, preset), preset)


def sounded(score: Score) -> np.ndarray:
    """Samples (n_channels, n_samples)."""
    return np.concatenate([block for _, block in Rendering(score).blocks()]).T


def error(samples: np.ndarray, score: Score) -> float:
    """Spectral convergence in dB of mono samples: how far their magnitudes are from those of the score's grains."""
    order = (score.events.start + score.framing.lead) // HOP
    spectra = np.abs(librosa.stft(score.sounds[0].samples[0], n_fft=N_FFT, hop_length=HOP))[:, order]
    found = np.abs(librosa.stft(samples, n_fft=N_FFT, hop_length=HOP))
    n = min(found.shape[1], spectra.shape[1])
    difference = np.linalg.norm(found[:, :n] - spectra[:, :n])
    return float(20 * np.log10(difference / np.linalg.norm(spectra[:, :n])))


def test_better_phases_are_nearer_to_the_grains_magnitudes(sound: Sound) -> None:
    kept = score_of(sound, "keep")
    errors = {"keep": error(sounded(kept)[0], kept)}
    for kind in ("align", "vocoder", "pghi"):
        errors[kind] = error(sounded(replace(kept, phase=PHASE.bind({"kind": kind})))[0], kept)
    searched = {"kind": "griffin_lim", "start": "pghi", "iterations": 4}
    errors["griffin_lim"] = error(sounded(replace(kept, phase=PHASE.bind(searched)))[0], kept)
    assert errors["align"] < errors["keep"] - 2
    assert errors["vocoder"] < errors["keep"] - 2
    assert errors["pghi"] < errors["keep"] - 2
    assert errors["griffin_lim"] < errors["pghi"] - 1


@pytest.mark.parametrize("path", ["tour", "reverse"])
def test_four_rounds_from_gradients_are_worth_sixteen_of_librosas(path: str, sound: Sound) -> None:
    score = score_of(sound, "griffin_lim", path, start="pghi", iterations=4)
    order = (score.events.start + score.framing.lead) // HOP
    sizes = np.abs(librosa.stft(sound.samples[0], n_fft=N_FFT, hop_length=HOP))[:, order]
    theirs = librosa.griffinlim(sizes, n_iter=16, hop_length=HOP, n_fft=N_FFT, random_state=0)
    assert error(sounded(score)[0], score) < error(theirs, score)


@pytest.mark.parametrize("kind", ["align", "vocoder"])
def test_the_original_order_stays_what_it_was(kind: str, stereo: Sound) -> None:
    found = sounded(score_of(stereo, kind, "original"))
    if kind == "align":
        assert np.abs(found - stereo.samples).max() < 1e-6
    else:
        kept = score_of(Sound(stereo.samples[:1], stereo.sample_rate), kind, "original")
        assert error(sounded(kept)[0], kept) < -12


@pytest.mark.parametrize("kind", ["align", "vocoder", "pghi", "griffin_lim"])
def test_the_stereo_image_stays(kind: str) -> None:
    mono = melody(1.0).samples[0]
    left, right = sounded(score_of(Sound(np.stack([mono, -0.25 * mono]), 22_050), kind))
    assert np.abs(right + 0.25 * left).max() < 1e-4
    assert np.abs(left).max() > 0.05


@pytest.mark.parametrize("kind", ["vocoder", "pghi", "griffin_lim"])
def test_unlinked_channels_are_what_each_is_alone(kind: str, stereo: Sound) -> None:
    parameters = {"start": "zero", "iterations": 3} if kind == "griffin_lim" else {}
    both = score_of(stereo, kind, "reverse", linked=False, **parameters)
    left = Sound(stereo.samples[:1], stereo.sample_rate)
    alone = score_of(left, kind, "reverse", **parameters)
    assert np.abs(sounded(both)[0] - sounded(alone)[0]).max() < 1e-5


@pytest.mark.parametrize(("kind", "parameters"), [("vocoder", {}), ("pghi", {"tolerance": 0.01})])
def test_blocks_do_not_show(
    kind: str, parameters: dict[str, float], monkeypatch: pytest.MonkeyPatch, stereo: Sound
) -> None:
    score = score_of(stereo, kind, **parameters)
    whole = sounded(score)
    monkeypatch.setattr("granulate.resynthesis._BLOCK_SAMPLES", N_FFT * 7)
    monkeypatch.setattr("granulate.resynthesis._CONTEXT_BLOCK_SAMPLES", N_FFT * 7)
    blended = np.abs(sounded(score) - whole)
    # The last grain of a block does not know the next: what it is blended with differs a little.
    assert np.sqrt(np.square(blended).mean()) < 0.1 * np.sqrt(np.square(whole).mean())
    assert kind == "pghi" or blended.max() < 1e-6


def test_griffin_lim_from_gradients_hardly_shows_blocks(
    monkeypatch: pytest.MonkeyPatch, sound: Sound
) -> None:
    score = score_of(sound, "griffin_lim", start="pghi", iterations=4)
    whole = error(sounded(score)[0], score)
    monkeypatch.setattr("granulate.resynthesis._CONTEXT_BLOCK_SAMPLES", N_FFT * 64)
    assert error(sounded(score)[0], score) < whole + 0.5


def test_the_seed_decides_what_is_drawn(sound: Sound) -> None:
    one, again, other = (
        sounded(score_of(sound, "pghi", "reverse", seed=seed, tolerance=0.1)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("kind", ["align", "vocoder", "pghi", "griffin_lim"])
def test_silence_and_less_than_a_grain_stay(kind: str) -> None:
    assert not sounded(score_of(Sound(np.zeros((2, 3000)), 22_050), kind, "reverse")).any()
    for n in (1, 100, 300):
        found = sounded(score_of(Sound(melody(0.1).samples[:, :n], 22_050), kind, "original"))
        assert found.shape == (1, n)
        assert np.isfinite(found).all()


@pytest.mark.parametrize("reach", ["129 samples", "0.6 hop", "1 window", "5ms", "1/100s"])
def test_reaches_that_are_not_allowed_are_named(reach: str, sound: Sound) -> None:
    with pytest.raises(ParameterError, match=rf"phase\.reach = '{reach}'; allowed: up to half a hop, 128"):
        Rendering(score_of(sound, "align", reach=reach))


def test_no_reach_is_keeping_the_phase(sound: Sound) -> None:
    kept = sounded(score_of(sound, "keep"))
    assert np.array_equal(sounded(score_of(sound, "align", reach=0)), kept)
    assert not np.array_equal(sounded(score_of(sound, "align", reach=128)), kept)
