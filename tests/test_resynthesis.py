"""Rendering against librosa's inverse STFT, which it must equal, and against itself."""

from __future__ import annotations

import mmap
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import librosa
import numpy as np
import pytest

from granulate import storage
from granulate.corpus import cut
from granulate.errors import ScoreError
from granulate.paths import compose, timed
from granulate.preset import Preset
from granulate.resynthesis import Rendering
from granulate.sections import PHASE
from granulate.stages.spectra import SPECTRUM
from granulate.types import Choice, Corpus, Descriptors, Events, Framing, Score, Sound
from tests.conftest import melody

FRAMINGS = [
    Framing(2048, 2048, 512),
    Framing(2000, 2000, 400),
    Framing(44_100, 11_025, 5512),
    Framing(1024, 1000, 100, "hamming"),
    Framing(64, 63, 20, "blackman"),
]


def score_of(sound: Sound | tuple[Sound, ...], framing: Framing, order: np.ndarray | None = None) -> Score:
    sounds = (sound,) if isinstance(sound, Sound) else sound
    grains = cut(sounds, framing)
    nothing = Descriptors(np.zeros((len(grains), 1)), ("none",), ("",))
    corpus = Corpus(sounds, framing, grains, nothing)
    preset = Preset.of()
    return compose(corpus, preset, timed(corpus, preset, np.arange(len(grains)) if order is None else order))


def sounded(score: Score) -> np.ndarray:
    """Samples (n_channels, n_samples)."""
    return np.concatenate([block for _, block in Rendering(score).blocks()]).T


@pytest.mark.parametrize("framing", FRAMINGS, ids=lambda f: f"{f.n_fft}-{f.window}-{f.hop}")
@pytest.mark.parametrize("n_channels", [1, 2, 3])
@pytest.mark.parametrize("seed", [None, 1])
def test_equals_the_inverse_stft_of_reordered_frames(
    framing: Framing, n_channels: int, seed: int | None
) -> None:
    sound = melody(3.0, 44_100, n_channels)
    n = framing.n_grains(sound.n_samples)
    order = np.arange(n) if seed is None else np.random.default_rng(seed).permutation(n)
    stft = librosa.stft(
        sound.samples,
        n_fft=framing.n_fft,
        hop_length=framing.hop,
        win_length=framing.window,
        window=framing.shape,
    )
    expected = librosa.istft(
        stft[..., order],
        n_fft=framing.n_fft,
        hop_length=framing.hop,
        win_length=framing.window,
        window=framing.shape,
    )
    found = sounded(score_of(sound, framing, order))
    assert np.abs(found[:, : expected.shape[1]] - expected).max() < 1e-6
    if seed is None:
        assert np.abs(found - sound.samples).max() < 1e-6


def test_any_number_of_grains_any_number_of_times() -> None:
    sound = melody(1.0)
    order = np.array([5, 5, 5, 30, 2, 0, 41, 41])
    framing = Framing(1024, 1024, 256)
    stft = librosa.stft(sound.samples, n_fft=1024, hop_length=256)
    expected = librosa.istft(stft[..., order], n_fft=1024, hop_length=256)
    found = sounded(score_of(sound, framing, order))
    assert np.abs(found[:, : expected.shape[1]] - expected).max() < 1e-6


def test_odd_frames_come_back_whole(stereo: Sound) -> None:
    for framing in (Framing(63, 63, 20), Framing(101, 51, 17, "hamming")):
        assert np.abs(sounded(score_of(stereo, framing)) - stereo.samples).max() < 1e-6


@pytest.mark.parametrize("n_samples", [1, 2, 100, 511, 512, 513, 2047, 2048, 2049])
def test_short_sounds_come_back_whole(n_samples: int) -> None:
    sound = melody(0.5).samples[:, :n_samples]
    found = sounded(score_of(Sound(sound, 22_050), Framing()))
    assert np.abs(found - sound).max() < 1e-6
    assert found.shape[1] == n_samples


def test_grains_of_one_sound_never_sound_the_next() -> None:
    quiet, loud = Sound(np.zeros((1, 3000)), 22_050), Sound(np.ones((1, 3000)), 22_050)
    framing = Framing(1024, 1024, 256)
    score = score_of((quiet, loud), framing)
    only_quiet = np.flatnonzero(score.events.sound == 0)
    assert not sounded(score_of((quiet, loud), framing, only_quiet)).any()


@pytest.mark.parametrize("stage", PHASE.stages)
@pytest.mark.parametrize("effect", SPECTRUM.stages)
def test_every_treatment_is_finite_repeatable_and_keeps_the_length(
    stage: str, effect: str, stereo: Sound
) -> None:
    parameters = {"iterations": 3} if stage == "griffin_lim" else {}
    score = replace(
        score_of(stereo, Framing(1024, 1024, 256)),
        phase=PHASE.bind({"kind": stage, **parameters}),
        spectrum=(SPECTRUM.bind({"kind": effect}),),
        seed=3,
    )
    first, again = sounded(score), sounded(score)
    assert first.shape == stereo.samples.shape
    assert np.array_equal(first, again)
    assert 0.001 < np.abs(first).max() < 20


