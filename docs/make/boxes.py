"""Boxes with arrows between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from docs.make.drawing import ACCENTS, INK, figure, save

_WIDE, _HIGH, _GAP = 1.0, 0.5, 0.25


def chain(path: Path, words: Sequence[str], *, across: int) -> None:
    """Boxes in rows of `across`, each leading to the next; rows go on at the left."""
    n_rows = -(-len(words) // across)
    made, (panel,) = figure(height=0.85 * n_rows + 0.1)
    panel.axis("off")
    places = [((_WIDE + _GAP) * (i % across), -(_HIGH + 2 * _GAP) * (i // across)) for i in range(len(words))]
    for (x, y), word in zip(places, words, strict=True):
        panel.add_patch(
            FancyBboxPatch(
                (x, y),
                _WIDE,
                _HIGH,
                boxstyle="round,pad=0,rounding_size=0.08",
                fc="none",
                ec=ACCENTS[1],
                lw=1.6,
            )
        )
        panel.text(x + _WIDE / 2, y + _HIGH / 2, word, ha="center", va="center", color=INK, fontsize=12.5)
    for (x, y), (to_x, to_y) in pairwise(places):
        if y == to_y:
            ends = ((x + _WIDE, y + _HIGH / 2), (to_x, to_y + _HIGH / 2))
        else:
            ends = ((x + _WIDE / 2, y), (to_x + _WIDE / 2, to_y + _HIGH))
        panel.add_patch(
            FancyArrowPatch(
                *ends, arrowstyle="-|>", mutation_scale=13, color=INK, lw=1.1, shrinkA=2, shrinkB=2
            )
        )
    panel.set_xlim(-0.1, (_WIDE + _GAP) * across - _GAP + 0.1)
    panel.set_ylim(min(y for _, y in places) - 0.1, _HIGH + 0.1)
    save(made, path)
