"""The families of models that compete, and where the search looks for their parameters.

Everything that learns from examples is inside one pipeline, which is fitted to the examples of a fold alone:
leaving out constant columns, scaling, choosing columns (by the F statistic of an analysis of variance), the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.parameters import listed, near

ALL = "all"
FAMILIES = ("mlp", "forest", "lda", "svm", "logistic", "blend")
"""A fully connected network, extremely randomised or random trees, linear discriminants, support vectors,
logistic regression, and the mean of what trees and discriminants say: they err in different places."""
OF_TREES = ("forest", "blend")
"""Those that hardly change with their parameters and take the longest."""

_LAYERS = (
    *((units,) for units in (4, 8, 16, 32, 64, 128)),
    (8, 8), (16, 16), (64, 32),
    (16, 16, 16), (64, 32, 16), (16, 8, 8, 4), (16, 16, 16, 16, 16), (2,),
)  # fmt: skip
"""One to five layers of two units and more."""
_EPOCHS = 300
_TREES = 300
_QUANTILES = 100
_SHAPES = {"ranks": "normal", "even ranks": "uniform"}
"""How ranks are spread. A normal distribution puts the first and the last far out, which discriminants follow."""


def families_of(model: str) -> tuple[str, ...]:
    """The families that a name stands for. Raises ParameterError for another."""
    if model == ALL:
        return FAMILIES
    if model not in FAMILIES:
        known = (*FAMILIES, ALL)
        raise ParameterError(f"model = {model!r}{near(model, known)}; allowed: {listed(known)}")
    return (model,)


def make(family: str, parameters: dict[str, Any], n_rows: int, seed: int) -> Any:
    """An unfitted pipeline for so many rows (scikit-learn)."""
    from sklearn.feature_selection import SelectPercentile, VarianceThreshold, f_classif
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import QuantileTransformer, StandardScaler

    rest = dict(parameters)
    share, scaling = rest.pop("share", 100), rest.pop("scaling", "standard")
    scaler = StandardScaler()
    if scaling in _SHAPES:
        scaler = QuantileTransformer(
            n_quantiles=min(_QUANTILES, n_rows), output_distribution=_SHAPES[scaling], random_state=seed
        )
    steps = [("varying", VarianceThreshold()), ("scaled", scaler)]
    if share < 100:
        steps.append(("chosen", SelectPercentile(f_classif, percentile=share)))
    return Pipeline([*steps, ("model", _model(family, rest, seed))])


def _model(family: str, parameters: dict[str, Any], seed: int) -> Any:
    if family == "mlp":
        from sklearn.neural_network import MLPClassifier

        layers = _LAYERS[parameters.pop("layers")]
        return MLPClassifier(layers, max_iter=_EPOCHS, random_state=seed, **parameters)
    if family == "forest":
        from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

        kind = {"extra": ExtraTreesClassifier, "random": RandomForestClassifier}[parameters.pop("trees")]
        return kind(_TREES, random_state=seed, n_jobs=1, **parameters)
    if family == "lda":
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

        return LinearDiscriminantAnalysis(solver="lsqr", **parameters)
    if family == "blend":
        from sklearn.ensemble import VotingClassifier

        lines = _model("lda", {"shrinkage": parameters.pop("shrinkage")}, seed)
        trees = _model("forest", {"trees": "extra", "class_weight": "balanced", **parameters}, seed)
        return VotingClassifier([("trees", trees), ("lines", lines)], voting="soft")
    if family == "svm":
        from sklearn.svm import SVC

        return SVC(random_state=seed, **parameters)
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000, random_state=seed, **parameters)


def space(family: str) -> dict[str, Any]:
    """What the search draws a family's parameters from: lists, and distributions of scipy."""
    from scipy.stats import loguniform

    spaces: dict[str, dict[str, Any]] = {
        "mlp": {
            "layers": list(range(len(_LAYERS))),
            "activation": ["tanh", "relu"],
            "alpha": loguniform(1e-4, 10),
            "learning_rate_init": loguniform(5e-4, 1e-2),
        },
        "forest": {
            "trees": ["extra", "random"],
            "max_features": [0.05, 0.1, 0.2, 0.4],
            "min_samples_leaf": [1, 2],
            "class_weight": [None, "balanced"],
        },
        # With more columns than examples it is the shrinking that makes it learn.
        "lda": {"shrinkage": [0.2, 0.4, 0.6, 0.8, "auto"]},
        "svm": {
            "C": loguniform(0.3, 100),
            "gamma": loguniform(3e-4, 3e-2),
            "class_weight": [None, "balanced"],
        },
        "logistic": {"C": loguniform(1e-4, 10), "class_weight": [None, "balanced"]},
        "blend": {
            "shrinkage": [0.4, 0.6, 0.8],
            "max_features": [0.1, 0.15, 0.2, 0.3],
            "scaling": ["even ranks"],
        },
    }
    return {"share": [15, 30, 60, 100], "scaling": ["standard", "ranks"]} | spaces[family]


def described(family: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters as plain values: the layers as units in each."""
    plain = {
        name: value.item() if isinstance(value, np.generic) else value for name, value in parameters.items()
    }
    if family == "mlp":
        plain["layers"] = list(_LAYERS[plain["layers"]])
    return plain


def probabilities(pipeline: Any, values: NDArray[np.float32], classes: list[str]) -> NDArray[np.float64]:
    """What a fitted pipeline makes of rows: the probability (n_rows, n_classes) of each class.

    Support vectors give distances instead; of these the softmax is taken. A class that it never saw has 0.
    """
    learner = pipeline[-1]
    found = np.zeros((len(values), len(classes)))
    if not len(values):
        return found
    if hasattr(learner, "predict_proba"):
        known = pipeline.predict_proba(values)
    else:
        away = pipeline.decision_function(values)
        away = np.stack([-away, away], axis=1) if away.ndim == 1 else away
        known = np.exp(away - away.max(axis=1, keepdims=True))
        known /= known.sum(axis=1, keepdims=True)
    places = {name: at for at, name in enumerate(classes)}
    found[:, [places[str(name)] for name in learner.classes_]] = known
    return found