def test_keeping_the_phase_through_spectra_is_keeping_it_without(stereo: Sound) -> None:
    score = score_of(stereo, Framing())
    # Two flips are nothing, but they are done in the spectrum.
    twice = replace(score, spectrum=(Choice("flip"), Choice("flip")))
    assert np.abs(sounded(twice) - sounded(score)).max() < 1e-5


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch, stereo: Sound) -> None:
    for kind in ("zero", "flat", "random"):
        score = replace(score_of(stereo, Framing(512, 512, 128)), phase=PHASE.bind({"kind": kind}))
        whole = sounded(score)
        with monkeypatch.context() as patch:
            patch.setattr("granulate.resynthesis._BLOCK_SAMPLES", 512 * 7)
            assert np.allclose(sounded(score), whole, atol=1e-6)


def test_griffin_lim_blocks_hardly_show(monkeypatch: pytest.MonkeyPatch, sound: Sound) -> None:
    framing = Framing(512, 512, 128)
    order = np.random.default_rng(0).permutation(framing.n_grains(sound.n_samples)) // 4 * 4
    score = replace(score_of(sound, framing, order), phase=PHASE.bind({"kind": "griffin_lim"}))
    target = np.abs(librosa.stft(sound.samples[0], n_fft=512, hop_length=128)[:, order])

    def error() -> float:
        found = np.abs(librosa.stft(sounded(score)[0], n_fft=512, hop_length=128))
        n = min(found.shape[1], target.shape[1])
        return float(
            20 * np.log10(np.linalg.norm(found[:, :n] - target[:, :n]) / np.linalg.norm(target[:, :n]))
        )

    whole = error()
    monkeypatch.setattr("granulate.resynthesis._CONTEXT_BLOCK_SAMPLES", 512 * 64)
    assert error() < whole + 1.0


def test_the_tutorials_phases_are_its_own(sound: Sound) -> None:
    stft = librosa.stft(sound.samples, n_fft=2048, hop_length=512)
    flat = np.real(stft) + 1j
    ours = {
        "zero": ({"kind": "zero", "centred": False}, np.abs(stft)),
        "flat": ({"kind": "flat", "imaginary": 1.0}, flat),
    }
    for name, (choice, spectra) in ours.items():
        score = replace(score_of(sound, Framing()), phase=PHASE.bind(choice))
        expected = librosa.istft(spectra.astype(np.complex64), n_fft=2048, hop_length=512)
        found = sounded(score)[:, : expected.shape[1]]
        # At the very ends librosa divides by next to nothing, where one window begins.
        inner = slice(2048, -2048)
        assert np.abs(found[:, inner] - expected[:, inner]).max() < 1e-5 * max(1, np.abs(expected).max()), (
            name
        )


def test_centred_zero_phase_sounds_where_the_window_is_open() -> None:
    sound = melody(1.0)
    loudness = {}
    for centred in (True, False):
        score = replace(score_of(sound, Framing()), phase=PHASE.bind({"kind": "zero", "centred": centred}))
        loudness[centred] = np.square(sounded(score)).mean()
    assert loudness[True] > 2 * loudness[False]


def test_random_phase_keeps_the_stereo_image() -> None:
    mono = melody(1.0).samples[0]
    sound = Sound(np.stack([mono, 0.5 * mono]), 22_050)
    score = replace(score_of(sound, Framing()), phase=PHASE.bind({"kind": "random"}))
    left, right = sounded(score)
    assert np.corrcoef(left, right)[0, 1] > 0.999
    assert np.abs(np.corrcoef(left, mono)[0, 1]) < 0.2


def test_reverse_turns_each_grain_around() -> None:
    sound = Sound(np.zeros((1, 4096)), 22_050)
    samples = sound.samples.copy()
    samples[0, 2048 + 100] = 1.0
    framing = Framing(1024, 1024, 1024, "boxcar")
    score = replace(score_of(Sound(samples, 22_050), framing), spectrum=(Choice("reverse"),))
    found = sounded(score)[0]
    assert np.argmax(np.abs(found)) == 2048 - 100


def test_flip_mirrors_the_spectrum() -> None:
    t = np.arange(22_050) / 22_050
    sound = Sound(np.sin(2 * np.pi * 1000 * t), 22_050)
    score = replace(score_of(sound, Framing()), spectrum=(Choice("flip"),))
    spectrum = np.abs(np.fft.rfft(sounded(score)[0]))
    assert abs(int(np.argmax(spectrum)) - (11_025 - 1000)) <= 2 * 22_050 / 2048


