"""Predicting: what kind of sound each file of a library is, or a file of none."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError, printable
from granulate.library import Library
from granulate.library.classify.examples import BLOCKS, FILE, block_columns, gather
from granulate.library.classify.model import Model
from granulate.library.classify.model_file import ModelError
from granulate.library.organise.mapping import quiet

UNKNOWN = "unknown"
_ROWS = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """`ids` int64 (n,) of files and the probability (n, n_classes) of each class for each."""

    classes: tuple[str, ...]
    ids: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    @property
    def likeliest(self) -> NDArray[np.float64]:
        """The probability (n,) of the likeliest class."""
        return self.probabilities.max(axis=1, initial=0.0)

    def labels(self, least: float = 0.0) -> list[str]:
        """The likeliest class of each file; "unknown" where its probability is below `least`.

        Raises ParameterError for `least` outside 0 to 1.
        """
        if not 0 <= least <= 1:
            raise ParameterError(f"least = {least:g}; allowed: 0 to 1")
        best = self.probabilities.argmax(axis=1).tolist()
        return [
            self.classes[at] if p >= least else UNKNOWN
            for at, p in zip(best, self.likeliest.tolist(), strict=True)
        ]


def predict(library: Library, model: Model, *, step: Any = quiet) -> Predictions:
    """The kind of every sound of a library that was measured as the model's were.

    Raises ModelError, which names the scan to run, where the index does not hold the measures that the
    model judges by, or holds them with other parameters.
    """
    _check_measures(library, model)
    examples = gather(library, model.columns, model.card["blocks"])
    if list(examples.columns) != model.columns:
        raise ModelError(
            "the model's columns are not those of this version of granulate; allowed: a model trained anew"
        )
    n = len(examples)
    found = np.zeros((n, len(model.classes)))
    edges = np.searchsorted(examples.owners, np.arange(0, n + _ROWS, _ROWS))
    for number, first in enumerate(range(0, n, _ROWS)):
        rows = slice(edges[number], edges[number + 1])
        last = min(n, first + _ROWS)
        found[first:last] = model.votes(examples.values[rows], examples.owners[rows] - first, last - first)
        step("predict", last, n)
    return Predictions(tuple(model.classes), examples.ids, found)


def predict_file(path: str | os.PathLike[str], model: Model) -> Predictions:
    """The kind of one sound file, of no library; its id is -1. Of a file without a block, every class alike.

    Raises SoundFileError for what is no sound, ModelError for a model whose measures this version has not.
    """
    from granulate import sound_file
    from granulate.library.measures import columns, measure

    _check_versions(model)
    measured = measure(sound_file.read(path), model.choices)
    blocks = model.card["blocks"]
    if blocks == FILE:
        named = {f"{column.set}.{column.name}": at for at, column in enumerate(columns(model.choices))}
        values = measured.summary[[named[column] for column in model.columns]][None]
    else:
        places = block_columns(model.choices[0], model.columns)[1]
        values = measured.frames[BLOCKS[blocks]][:, places]
    owners = np.zeros(len(values), np.int64)
    return Predictions(tuple(model.classes), np.array([-1]), model.votes(values, owners, 1))


def _check_measures(library: Library, model: Model) -> None:
    _check_versions(model)
    held = {found.name: found for found in library.sets()}
    framed = model.card["blocks"] != FILE
    for wanted in model.card["sets"]:
        found = held.get(wanted["name"])
        if (
            found is None
            or json.loads(found.parameters) != wanted["parameters"]
            or found.version != wanted["version"]
            or (framed and not found.has_frames)
        ):
            raise ModelError(
                f"{printable(library.index)}: does not hold {wanted['name']} as the model was made of it; allowed: after"
                f" `{scan_for(library, model)}`"
            )


def _check_versions(model: Model) -> None:
    from granulate.library.choosing import version_of
    from granulate.library.measures import MEASURES

    for wanted in model.card["sets"]:
        name = wanted["name"]
        if name not in MEASURES.stages or version_of(name) != wanted["version"]:
            raise ModelError(
                f"the model was made of another version of the measures {name!r}; allowed: a model trained anew"
            )


def scan_for(library: Library, model: Model) -> str:
    """The command that brings an index to hold what a model judges by."""
    import shlex

    from granulate.library.measures import MEASURES

    words = ["granulate", "library", "scan", printable(library.folder)]
    if library.index.resolve() != (library.folder / ".granulate").resolve():
        words += ["--index", printable(library.index)]
    words += ["--measures", ",".join(choice.kind for choice in model.choices)]
    for choice in model.choices:
        usual = MEASURES.bind({"kind": choice.kind}).parameters
        for name, value in choice.parameters.items():
            if usual.get(name) != value:
                words += ["--set", f"{choice.kind}.{name}={json.dumps(value)}"]
    return shlex.join([*words, *(["--frames"] if model.card["blocks"] != FILE else [])])
