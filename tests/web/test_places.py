"""Between the page and the instrument: places of maps of two and three dimensions, and labels."""

from __future__ import annotations

import numpy as np
import pytest

from granulate import page
from granulate.corpus import analyse
from granulate.errors import ParameterError
from granulate.preset import Preset
from granulate.space import Space
from granulate.web import frames
from granulate.web.content import content
from granulate.web.labels import MOST_NAMES, NONE, Labels
from granulate.web.places import Places
from tests.conftest import melody


@pytest.fixture(scope="module", params=[2, 3])
def places(request: pytest.FixtureRequest) -> Places:
    preset = Preset.of({"reduction": {"kind": "pca", "dimensions": request.param}})
    found = content(analyse(melody(0.5), preset), preset)
    assert found.places is not None
    return found.places


def test_a_grain_s_place_on_the_page_is_its_place_for_a_walk(places: Places) -> None:
    space = Space(places.corpus, "embedding")
    np.testing.assert_allclose(places.walked(places.shown.astype(float)), space.points, atol=1e-5)
    for at in (0, len(space) // 2):
        np.testing.assert_allclose(places.seen(tuple(space.points[at])), places.shown[at], atol=1e-5)
    assert places.seen((0.5,)) is None


def test_two_numbers_on_a_map_of_three_are_where_the_nearest_grain_is(places: Places) -> None:
    space = Space(places.corpus, "embedding")
    at = 7
    (found,) = places.walked(places.shown[at : at + 1, :2].astype(float))
    assert len(found) == space.n_axes
    np.testing.assert_allclose(found, space.points[at], atol=1e-5)


def test_the_page_has_the_places_that_the_server_goes_by() -> None:
    preset = Preset.of({"reduction": {"kind": "pca", "dimensions": 3}})
    found = content(analyse(melody(0.3), preset), preset)
    assert found.places is not None
    np.testing.assert_array_equal(page.unpack(found.pack)[1]["points3"].reshape(-1, 3), found.places.shown)


def test_labels_are_what_was_given_last() -> None:
    rng = np.random.default_rng(3)
    labels, expected = Labels(40), [""] * 40
    for name in rng.choice(["kick", "snare", "", "<b>hat</b>", " kick "], 60).tolist():
        grains = np.unique(rng.integers(0, 40, rng.integers(1, 6)))
        labels.give(grains, name)
        for grain in grains.tolist():
            expected[grain] = name.strip()
        assert [labels.names[at] if at != NONE else "" for at in labels.of.tolist()] == expected
        assert labels.names == tuple(sorted({name for name in expected if name}))
    data = frames.labels(labels)
    assert np.array_equal(np.frombuffer(data, "<u2", 40, 8), labels.of)


def test_labels_are_bounded() -> None:
    labels = Labels(2 * MOST_NAMES)
    for number in range(MOST_NAMES):
        labels.give(np.array([number]), f"{number}")
    before = labels.of.copy()
    for grains, name in [([MOST_NAMES], "more"), ([0], "a" * 81), ([0], "a\nb"), ([2 * MOST_NAMES], "a")]:
        with pytest.raises(ParameterError, match="allowed"):
            labels.give(np.array(grains), name)
    np.testing.assert_array_equal(labels.of, before)
    labels.give(np.array([0]), "")
    labels.give(np.array([0]), "room again")
    assert "room again" in labels.names
