"""The file of a network: what was saved comes back, and what is none is refused without running it."""

from __future__ import annotations

import io
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'granulate[deep]'")

from granulate.deep import autoencoder, trajectory
from granulate.deep.model_file import NetworkError, load, save
from granulate.deep.training import Schedule
from granulate.errors import OutputError, ParameterError
from granulate.pictures.reconstructions import plot_reconstructions

ONCE = Schedule(1, 16, 0.001, "cpu")
VALUES = np.random.default_rng(0).random((48, 30), np.float32)


def made(kind: str) -> autoencoder.Autoencoder | trajectory.Trajectory:
    if kind == "window":
        return trajectory.fit(VALUES, 3, ONCE, width=9)
    if kind == "variational":
        return autoencoder.fit_variational(VALUES, 3, ONCE)
    return autoencoder.fit(np.repeat(VALUES, 12, axis=1)[:, :256], 3, ONCE, layout=kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["image", "vector", "variational", "window"])
def test_what_was_saved_comes_back_with_what_made_it(kind: str, tmp_path: Path) -> None:
    network = made(kind)
    save(network, tmp_path / "a.pt")
    save(network, tmp_path / "b.pt")
    assert (tmp_path / "a.pt").read_bytes() == (tmp_path / "b.pt").read_bytes()
    again = load(tmp_path / "a.pt")
    n_columns = network.model.card["architecture"]["n_columns"]
    values = np.random.default_rng(1).random((20, n_columns), np.float32)
    assert type(again) is type(network)
    np.testing.assert_array_equal(again.codes(values), network.codes(values))
    card = again.model.card
    assert card == network.model.card
    assert card["seed"] == 3
    assert card["parameters"]["epochs"] == 1
    assert set(card["versions"]) == {"granulate", "torch", "numpy"}
    assert len(card["data"]) == 64


class Harm:
    """What a hostile pickle does when it is read."""

    def __reduce__(self) -> Any:
        return (Path.touch, (Path("harmed"),))


def content() -> dict[str, Any]:
    model = made("vector").model
    weights = {name: torch.from_numpy(np.array(array)) for name, array in model.weights.items()}
    return {"card": json.loads(json.dumps(dict(model.card))), "weights": weights}


def written(table: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    torch.save({**table, "card": json.dumps(table["card"])}, file)
    return file.getvalue()


def with_architecture(**sizes: object) -> bytes:
    table = content()
    table["card"]["architecture"].update(sizes)
    return written(table)


def without(name: str) -> bytes:
    table = content()
    del table["weights"][name]
    return written(table)


def not_a_number() -> bytes:
    table = content()
    table["weights"]["scale"][:] = torch.nan
    return written(table)


def harmful() -> bytes:
    file = io.BytesIO()
    torch.save({"card": Harm(), "weights": {}}, file)
    return file.getvalue()


HOSTILE = {
    "empty": lambda: b"",
    "text": lambda: b"no network",
    "pickle": lambda: pickle.dumps(Harm()),
    "a pickle in a network": harmful,
    "cut short": lambda: written(content())[:-400],
    "another format": lambda: written({**content(), "card": {**content()["card"], "format": 99}}),
    "huge": lambda: with_architecture(n_columns=10**9),
    "negative": lambda: with_architecture(latent=-1),
    "another kind": lambda: with_architecture(kind="os.system"),
    "more sizes": lambda: with_architecture(depth=3),
    "weights left out": lambda: without("scale"),
    "no numbers": not_a_number,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_network_is_refused_in_a_line_and_not_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.pt").write_bytes(HOSTILE[name]())
    with pytest.raises(NetworkError, match=r"bad.pt: .*allowed: ") as error:
        load("bad.pt")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "harmed").exists()


def test_nothing_is_overwritten_and_other_names_are_refused(tmp_path: Path) -> None:
    network = made("vector")
    (tmp_path / "mine.pt").write_text("mine")
    for path, message in (
        ("mine.pt", "exists"),
        ("mine.pkl", "allowed: .pt"),
        ("none/a.pt", "does not exist"),
    ):
        with pytest.raises(OutputError, match=message):
            save(network, tmp_path / path)
    assert (tmp_path / "mine.pt").read_text() == "mine"
    save(network, tmp_path / "mine.pt", force=True)
    assert load(tmp_path / "mine.pt").model.card["architecture"]["kind"] == "vector"
    with pytest.raises(NetworkError, match="cannot be read"):
        load(tmp_path / "none.pt")


def test_a_picture_shows_what_went_in_and_what_came_out(tmp_path: Path) -> None:
    before = np.random.default_rng(0).random((30, 64)).astype(np.float32)
    figure = plot_reconstructions(
        before, before * 0.5, tmp_path / "pairs.png", names=[f"a$b_{i}" for i in range(30)]
    )
    assert (tmp_path / "pairs.png").stat().st_size > 5000
    shown = [panel.images[0] for panel in figure.axes if panel.images]
    assert len(shown) == 16
    np.testing.assert_array_equal(shown[0].get_array(), before[0].reshape(8, 8))
    np.testing.assert_allclose(shown[-1].get_array(), 0.5 * before[29].reshape(8, 8))
    assert {image.get_clim() for image in shown} == {shown[0].get_clim()}
    with pytest.raises(ParameterError, match="allowed: equal shapes"):
        plot_reconstructions(before, before[:3])
    with pytest.raises(OutputError, match="no picture format"):
        plot_reconstructions(before, before, tmp_path / "pairs.txt")
