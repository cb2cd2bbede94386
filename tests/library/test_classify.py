"""Classifying: splits that leak nothing, scores, probabilities, and a model that learns what can be learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, precision_recall_fscore_support

from granulate.errors import ParameterError
from granulate.library import Library, LibraryError
from granulate.library.classify import Wish, kinds_by, predict, predict_file, train
from granulate.library.classify.examples import HALF_SECOND, gather
from granulate.library.classify.families import FAMILIES, described, make, space
from granulate.library.classify.kinds import Kinds
from granulate.library.classify.model import best_temperature, tempered, voted
from granulate.library.classify.model_file import ModelError
from granulate.library.classify.scores import Scores
from granulate.library.classify.splitting import folds, learnable, split
from tests.library.kinds import QUICK, clicks, library_of_kinds


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library_of_kinds(tmp_path_factory.mktemp("classify") / "sounds")


@pytest.mark.parametrize("seed", range(8))
def test_no_content_is_on_two_sides(seed: int) -> None:
    rng = np.random.default_rng(seed)
    contents = np.concatenate([np.arange(15), rng.integers(0, 40, 50)])
    # Copies of a file are of one kind.
    kinds = ["abc"[content % 3] for content in contents.tolist()]
    share = rng.uniform(0.05, 0.44)
    parts = split(kinds, contents, validation=share, test=share, seed=seed)
    assert sorted(np.concatenate(parts).tolist()) == list(range(65))
    sides = [set(contents[part].tolist()) for part in parts]
    assert len(set.union(*sides)) == sum(map(len, sides))
    for kind in "abc":
        mine = {c for k, c in zip(kinds, contents.tolist(), strict=True) if k == kind}
        assert len(sides[0] & mine) >= 2
        assert sides[1] & mine
        assert sides[2] & mine
    judged = [place for _, part in folds(kinds, contents, 4, seed) for place in part.tolist()]
    assert sorted(judged) == list(range(65))
    for known, part in folds(kinds, contents, 4, seed):
        assert not set(contents[known].tolist()) & set(contents[part].tolist())


def test_folds_hold_each_kind_evenly() -> None:
    kinds = ["a"] * 20 + ["b"] * 10 + ["c"] * 5
    parts = folds(kinds, np.arange(35), 5, 0)
    for _, judged in parts:
        assert [[kinds[at] for at in judged].count(kind) for kind in "abc"] == [4, 2, 1]


def test_kinds_of_too_few_sounds_are_left_out_and_copies_do_not_count() -> None:
    kinds, contents = ["a"] * 5 + ["b"] * 4 + ["c"] * 6, np.array([*range(9), 9, 9, 9, 9, 9, 10])
    assert learnable(kinds, contents) == (["a", "b"], {"c": 2})
    with pytest.raises(ParameterError, match="at least 2 such kinds"):
        learnable(kinds, contents, 5)


@pytest.mark.parametrize("n_classes", [2, 5])
def test_scores_are_those_of_scikit_learn(n_classes: int) -> None:
    rng = np.random.default_rng(n_classes)
    names = [f"k{i}" for i in range(n_classes)]
    known, found = rng.choice(names, 200).tolist(), rng.choice(names, 200).tolist()
    scores = Scores.of(names, known, found)
    assert np.array_equal(scores.confusion, confusion_matrix(known, found, labels=names))
    assert scores.balanced == pytest.approx(balanced_accuracy_score(known, found))
    precision, recall, _, _ = precision_recall_fscore_support(known, found, labels=names)
    assert scores.precision == pytest.approx(precision)
    assert scores.recall == pytest.approx(recall)


def test_votes_are_means_and_temperatures_mend_boldness() -> None:
    rows = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]])
    assert voted(rows, np.array([0, 0, 2]), 3) == pytest.approx(
        np.array([[0.7, 0.3], [0.5, 0.5], [0.2, 0.8]])
    )
    rng = np.random.default_rng(0)
    true = rng.dirichlet([1, 1, 1], 4000)
    known = np.array([rng.choice(3, p=row) for row in true])
    bold = tempered(true, 0.4)
    assert best_temperature(bold, known) == pytest.approx(2.5, rel=0.1)
    assert tempered(bold, 2.5) == pytest.approx(true, abs=1e-2)
    assert np.array_equal(bold.argmax(axis=1), true.argmax(axis=1))


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_learns_from_every_corner_of_its_space(family: str) -> None:
    from sklearn.model_selection import ParameterSampler

    rng = np.random.default_rng(1)
    names = np.array(["high", "low", "mid"])[np.arange(60) % 3]
    values = rng.standard_normal((60, 8)).astype(np.float32)
    values[:, 0] += 10 * (np.arange(60) % 3)
    values[:, 1] = 7  # constant
    for draw in ParameterSampler(space(family), 2, random_state=0):
        assert described(family, dict(draw)).keys() == draw.keys()
        pipeline = make(family, dict(draw), 60, 0)
        assert pipeline[0].get_params() == {"threshold": 0.0}
        if family in ("svm", "logistic"):
            assert pipeline.fit(values, names).score(values, names) > 0.8


def test_a_model_learns_and_is_the_same_again(library: Library) -> None:
    kinds = kinds_by(library, "folder")
    assert kinds.counts == {"clicks": 8, "noises": 8, "rare": 2, "tones": 8}
    wish = Wish(model="logistic", trials=2, folds=2, n_jobs=1)
    first = train(library, kinds, wish)
    assert first.left_out == {"rare": 2}
    assert first.model.classes == ["clicks", "noises", "tones"]
    assert first.scores["test"].accuracy == 1
    assert [scores.n_files for scores in first.scores.values()] == [len(ids) for ids in first.split.values()]
    found, same = predict(library, first.model), predict(library, train(library, kinds, wish).model)
    assert np.array_equal(found.probabilities, same.probabilities)
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(len(found.ids)))
    rare = [path.startswith("rare") for path in library.files().paths]
    assert [label for label, is_rare in zip(found.labels(), rare, strict=True) if is_rare] == ["clicks"] * 2
    assert found.labels(1.0).count("unknown") > 0


def test_the_number_of_processes_changes_nothing(library: Library) -> None:
    kinds = kinds_by(library, "folder")
    one, two = (
        train(library, kinds, Wish(["envelope"], model="mlp", trials=1, folds=2, n_jobs=n)) for n in (1, 2)
    )
    assert one.model.card == two.model.card
    assert np.array_equal(
        predict(library, one.model).probabilities, predict(library, two.model).probabilities
    )


def test_blocks_vote_and_never_part(library: Library) -> None:
    examples = gather(library, None, HALF_SECOND)
    assert len(examples.values) > len(examples)
    found = train(
        library,
        kinds_by(library, "folder"),
        Wish(blocks=HALF_SECOND, model="logistic", trials=2, folds=2, n_jobs=1),
    )
    assert set(found.model.columns) >= {"loudness.low_high_db", "loudness.crest_db"}
    sides = [set(ids) for ids in found.split.values()]
    assert sum(map(len, sides)) == len(set.union(*sides)) == 24
    assert found.scores["train"].n_files == len(sides[0])
    single = predict_file(library.path(library.files()[0]), found.model)
    assert single.probabilities[0] == pytest.approx(predict(library, found.model).probabilities[0], abs=1e-5)


def test_a_single_file_is_judged_as_in_the_library(library: Library, tmp_path: Path) -> None:
    model = train(library, kinds_by(library, "folder"), Wish(["spectral", "envelope.log_duration"], model="logistic", trials=1, folds=2, n_jobs=1)).model  # fmt: skip
    assert model.columns[-1] == "envelope.log_duration"
    found = predict(library, model)
    for row in (0, 9, 20):
        single = predict_file(library.path(library.files()[row]), model)
        assert single.probabilities[0] == pytest.approx(found.probabilities[row], abs=1e-5)
    assert predict_file(clicks(tmp_path / "new.wav", 94), model).probabilities.shape == (1, 3)


def test_an_index_of_other_measures_is_refused_with_the_scan_to_run(library: Library) -> None:
    model = train(
        library,
        kinds_by(library, "folder"),
        Wish(["spectral"], model="logistic", trials=1, folds=2, n_jobs=1),
    ).model
    other = [dict(held) for held in model.card["sets"]]
    other[0]["parameters"] = other[0]["parameters"] | {"share": 0.5}
    with pytest.raises(ModelError, match=r"scan .*sounds --measures spectral --set spectral.share=0.5"):
        predict(library, type(model)(model.pipeline, model.card | {"sets": other}))
    other[0]["version"] = -1
    with pytest.raises(ModelError, match="trained anew"):
        predict(library, type(model)(model.pipeline, model.card | {"sets": other}))


def test_kinds_of_a_table_and_of_labels(library: Library, tmp_path: Path) -> None:
    table = tmp_path / "kinds.csv"
    table.write_text("label,path\nx,tones/0.wav\ny,clicks/3.wav\nx,nowhere.wav\n,tones/1.wav\n")
    found = kinds_by(library, f"csv:{table}")
    files = library.files()
    paths = dict(zip(files.ids.tolist(), files.paths, strict=True))
    assert {paths[i]: name for i, name in zip(found.ids.tolist(), found.names, strict=True)} == {
        "tones/0.wav": "x", "clicks/3.wav": "y",
    }  # fmt: skip
    assert found.strange == ("nowhere.wav",)
    library.set_labels("mine", files.ids[:3], ["a", "b", "a"])
    assert kinds_by(library, "mine").counts == {"a": 2, "b": 1}
    for text, message in (
        ("only\n", "path,label"),
        ("tones/0.wav,x\ntones/0.wav,y\n", "one kind a file"),
        ("", "names no file"),
    ):
        table.write_text(text)
        with pytest.raises(ParameterError, match=message):
            kinds_by(library, f"csv:{table}")
    with pytest.raises(ParameterError, match="groups nothing"):
        kinds_by(library, "prefixx")


def test_what_cannot_be_learned_is_refused(library: Library) -> None:
    kinds = kinds_by(library, "folder")
    with pytest.raises(ParameterError, match="model = 'mpl'"):
        Wish(model="mpl")
    with pytest.raises(ParameterError, match="half-second"):
        gather(library, None, "halfsecond")
    with pytest.raises(LibraryError, match="centroid_maen"):
        train(library, kinds, Wish(["centroid_maen"]))
    with pytest.raises(ParameterError, match="shares of"):
        train(library, kinds, Wish(validation=0.5, test=0.5))
    with pytest.raises(ParameterError, match="at least 2 such kinds"):
        train(library, Kinds("one", kinds.ids, ("same",) * len(kinds.ids)))


def test_the_index_holds_what_is_tested(library: Library) -> None:
    assert {held.name for held in library.sets()} == {choice.kind for choice in QUICK}