@pytest.mark.parametrize(
    ("column", "at", "value"),
    [
        ("time", 3, -(10**6)),
        ("time", 3, 1 << 50),
        ("rate", 0, 0),
        ("rate", 0, 65),
        ("rate", 0, np.nan),
        ("gain", 1, np.inf),
        ("pan", 2, 1.5),
        ("length", 0, 0),
        ("sound", 4, 1),
        ("start", 2, 10**9),
        ("start", 2, -(10**9)),
        ("envelope", 2, 1),
    ],
)
def test_events_out_of_range_or_order_are_refused_by_name(
    sound: Sound, column: str, at: int, value: float
) -> None:
    score = score_of(sound, Framing())
    columns = {name: np.array(found) for name, found in score.events.columns().items()}
    columns[column][at] = value
    with pytest.raises(ScoreError, match=rf"events\.{column}\[{at}\] = .*allowed"):
        sounded(replace(score, events=Events(**columns)))


@pytest.mark.parametrize("kind", [k for k, stage in PHASE.stages.items() if not stage.traits.get("idle")])
def test_phases_need_the_grid(sound: Sound, kind: str) -> None:
    score = score_of(sound, Framing())
    later = replace(score.events, time=score.events.time + 1)
    with pytest.raises(ScoreError, match=f"phase.kind = '{kind}' needs grains on the framing's grid"):
        sounded(replace(score, events=later, phase=PHASE.bind({"kind": kind})))


@pytest.mark.parametrize("on_grid", [True, False])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_block_is_the_same_wherever_it_begins(on_grid: bool, channels: int) -> None:
    rng = np.random.default_rng(channels)
    sound = Sound(rng.uniform(-1, 1, (channels, 9000)), 22_050)
    framing = Framing(512, 400, 100)
    score = score_of(sound, framing, rng.permutation(framing.n_grains(9000)))
    if not on_grid:
        n = len(score.events)
        score = replace(
            score,
            events=replace(
                score.events,
                time=np.sort(rng.integers(-300, 9000, n)),
                length=rng.integers(1, 900, n),
                rate=rng.choice([-1.5, -1, 0.3, 1, 2.7], n),
                pan=rng.uniform(-1, 1, n),
            ),
        )
    assert score.on_grid == on_grid
    rendering = Rendering(score)
    whole = rendering.block(0, score.n_samples)
    assert np.abs(whole).max() <= rendering.ceiling
    edges = np.unique(np.concatenate([[0, score.n_samples], rng.integers(0, score.n_samples, 40)]))
    pieces = [rendering.block(int(a), int(b - a)) for a, b in pairwise(edges)]
    assert np.concatenate(pieces).tobytes() == whole.tobytes()


def test_windows_on_the_grid_mix_to_what_an_inverse_stft_gives(sound: Sound) -> None:
    """Both ways of sounding agree: the mixer's windows, and the overlap-add's, away from the edges."""
    framing = Framing()
    score = score_of(sound, framing, np.random.default_rng(0).permutation(framing.n_grains(sound.n_samples)))
    # One silent grain more takes it off the grid.
    events = score.events
    rows = {name: np.append(column, column[-1:]) for name, column in events.columns().items()}
    rows["gain"][-1] = 0
    mixed = sounded(replace(score, events=Events(**rows)))
    inner = slice(framing.window, score.n_samples - framing.window)
    np.testing.assert_allclose(mixed[:, inner], sounded(score)[:, inner], atol=1e-5)


def test_pan_is_of_equal_power_and_the_middle_is_as_recorded() -> None:
    sound = Sound(np.ones(1000), 22_050)
    pans = np.array([-1, -0.5, 0, 0.5, 1], np.float32)
    events = Events(np.arange(5) * 100, np.zeros(5), np.zeros(5), np.full(5, 10), pan=pans)
    score = Score((sound,), Framing(), events, 500, envelopes=(Choice("rectangle"),))
    assert score.n_channels == 2
    sides = sounded(score)[:, 5::100].T
    np.testing.assert_allclose((sides**2).sum(axis=1), 2, rtol=1e-6)
    np.testing.assert_allclose(sides[2], 1, rtol=1e-6)
    np.testing.assert_allclose(sides[[0, 4]], [[np.sqrt(2), 0], [0, np.sqrt(2)]], atol=1e-6)


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="counts resident pages of files as Linux does"
)
@pytest.mark.parametrize("n_sounds", [1, 2])
def test_grains_of_a_mapped_sound_do_not_pile_up_in_memory(
    n_sounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def megabytes() -> float:
        return int(Path("/proc/self/statm").read_text().split()[2]) * mmap.PAGESIZE / 1e6

    sounded(score_of(melody(), FRAMINGS[0]))  # loads what takes memory, too
    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 1)
    n = 16_000_000
    pool = storage.allocate(n, 1)
    for first, block in storage.blocks(pool):
        block[:] = 0.001 * (1 + first % 7)
    sounds = tuple(Sound(part.T, 44_100) for part in np.split(pool, n_sounds))
    order = np.random.default_rng(0).permutation(n_sounds * (n // n_sounds // 512))
    rendering = Rendering(score_of(sounds, Framing(2048, 2048, 512), order))
    storage.release(pool)
    before = megabytes()
    most = max(megabytes() for _ in rendering.blocks())
    assert most - before < 16  # of 64: each block's grains lie all over it
