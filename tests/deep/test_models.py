"""Networks as reducers: they learn what they should, repeat to the bit, are kept, and stop when told to."""

from __future__ import annotations

import signal
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'granulate[deep]'")

from sklearn.decomposition import PCA

from granulate.cache import Cache
from granulate.corpus import analyse, extend
from granulate.deep import autoencoder
from granulate.deep.context import Context, quiet
from granulate.deep.training import Schedule, train
from granulate.errors import ParameterError
from granulate.preset import Preset
from granulate.stages.reducers import REDUCTION, embed
from granulate.types import Embedding, Sound
from tests.conftest import melody

CPU = Schedule(30, 16, 0.005, "cpu")
TRAINED = [kind for kind, stage in REDUCTION.stages.items() if stage.traits.get("trains")]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRANULATE_CACHE", str(tmp_path / "cache"))


def blobs(n: int, side: int = 16) -> np.ndarray:
    """Images (n, side * side) of a soft dot in places of its own: two numbers, on no straight line."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:side, :side] / (side - 1)
    places = rng.uniform(0.15, 0.85, (n, 2))
    far = (x - places[:, 0, None, None]) ** 2 + (y - places[:, 1, None, None]) ** 2
    return np.exp(-far / 0.02).reshape(n, -1).astype(np.float32)


def curve(n: int) -> np.ndarray:
    """Rows (n, 8) along a bent line: one number."""
    t = np.random.default_rng(4).uniform(0, 1, n)[:, None]
    k = np.arange(1, 9)
    return np.sin(0.5 * np.pi * t * k / 2 + k).astype(np.float32)


def missed(values: np.ndarray, found: np.ndarray) -> float:
    return float(np.square(values - found).mean() / np.square(values - values.mean(axis=0)).mean())


@pytest.mark.parametrize(
    ("values", "latent", "layout"),
    [(blobs(96, 12), 3, "image"), (curve(96), 1, "vector")],
    ids=["image", "vector"],
)
def test_a_bottleneck_keeps_more_than_as_many_straight_axes(
    values: np.ndarray, latent: int, layout: autoencoder.Layout
) -> None:
    network = autoencoder.fit(values, 0, CPU, latent=latent, layout=layout)
    straight = PCA(latent).fit(values)
    kept = missed(values, straight.inverse_transform(straight.transform(values)))
    assert missed(values, network.reconstruct(values)) < 0.85 * kept
    assert network.codes(values).shape == (len(values), latent)
    losses = network.model.card["losses"]
    assert len(losses) == CPU.epochs
    assert losses[-1] < 0.5 * losses[0]


def test_squares_are_images_of_any_side_and_only_squares() -> None:
    assert [autoencoder.kind_of(n, "auto") for n in (1024, 48 * 48, 128, 400, 1000)] == [
        "image", "image", "vector", "vector", "vector",
    ]  # fmt: skip
    for side in (1, 5, 16, 33):
        values = np.random.default_rng(side).standard_normal((4, side * side)).astype(np.float32)
        network = autoencoder.fit(values, 0, Schedule(1, 4, 0.001, "cpu"), layout="image")
        assert network.reconstruct(values).shape == values.shape
    with pytest.raises(ParameterError, match="layout = 'image' of 128 columns"):
        autoencoder.kind_of(128, "image")


def test_the_bound_of_the_variational_one_is_the_published_one() -> None:
    values = curve(64)
    spread = [
        autoencoder.fit_variational(values, 0, CPU, weight=weight).codes(values).std() for weight in (0.1, 30)
    ]
    assert spread[0] > 5 * spread[1]  # drawn together until nothing is told any more
    from granulate.deep.networks import VariationalAutoencoder

    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        network, rows = VariationalAutoencoder(8, 2), torch.from_numpy(values)
        means, logs = network.distribution(rows)
        normal = torch.distributions.Normal(means, (0.5 * logs).exp())
        divergence = torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0))
        one, other = (
            autoencoder._negative_bound(network, rows, weight, torch.Generator().manual_seed(1))
            for weight in (0.0, 1.0)
        )
    assert float(other - one) == pytest.approx(float(divergence.sum(dim=1).mean()), rel=1e-4)


def reduced(
    kind: str, values: np.ndarray, context: Context, seed: int = 0, **parameters: object
) -> Embedding:
    chosen = {"dimensions": 2, "then": "pca", "epochs": 1, "batch": 32, "device": "cpu", **parameters}
    found = embed(values, REDUCTION.bind({"kind": kind, **chosen}), seed, context)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", TRAINED)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7])
def test_few_grains_have_an_answer(kind: str, n: int) -> None:
    rng = np.random.default_rng(n)
    for values in (rng.standard_normal((n, 8)), np.ones((n, 8)), rng.standard_normal((n, 1))):
        for dimensions in (1, 3):
            found = reduced(kind, values.astype(np.float32), Context(), dimensions=dimensions)
            assert found.points.shape == (n, dimensions)
            assert found.method == kind if n > 3 else found.method in (kind, "pca")
            if n and (values == values[:1]).all():
                assert not found.points.any()


@pytest.mark.parametrize("kind", TRAINED)
def test_two_clusters_stay_two(kind: str) -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.standard_normal((60, 10)), rng.standard_normal((60, 10)) + 10])
    points = reduced(kind, values.astype(np.float32), Context(), dimensions=1, epochs=3).points[:, 0]
    apart = np.abs(points[:, None] - points) + np.where(np.eye(120, dtype=bool), np.inf, 0)
    assert ((apart.argmin(axis=1) < 60) == (np.arange(120) < 60)).mean() > 0.95


@pytest.mark.parametrize("kind", TRAINED)
def test_runs_repeat_to_the_bit_and_leave_torch_as_it_was(kind: str) -> None:
    values = np.random.default_rng(0).standard_normal((70, 20)).astype(np.float32)
    threads = torch.get_num_threads()
    states, found = [], []
    try:
        for n_threads in (1, 3):
            torch.set_num_threads(n_threads)
            torch.manual_seed(n_threads)
            states.append(torch.get_rng_state())
            found.append(reduced(kind, values, Context()).points)
            assert torch.get_num_threads() == n_threads
            assert not torch.are_deterministic_algorithms_enabled()
            assert torch.equal(torch.get_rng_state(), states[-1])
    finally:
        torch.set_num_threads(threads)
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[0], reduced(kind, values, Context(), seed=1).points)


@pytest.mark.parametrize("kind", TRAINED)
def test_what_was_trained_is_not_trained_again(kind: str, tmp_path: Path) -> None:
    values = np.random.default_rng(0).standard_normal((70, 20)).astype(np.float32)
    told: list[tuple[str, int, int]] = []
    context = Context(lambda *step: told.append(step), Cache(tmp_path / "networks"))
    first = reduced(kind, values, context)
    trained = list(told)
    assert trained[0][1] == 0
    assert any(done == total for _, done, total in trained)
    assert all(before[1] <= after[1] for before, after in pairwise(trained) if before[0] == after[0])
    assert all("train" in name for name, _, _ in trained)
    told.clear()
    again = reduced(kind, values, context)
    reduced(kind, values, context, dimensions=1)  # what comes after a network is no part of it
    assert not told
    np.testing.assert_array_equal(first.points, again.points)
    for change in ({"seed": 1}, {"epochs": 2}, {"batch": 31}, {"rate": 0.002}):
        told.clear()
        reduced(kind, values, context, **change)  # type: ignore[arg-type]
        assert told, change
    told.clear()
    reduced(kind, values + np.float32(1e-3), context)
    assert told


def test_a_network_is_not_kept_for_who_keeps_nothing(tmp_path: Path) -> None:
    preset = Preset.of({"reduction": {"kind": "autoencoder", "latent": 2, "epochs": 1}})
    found = [analyse(melody(0.5), preset, keep=keep) for keep in (False, True)]
    np.testing.assert_array_equal(found[0].embedding.points, found[1].embedding.points)  # type: ignore[union-attr]
    assert len(list((tmp_path / "cache").iterdir())) == 1


def at_batch(number: int, act: Callable[[], None]) -> Callable[[str, int, int], None]:
    """A step that acts once, when so many batches have been trained on."""
    seen = []

    def step(stage: str, done: int, total: int) -> None:
        if done == number and not seen:
            seen.append(done)
            act()

    return step


def ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def test_ctrl_c_ends_training_and_what_was_learnt_is_used_but_not_kept(tmp_path: Path) -> None:
    values = curve(64)
    memory = Cache(tmp_path / "networks")
    before = signal.getsignal(signal.SIGINT)
    stopped = reduced("autoencoder", values, Context(at_batch(3, ctrl_c), memory), epochs=3)
    assert signal.getsignal(signal.SIGINT) is before
    card = stopped.fitted.network.model.card
    assert card["stopped"]
    assert len(card["losses"]) == 2  # two batches make an epoch here
    whole = reduced("autoencoder", values, Context(memory=memory), epochs=3)
    assert not whole.fitted.network.model.card["stopped"]
    assert not np.array_equal(whole.points, stopped.points)

    def twice() -> None:
        ctrl_c()
        ctrl_c()

    with pytest.raises(KeyboardInterrupt):
        reduced("autoencoder", values, Context(at_batch(1, twice)), seed=5)
    assert signal.getsignal(signal.SIGINT) is before


def test_training_that_leaves_the_range_of_numbers_is_named() -> None:
    network = torch.nn.Linear(1, 1)
    with pytest.raises(ParameterError, match=r"reduction.rate = 0.5 let the training of maps run away"):
        train(
            network,
            lambda rows, _: (1e30 * network.weight.sum()) ** 2,
            4,
            0,
            Schedule(3, 2, 0.5),
            quiet,
            "maps",
        )


@pytest.mark.parametrize("kind", TRAINED)
def test_more_numbers_than_dimensions_are_brought_down(kind: str) -> None:
    values = np.random.default_rng(1).standard_normal((60, 12)).astype(np.float32)
    drawn = reduced(kind, values, Context(), latent=12, dimensions=3)
    assert drawn.points.shape == (60, 3)
    codes = values
    for stage in drawn.fitted.stages[:-1]:
        codes = stage.transform(codes)
    assert codes.shape == (60, 12)
    straight = PCA(3).fit_transform(codes)
    found = np.abs(np.corrcoef(drawn.points.T, straight.T)[:3, 3:])
    np.testing.assert_allclose(np.diag(found), 1, atol=1e-3)


@pytest.mark.parametrize("kind", TRAINED)
def test_other_sounds_are_placed_by_themselves(kind: str) -> None:
    preset = Preset.of({
        "framing": {"window": 1024, "hop": 512}, "descriptors": {"kind": "spectrogram", "high": 4000.0},
        "reduction": {"kind": kind, "epochs": 1, "batch": 32, "device": "cpu", "dimensions": 2, "then": "pca"},
    })  # fmt: skip
    made = analyse(melody(1.0), preset)
    n = len(made)
    twin, other = Sound(melody(1.0).samples, 22_050), melody(0.7, seed=8)
    both, alone = extend(made, [other, twin]).embedding, extend(made, [twin]).embedding
    assert made.embedding is not None
    assert both is not None
    assert alone is not None
    size = np.ptp(made.embedding.points)
    np.testing.assert_array_equal(both.points[:n], made.embedding.points)
    np.testing.assert_allclose(both.points[-n:], alone.points[-n:], atol=1e-5 * size)
    np.testing.assert_allclose(alone.points[-n:], made.embedding.points, atol=1e-5 * size)
