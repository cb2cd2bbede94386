"""How well kinds were told: the confusion of one with another, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """`confusion` int64 (n_classes, n_classes): how many files of each class (row) were taken for each (column)."""

    classes: tuple[str, ...]
    confusion: NDArray[np.int64]

    @classmethod
    def of(cls, classes: Sequence[str], known: Sequence[str], found: Sequence[str]) -> Scores:
        """From the class that each file has and the one that it was taken for."""
        place = {name: at for at, name in enumerate(classes)}
        counts = np.zeros((len(classes), len(classes)), np.int64)
        for a, b in zip(known, found, strict=True):
            counts[place[a], place[b]] += 1
        return cls(tuple(classes), counts)

    @property
    def n_files(self) -> int:
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """The share of files that were told right."""
        return float(np.trace(self.confusion) / max(self.n_files, 1))

    @property
    def balanced(self) -> float:
        """The mean recall of the classes that there were files of: what chance makes 1 / n_classes."""
        present = self.confusion.sum(axis=1) > 0
        return float(self.recall[present].mean()) if present.any() else 0.0

    @property
    def recall(self) -> NDArray[np.float64]:
        """Of the files of each class, the share that was told (n_classes,); 0 where there was none."""
        return self._share(1)

    @property
    def precision(self) -> NDArray[np.float64]:
        """Of the files taken for each class, the share that is of it (n_classes,); 0 where there was none."""
        return self._share(0)

    def plain(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        rows = zip(self.classes, self.precision.tolist(), self.recall.tolist(), self.confusion.sum(axis=1).tolist(), strict=True)  # fmt: skip
        return {
            "files": self.n_files,
            "accuracy": self.accuracy,
            "balanced_accuracy": self.balanced,
            "classes": {name: {"precision": p, "recall": r, "files": n} for name, p, r, n in rows},
            "confusion": self.confusion.tolist(),
        }

    def _share(self, axis: int) -> NDArray[np.float64]:
        return np.diag(self.confusion) / np.maximum(self.confusion.sum(axis=axis), 1)
