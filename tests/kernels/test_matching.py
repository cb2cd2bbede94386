"""What mosaics are matched by, against scikit-learn, SciPy, brute force and targets whose answer is known."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from scipy.special import kl_div
from sklearn.decomposition import non_negative_factorization
from sklearn.neighbors import NearestNeighbors

from granulate.kernels import sequence, shortlist
from granulate.kernels.divergence import activations, divergence, sparse_fit
from granulate.kernels.matching import Frames, Voices, measure
from granulate.kernels.superposition import aligned
from granulate.types import Framing

RNG = np.random.default_rng(0)
FRAMING = Framing(1024, 1024, 512)


def frames_of(samples: np.ndarray, framing: Framing = FRAMING, sample_rate: int = 22_050) -> Frames:
    n = framing.n_grains(len(samples))
    starts = np.arange(n) * framing.hop - framing.lead
    bounds = np.tile([0, len(samples)], (n, 1))
    return Frames(np.asarray(samples, np.float32), starts, bounds, framing, sample_rate)


def spectra_of(n: int, bins: int = 40) -> np.ndarray:
    """Random spectra (n, bins), some bins far stronger than others, each with a sum of 1."""
    made = (RNG.random((n, bins)) ** 6).astype(np.float32)
    return made / made.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("note", range(60, 84))
def test_a_tone_is_of_its_pitch_class(note: int) -> None:
    t = np.arange(22_050) / 22_050
    tone = np.sin(2 * np.pi * 440 * 2 ** ((note - 69) / 12) * t)
    features = measure(frames_of(tone, Framing(4096, 4096, 2048)))
    assert (features.chroma[1:-2].argmax(axis=1) == note % 12).all()


@pytest.mark.parametrize("framing", [FRAMING, Framing(64, 63, 20), Framing(2, 2, 1)])
def test_bands_part_the_spectrum(framing: Framing) -> None:
    frames = frames_of(RNG.standard_normal(5000), framing)
    features = measure(frames)
    magnitudes = np.abs(np.fft.rfft(frames.cut(np.arange(len(frames)))))
    assert features.edges[0] == 0
    assert (np.diff(features.edges) > 0).all()
    np.testing.assert_allclose(features.bands.sum(axis=1), magnitudes.sum(axis=1), rtol=1e-4)


def test_a_level_is_that_of_the_sound_in_the_window() -> None:
    sine = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(22_050) / 22_050)
    features = measure(frames_of(sine))
    np.testing.assert_allclose(features.levels[2:-2], 20 * np.log10(0.5 / np.sqrt(2)), atol=0.05)
    quiet = np.concatenate([np.zeros(4096), sine, 1e-5 * sine])
    sounding = measure(frames_of(quiet)).sounding
    assert not sounding[:6].any()
    assert sounding[10:48].all()
    assert not sounding[-40:].any()


def test_the_divergence_is_scipys() -> None:
    a, b = RNG.random((2, 50)).astype(np.float32)
    a[:5] = 0
    assert divergence(a, b) == pytest.approx(kl_div(a.astype(float), b.astype(float)).sum(), rel=1e-6)


def test_activations_reach_what_scikit_learn_does() -> None:
    spectra, wanted = spectra_of(12), spectra_of(5) * 3
    ours = activations(wanted, spectra, 400)
    theirs, _, _ = non_negative_factorization(
        wanted, H=spectra, n_components=12, update_H=False, solver="mu",
        beta_loss="kullback-leibler", max_iter=400, tol=0,
    )  # fmt: skip
    assert divergence(wanted, ours @ spectra) == pytest.approx(divergence(wanted, theirs @ spectra), rel=2e-3)


def test_each_round_lowers_the_divergence() -> None:
    spectra, wanted = spectra_of(30), spectra_of(4)
    found = [divergence(wanted, activations(wanted, spectra, n) @ spectra) for n in range(1, 20)]
    assert (np.diff(found) < 0).all()


def test_a_sparse_fit_finds_what_the_target_is_made_of() -> None:
    spectra = spectra_of(100)
    wanted = 2 * spectra[31] + 0.5 * spectra[77]
    free = np.ones(100, np.float32), np.full(100, np.inf, np.float32)
    which, shares = sparse_fit(wanted, spectra, *free, 2)
    assert which.tolist() == [31, 77]
    np.testing.assert_allclose(shares, [2, 0.5], rtol=0.05)
    costs = free[0].copy()
    costs[31] = 50
    assert 31 not in sparse_fit(wanted, spectra, costs, free[1], 2)[0]
    _, limited = sparse_fit(wanted, spectra, free[0], np.full(100, 0.25, np.float32), 2)
    assert limited.max() <= 0.25


@pytest.mark.parametrize("block", [7, 16_384])
@pytest.mark.parametrize("k", [1, 5, 60])
def test_the_nearest_are_scikit_learns(block: int, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "_GRAINS", block)
    points, among = (RNG.standard_normal((n, 6)).astype(np.float32) for n in (70, 60))
    rows, lengths = sequence.nearest(points, among, k)
    expected, which = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(among).kneighbors(points)
    assert np.array_equal(rows, which)
    np.testing.assert_allclose(lengths, expected, atol=1e-4)


def cost_of(
    path: np.ndarray, wanted: np.ndarray, among: np.ndarray, follows: np.ndarray, weight: float
) -> float:
    """What a sequence costs, by the definition."""
    cost = np.linalg.norm(among[path] - wanted, axis=1).sum()
    for one, two in pairwise(path):
        awaited = follows[one] if follows[one] >= 0 else one
        cost += weight * np.linalg.norm(among[awaited] - among[two])
    return float(cost)


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0, 10.0])
@pytest.mark.parametrize("seed", range(4))
def test_the_best_sequence_is_the_best_of_all(weight: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    among, wanted = (rng.standard_normal((n, 3)).astype(np.float32) for n in (5, 5))
    follows = np.array([1, 2, -1, 4, -1])
    rows = np.tile(np.arange(5), (5, 1))
    costs = np.linalg.norm(among[rows] - wanted[:, None], axis=2).astype(np.float32)
    found = sequence.best_sequence(rows, costs, np.ones(5, np.float32), among, follows, weight, 0)
    least = min(
        cost_of(np.array(path), wanted, among, follows, weight) for path in product(range(5), repeat=5)
    )
    assert cost_of(found, wanted, among, follows, weight) == pytest.approx(least, abs=1e-4)


@pytest.mark.parametrize("rest", [1, 2, 3])
def test_a_sequence_lets_grains_rest(rest: int) -> None:
    among = RNG.standard_normal((rest + 2, 3)).astype(np.float32)
    rows = np.tile(np.arange(rest + 2), (60, 1))
    costs = RNG.random(rows.shape).astype(np.float32) ** 4
    path = sequence.best_sequence(
        rows, costs, np.ones(60, np.float32), among, np.full(rest + 2, -1), 0.1, rest
    )
    for t in range(60):
        assert path[t] not in path[max(0, t - rest) : t]
    assert np.array_equal(sequence.rested(rows, rest), np.arange(60) % (rest + 1))


def test_a_shortlist_of_a_large_corpus_holds_what_the_target_is_made_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Kinds of spectra, with small differences within each kind.
    kinds = np.repeat(spectra_of(40), 50, axis=0)
    spectra = kinds * RNG.uniform(0.7, 1.4, kinds.shape).astype(np.float32)
    spectra /= spectra.sum(axis=1, keepdims=True)
    # Neighbouring frames are alike.
    made_of = np.repeat(RNG.integers(0, len(spectra), (12, 2)), 8, axis=0)
    wanted = spectra[made_of].sum(axis=1)
    monkeypatch.setattr(shortlist, "_ROUNDS", 30)
    eligible = np.flatnonzero(np.arange(len(spectra)) % 7 != 3)
    for pool, share in ((4096, 0.97), (500, 0.9)):
        monkeypatch.setattr(shortlist, "POOL", pool)
        monkeypatch.setattr(shortlist, "_GROUPS", pool // 4)
        groups = shortlist.grouped(spectra, np.sqrt(spectra), eligible, 0)
        assert sorted(groups.members) == eligible.tolist()
        assert len(groups.means) <= pool
        found = shortlist.shortlist(wanted, spectra, groups, 60)
        assert np.isin(found, eligible).all()
        hits = [g in found[t] for t, pair in enumerate(made_of) for g in pair if g % 7 != 3]
        assert np.mean(hits) > share


def one_voice(n: int, gain: float) -> Voices:
    chosen = np.arange(n)[:, None]
    return Voices(chosen, np.full((n, 1), gain, np.float32), np.zeros((n, 1), np.int64))


@pytest.mark.parametrize("shift", [0, 37, -64])
def test_a_grain_is_moved_to_where_the_target_has_it(shift: int) -> None:
    samples = RNG.standard_normal(20_000).astype(np.float32)
    target = np.roll(samples, -shift)
    n = FRAMING.n_grains(20_000)
    found = aligned(one_voice(n, 0.2), frames_of(target), frames_of(samples), 64, 10.0)
    assert (found.shifts[2:-2] == shift).all()
    np.testing.assert_allclose(found.gains[2:-2], 1, atol=1e-3)
    assert aligned(one_voice(n, 0.2), frames_of(target), frames_of(samples), 64, 0.5).gains.max() <= 0.5


def test_new_gains_lower_the_divergence_of_the_sum() -> None:
    offered = frames_of(RNG.standard_normal(30_000).astype(np.float32))
    wanted = frames_of(RNG.standard_normal(20_000).astype(np.float32))
    n = len(wanted)
    chosen = RNG.integers(0, len(offered), (n, 4))
    voices = Voices(chosen, np.full((n, 4), 0.7, np.float32), np.zeros((n, 4), np.int64))
    found = aligned(voices, wanted, offered, 0, 10.0)

    def loss(gains: np.ndarray) -> np.ndarray:
        total = np.stack([g @ np.fft.rfft(offered.cut(c)) for g, c in zip(gains, chosen, strict=True)])
        target = wanted.magnitudes(np.arange(n))
        return np.array([divergence(v, p) for v, p in zip(target, np.abs(total), strict=True)])

    assert (found.gains >= 0).all()
    assert (loss(found.gains) <= loss(voices.gains) * (1 + 1e-5)).all()
    assert loss(found.gains).sum() < 0.9 * loss(voices.gains).sum()
