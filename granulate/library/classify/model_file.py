"""The file of a model: skops, of which nothing is made but what stands in a list, and no code is run.

Never pickle: whoever can write a pickle can run a program where it is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from granulate.atomic import check_output, replacing
from granulate.errors import GranulateError, OutputError, printable
from granulate.library.classify.examples import BLOCKS
from granulate.library.classify.model import Model
from granulate.library.labelling import HASH, MODEL

SUFFIX = ".skops"
_FORMAT = 1
_MOST_BYTES = 1 << 30

TRUSTED = (
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
)
"""Beside numpy's and scikit-learn's own types that skops knows to be harmless. Trees are checked apart; a Bunch is a
table whose keys are attributes too."""


class ModelError(GranulateError):
    """A model's file that is missing, damaged, foreign, or holds what is not trusted; or one that does not fit."""


def check_model(path: str | os.PathLike[str], *, force: bool = False) -> None:
    """Refuse, before any work, a model's file that could not be written. Raises OutputError."""
    if Path(os.fsdecode(path)).suffix.lower() != SUFFIX:
        raise OutputError(f"{printable(path)}: no model has that extension; allowed: {SUFFIX}")
    check_output(path, force=force)


def save(model: Model, path: str | os.PathLike[str], *, force: bool = False) -> None:
    """Write a model with its card; whole, or not at all. Raises OutputError."""
    import skops.io

    check_model(path, force=force)
    learner = model.pipeline[-1]
    if hasattr(learner, "_optimizer"):  # what a network learns with, and does not judge by
        del learner._optimizer
    content = {"format": _FORMAT, "card": json.dumps(model.card), "pipeline": model.pipeline}
    with replacing(path, force=force) as temporary, temporary.open("wb") as file:
        skops.io.dump(content, file, compression=zipfile.ZIP_DEFLATED)


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model. Raises ModelError for what is none, is damaged, or names types that are not trusted."""
    name = printable(path)
    try:
        data = _bytes(Path(os.fsdecode(path)))
        model = _checked(_content(data, name), name)
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        return replace(model, origin={MODEL: printable(os.path.basename(os.fsdecode(path))), HASH: digest})
    except (ModelError, MemoryError):
        raise
    except OSError as error:
        raise ModelError(
            f"{name}: cannot be read: {error.strerror or error}; allowed: a model's file"
        ) from None
    except Exception as error:  # noqa: BLE001 - what a damaged file may raise in its reader is not listed anywhere
        raise ModelError(
            f"{name}: is damaged or no model ({type(error).__name__}); allowed: a .skops file"
        ) from None


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise ModelError(f"{printable(path)}: {path.stat().st_size} bytes; allowed: up to {_MOST_BYTES}")
    with zipfile.ZipFile(path) as file:
        unpacked = sum(entry.file_size for entry in file.infolist())
        if unpacked > _MOST_BYTES:
            raise ModelError(f"{printable(path)}: {unpacked} bytes unpacked; allowed: up to {_MOST_BYTES}")
    return path.read_bytes()


def _content(data: bytes, name: str) -> Any:
    import skops.io

    strange = sorted(set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED))
    if strange:
        raise ModelError(
            f"{name}: holds {printable(strange[0])}, which is not trusted; allowed: models that granulate wrote"
        )
    return skops.io.loads(data, trusted=list(TRUSTED))


def _checked(content: Any, name: str) -> Model:
    from sklearn.pipeline import Pipeline

    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise ModelError(f"{name}: is no model of format {_FORMAT}; allowed: models that granulate wrote")
    card, pipeline = json.loads(content["card"]), content["pipeline"]
    model = Model(pipeline, card)
    fits = (
        type(pipeline) is Pipeline
        and all(isinstance(text, str) for text in (*model.classes, *model.columns))
        and len(model.classes) >= 2
        and {str(found) for found in pipeline[-1].classes_} <= set(model.classes)
        and pipeline.n_features_in_ == len(model.columns)
        and card["blocks"] in BLOCKS
        and 0.05 <= card["temperature"] <= 20
        and {column.partition(".")[0] for column in model.columns}
        == {choice.kind for choice in model.choices}
        and _are_trees(pipeline[-1])
    )
    if not fits:
        raise ModelError(f"{name}: what it holds does not fit together; allowed: models that granulate wrote")
    # It judges once here, so that what is wrong inside shows before it judges anything that matters.
    found = model.votes(np.zeros((1, len(model.columns)), np.float32), np.zeros(1, np.int64), 1)
    if found.shape != (1, len(model.classes)) or not np.isfinite(found).all():
        raise ModelError(f"{name}: judges nothing; allowed: models that granulate wrote")
    return model


def _are_trees(learner: Any) -> bool:
    """Whether every path through a forest's trees ends: their reader takes any numbers for nodes."""
    for grown in getattr(learner, "estimators_", ()):
        if not hasattr(grown, "tree_"):  # one of a blend
            if not _are_trees(grown):
                return False
            continue
        tree = grown.tree_
        n = tree.node_count
        at, left, right = np.arange(n), tree.children_left, tree.children_right
        inner = left != -1
        features = tree.feature[inner]
        after = (
            (left[inner] > at[inner]) & (right[inner] > at[inner]) & (left[inner] < n) & (right[inner] < n)
        )
        if not n or not after.all() or ((features < 0) | (features >= learner.n_features_in_)).any():
            return False
    return True
