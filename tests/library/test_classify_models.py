"""The files of models: what is written comes back, and nothing that is dangerous, damaged or foreign does."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.cluster import KMeans
from sklearn.pipeline import Pipeline

from granulate.errors import OutputError
from granulate.library.classify.families import FAMILIES, make, space
from granulate.library.classify.model import Model
from granulate.library.classify.model_file import ModelError, load, save

COLUMNS = [f"spectral.c{i}" for i in range(6)]
DRAWS: dict[str, dict[str, Any]] = {
    "mlp": {"layers": 1, "activation": "tanh", "share": 60, "scaling": "ranks"},
    "forest": {"trees": "extra", "share": 100},
    "lda": {"shrinkage": 0.6},
    "svm": {"C": 1.0, "share": 30},
    "logistic": {"C": 1.0},
    "blend": {"shrinkage": 0.6, "max_features": 0.2, "share": 60, "scaling": "even ranks"},
}


def model_of(family: str) -> Model:
    rng = np.random.default_rng(0)
    names = np.array(["a", "b", "c"])[np.arange(60) % 3]
    values = rng.standard_normal((60, 6)).astype(np.float32)
    values[:, 0] += np.arange(60) % 3
    pipeline = make(family, dict(DRAWS[family]), 60, 0)
    if family == "mlp":
        pipeline[-1].set_params(max_iter=400, alpha=1.0)
    if family == "forest":
        pipeline[-1].set_params(n_estimators=8)
    if family == "blend":
        pipeline[-1].set_params(trees__n_estimators=8)
    card = {
        "classes": ["a", "b", "c"], "columns": COLUMNS, "blocks": "file", "temperature": 1.5,
        "sets": [{"name": "spectral", "parameters": {"share": 0.85}, "version": 1000}],
    }  # fmt: skip
    return Model(pipeline.fit(values, names), card)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_comes_back_as_it_was(family: str, tmp_path: Path) -> None:
    assert set(DRAWS[family]) <= set(space(family))
    model, path = model_of(family), tmp_path / "m.skops"
    save(model, path)
    back = load(path)
    assert back.card == model.card
    values = np.random.default_rng(5).standard_normal((20, 6)).astype(np.float32)
    assert np.array_equal(back.votes(values, np.arange(20), 20), model.votes(values, np.arange(20), 20))
    with pytest.raises(OutputError, match="exists"):
        save(model, path)
    with pytest.raises(OutputError, match=r"\.skops"):
        save(model, tmp_path / "m.pkl")
    assert [found.name for found in tmp_path.iterdir()] == ["m.skops"]


class Trap:
    """What a pickle would run."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path("trapped").touch, ())


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as found:
        load(path)
    assert "\n" not in str(found.value)
    assert path.name in str(found.value)
    return str(found.value)


def test_pickles_and_joblib_files_are_refused_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "m.skops"
    path.write_bytes(pickle.dumps(Trap()))
    assert "is damaged or no model" in refused(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("schema.json", pickle.dumps(Trap()))
    refused(path)
    assert not (tmp_path / "trapped").exists()
    assert "cannot be read" in refused(tmp_path / "nothing.skops")


def test_a_type_that_is_not_trusted_is_named_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    skops.io.dump({"format": 1, "card": "{}", "pipeline": np.random.default_rng(0), "more": Trap()}, path)
    assert "which is not trusted" in refused(path)
    schema = json.loads(zipfile.ZipFile(path).read("schema.json"))
    text = (
        json.dumps(schema).replace("tests.library.test_classify_models", "os").replace('"Trap"', '"system"')
    )
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("schema.json", text)
    refused(path)


def rewritten(model: Model, path: Path, **changed: Any) -> Path:
    """A model's file with other content."""
    content = {"format": 1, "card": json.dumps(model.card), "pipeline": model.pipeline} | changed
    skops.io.dump(content, path)
    return path


def test_what_does_not_fit_together_is_refused(tmp_path: Path) -> None:
    model, path = model_of("logistic"), tmp_path / "m.skops"
    load(rewritten(model, path))
    for card in (
        {"classes": ["a", "b"]},
        {"columns": COLUMNS[1:]},
        {"temperature": 0},
        {"blocks": "bars"},
        {"sets": []},
    ):
        assert "does not fit together" in refused(rewritten(model, path, card=json.dumps(model.card | card)))
    assert "format 1" in refused(rewritten(model, path, format=2))
    refused(rewritten(model, path, card="[]"))
    refused(rewritten(model, path, pipeline=Pipeline([("model", KMeans(2, n_init=1).fit(np.eye(6)))])))


@pytest.mark.parametrize("family", ["forest", "blend"])
def test_trees_that_never_end_are_refused(family: str, tmp_path: Path) -> None:
    model, path = model_of(family), tmp_path / "m.skops"
    load(rewritten(model, path))
    learner = model.pipeline[-1]
    tree = (learner if family == "forest" else learner.estimators_[0]).estimators_[3].tree_
    inner = int(np.flatnonzero(tree.children_left != -1)[-1])
    good = tree.children_left[inner]
    for wrong in (inner, 0, tree.node_count, 10**9):
        tree.children_left[inner] = wrong
        assert "does not fit together" in refused(rewritten(model, path))
    tree.children_left[inner] = good
    tree.feature[inner] = 10**6
    assert "does not fit together" in refused(rewritten(model, path))


def test_no_damage_does_more_than_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    save(model_of("logistic"), path)
    data, rng = path.read_bytes(), np.random.default_rng(3)
    for _ in range(40):
        broken = bytearray(data)
        for at in rng.integers(len(data), size=3):
            broken[at] ^= int(rng.integers(1, 256))
        path.write_bytes(bytes(broken[: int(rng.integers(1, len(data)))] if rng.random() < 0.3 else broken))
        with suppress(ModelError):  # and nothing else
            assert load(path).classes == ["a", "b", "c"]


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("granulate.library.classify.model_file._MOST_BYTES", 1 << 20)
    path, inner = tmp_path / "m.skops", io.BytesIO(bytes(1 << 21))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("schema.json", inner.getvalue())
    assert path.stat().st_size < 1 << 14
    assert "bytes unpacked" in refused(path)
