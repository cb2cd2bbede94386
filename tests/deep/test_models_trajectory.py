"""Windows over a spectrogram, the losses of their paths, and what says all that in a preset."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import spectrogram
from scipy.special import expit

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'granulate[deep]'")

from granulate.corpus import analyse
from granulate.deep import trajectory
from granulate.deep.context import Context
from granulate.deep.networks import WindowAutoencoder
from granulate.deep.runtime import repeatable
from granulate.deep.training import Schedule
from granulate.deep.trajectory import Losses, windows
from granulate.errors import ParameterError
from granulate.preset import Preset
from granulate.stages.reducers import REDUCTION, embed
from granulate.types import Framing, Sound
from tests.conftest import melody

SECTIONS = {
    "framing": {"n_fft": 1024, "window": 1024, "hop": 1023, "shape": "tukey", "taper": 0.4},
    "descriptors": {"kind": "spectrogram", "high": 4000.0},
    "scaling": {"kind": "unit"},
}


def loops(n: int = 160, n_columns: int = 24, period: int = 40, noise: float = 0.1) -> np.ndarray:
    """A noisy spectrogram (n, n_columns) from 0 to 1 of one partial that goes up and down."""
    place = 0.5 + 0.4 * np.sin(2 * np.pi * np.arange(n) / period)
    far = np.arange(n_columns) / (n_columns - 1) - place[:, None]
    rng = np.random.default_rng(0)
    return np.clip(np.exp(-(far**2) / 0.01) + noise * rng.random((n, n_columns)), 0, 1).astype(np.float32)


def smoothness(points: np.ndarray) -> float:
    moves = np.diff(points, axis=0)
    moves /= np.linalg.norm(moves, axis=1, keepdims=True)
    return float((moves[1:] * moves[:-1]).sum(axis=1).mean())


@pytest.mark.parametrize("width", [1, 2, 7, 12, 30])
def test_windows_are_centred_stay_within_their_sound_and_hold_no_copies(width: int) -> None:
    values = np.arange(60, dtype=np.float32).reshape(20, 3)
    sounds = np.repeat([0, 1, 2], [9, 1, 10])
    found = windows(values, width, sounds)
    for row in range(20):
        first, last = {0: (0, 8), 1: (9, 9), 2: (10, 19)}[int(sounds[row])]
        around = np.clip(np.arange(width) - width // 2 + row, first, last)
        np.testing.assert_array_equal(found.view[found.starts[row]].numpy().T, values[around])
    held = found.view.untyped_storage().nbytes()
    assert held == 4 * 3 * (20 + 3 * (width - 1))


def test_the_loss_is_what_its_formulas_say() -> None:
    values, sounds = loops(40, 6), np.repeat([0, 1], [25, 15])
    weights = Losses(alpha=0.3, off_centre=0.2, curvature=0.1, history=4)
    with repeatable(1):
        network = WindowAutoencoder(6, 5, 3)
    places = windows(values, 5, sounds)
    predictable = trajectory._predictable(40, 4, Context(sounds=sounds))
    assert np.flatnonzero(~predictable).tolist() == [0, 1, 2, 24, 25, 26, 27, 39]
    loss = trajectory._Loss(network, "cpu", places, predictable, weights)
    rows = [0, 39, 7, 30, 24, 8]
    with torch.inference_mode():
        found = float(loss(torch.tensor(rows), None))
        window = np.stack([places.view[start].numpy() for start in places.starts])
        points = network.encode(torch.from_numpy(window)).numpy().astype(np.float64)
        heard = expit(network.logits(torch.from_numpy(points[rows]).float()).numpy().astype(np.float64))
        paths = np.stack([points[row - 3 : row + 1] for row in (7, 30, 8)])
        predicted = network.next_displacements(torch.from_numpy(paths).float()).numpy()
    truth = window[rows].astype(np.float64)
    entropy = -(truth * np.log(heard) + (1 - truth) * np.log(1 - heard)).mean()

    def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (a * b).sum(axis=-1) / (np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1))

    moved = np.stack([points[row + 1] - points[row] for row in (7, 30, 8)])
    moves = np.stack([np.diff(points[row - 3 : row + 2], axis=0) for row in (7, 30, 8)])
    expected = (
        entropy
        + 0.3 * (1 - cosine(moved, predicted)).mean()
        + 0.2 * np.square(points[rows]).mean()
        + 0.1 * (1 - cosine(moves[:, 1:], moves[:, :-1])).mean()
    )
    assert found == pytest.approx(expected, rel=1e-5)


def test_conditioning_smooths_the_path_and_alpha_0_is_an_autoencoder_alone() -> None:
    values = loops()
    schedule = Schedule(4, 16, 0.004, "cpu")

    def fitted(**losses: float) -> trajectory.Trajectory:
        return trajectory.fit(values, 2, schedule, width=10, losses=Losses(history=20, **losses))  # type: ignore[arg-type]

    pure, conditioned = fitted(alpha=0.0), fitted(alpha=0.3)
    assert smoothness(conditioned.codes(values)) > smoothness(pure.codes(values)) + 0.02
    with repeatable(2):
        untrained = WindowAutoencoder(24, 10, 3).state_dict()
    for name, weights in pure.model.weights.items():
        same = np.array_equal(weights, untrained[name].numpy())
        assert same == name.startswith(("recurrent", "displacement", "low", "span")), name
    rows = np.arange(len(values))
    found = pure.reconstruct(values, rows)
    truth = np.stack([windows(values, 10).view[row].numpy().T for row in rows])
    assert found.shape == truth.shape
    entropy = -(truth * np.log(found) + (1 - truth) * np.log1p(-found)).mean()
    losses = pure.model.card["losses"]
    assert entropy < losses[-1] < losses[0]


def test_the_descriptor_is_scipys_spectrogram() -> None:
    sound = melody(1.0, 44_100)
    for shape, window in (({"shape": "tukey", "taper": 0.4}, ("tukey", 0.4)), ({"shape": "hann"}, "hann")):
        preset = Preset.of({**SECTIONS, "framing": {"n_fft": 1024, "window": 1024, "hop": 512, **shape}, "scaling": {"kind": "none"}})  # fmt: skip
        made = analyse(sound, preset)
        hz, _, expected = spectrogram(
            sound.samples[0], 44_100, window, 1024, 512, detrend=False, scaling="spectrum", mode="magnitude"
        )
        # Frames there begin at a multiple of the hop, here they are centred on one.
        kept = hz <= 4000
        np.testing.assert_allclose(
            made.descriptors.values[1 : 1 + expected.shape[1]], expected[kept].T, atol=1e-6
        )
        assert made.descriptors.names[-1] == f"bin_{kept.sum() - 1}"
    with pytest.raises(ParameterError, match="leaves no bin"):
        analyse(sound, preset.set("descriptors.low=10", "descriptors.high=20"))


def test_unit_brings_the_whole_table_to_0_and_1() -> None:
    made = analyse(melody(1.0), Preset.of({**SECTIONS, "scaling": {"kind": "none"}}))
    scaled = analyse(melody(1.0), Preset.of(SECTIONS)).descriptors.values
    raw = made.descriptors.values
    assert (scaled.min(), scaled.max()) == (0, 1)
    np.testing.assert_allclose(scaled, (raw - raw.min()) / (raw.max() - raw.min()), atol=1e-6)


def test_a_window_with_a_number_is_scipys_and_puts_together_what_it_takes_apart() -> None:
    from scipy.signal import get_window

    framing = Framing(1024, 1024, 512, "tukey:0.4")
    np.testing.assert_allclose(framing.weights(), get_window(("tukey", 0.4), 1024), atol=1e-6)
    for wrong in ("tukey:", "tukey:x", "tukey:1:2", "hann:0.5"):
        with pytest.raises(ParameterError, match="unknown window shape"):
            Framing(1024, 1024, 512, wrong)


def test_the_window_is_told_in_time_and_shorter_than_the_sound() -> None:
    sound = Sound(melody(1.2, 44_100).samples, 44_100)
    for window, width in (("500ms", 22), ("1023 samples", 1), ("3 hops", 3), ("2s", None)):
        reduction = {"kind": "trajectory", "window": window, "epochs": 1, "device": "cpu"}
        made = analyse(sound, Preset.of({**SECTIONS, "reduction": reduction}))
        assert made.embedding is not None
        assert made.embedding.fitted.network.width == (len(made) if width is None else width)
        assert made.embedding.points.shape == (len(made), 3)


def test_values_beyond_0_and_1_are_brought_there() -> None:
    values = loops(80)
    choice = REDUCTION.bind({"kind": "trajectory", "epochs": 2, "dimensions": 3, "device": "cpu"})
    plain, stretched = (
        embed(v, choice, 0) for v in (values, (values - values.min()) / np.ptp(values) * 64 - 32)
    )
    assert plain is not None
    assert stretched is not None
    apart = np.corrcoef(plain.points.ravel(), stretched.points.ravel())[0, 1]
    assert apart > 0.99
