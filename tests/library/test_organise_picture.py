"""The picture of a map shows every sound where it lies, in the colour of its group."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from granulate.errors import OutputError
from granulate.library.organise.grid import on_grid
from granulate.library.organise.picture import Colouring, draw_map, write_map


def scattered(n: int, d: int = 2) -> np.ndarray:
    return np.random.default_rng(n).standard_normal((n, d)).astype(np.float32)


def test_dots_lie_where_the_points_do_and_groups_have_colours_of_their_own(tmp_path: Path) -> None:
    points, groups = scattered(90), [str(i % 3) for i in range(90)]
    figure = draw_map(points, Colouring("cluster", groups), "90 sounds", grid=on_grid(points))
    dots = figure.axes[0].collections[0]
    np.testing.assert_allclose(dots.get_offsets(), points, rtol=1e-6)
    colours = [to_hex(colour) for colour in dots.get_facecolors()]
    assert len(set(colours)) == 3
    assert all(len({colours[i] for i in range(first, 90, 3)}) == 1 for first in range(3))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["0 (30)", "1 (30)", "2 (30)"]
    assert len(figure.axes[1].collections[0].get_offsets()) == 90
    write_map(figure, tmp_path / "map.png")
    assert np.asarray(Image.open(tmp_path / "map.png")).std() > 5
    with pytest.raises(OutputError, match="exists"):
        write_map(figure, tmp_path / "map.png")


def test_small_groups_share_a_colour_beyond_sixteen() -> None:
    groups = [f"g{i:02}" for i in range(20) for _ in range(30 - i)]
    figure = draw_map(scattered(len(groups)), Colouring("kind", groups), "")
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(told) == 17
    assert told[-1] == f"4 more ({sum(30 - i for i in range(16, 20))})"
    assert len({to_hex(c) for c in figure.axes[0].collections[0].get_facecolors()}) == 17


def test_a_number_has_a_bar_three_dimensions_three_panels_and_few_sounds_names() -> None:
    values = np.arange(12, dtype=np.float32)
    names = ["$a_b$"] * 12
    figure = draw_map(scattered(12, 3), Colouring("centroid (Hz)", values=values), "t", names=names)
    assert [panel.get_xlabel() for panel in figure.axes[:3]] == [f"axis {i} (no unit)" for i in (1, 1, 2)]
    assert figure.axes[-1].get_ylabel() == "centroid (Hz)"
    assert [text.get_text() for text in figure.axes[0].texts] == names
    figure.draw_without_rendering()


def test_many_sounds_are_drawn_and_not_named() -> None:
    figure = draw_map(scattered(3000), None, "", names=["n"] * 3000)
    assert not figure.axes[0].texts
    found = np.asarray(figure.axes[0].collections[0].get_offsets())
    np.testing.assert_allclose(np.sort(found, axis=0), np.sort(scattered(3000), axis=0), rtol=1e-6)
