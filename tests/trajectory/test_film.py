"""Films, decoded again: how many frames, where the point is in each, and when the sound is heard."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.signal import correlate

from granulate.errors import MissingDependencyError, OutputError, ParameterError
from granulate.trajectory import Shown, Trajectory
from granulate.trajectory.camera import Camera
from granulate.trajectory.film import check_film, heard, write_film
from granulate.trajectory.scene import Scene
from granulate.types import Sound
from tests.conftest import melody
from tests.trajectory.courses import noisy_loop

SIZE, FPS, TURN = (480, 270), 25, 30.0
SECONDS = 2.1


@pytest.fixture(scope="module")
def av() -> Any:
    return pytest.importorskip("av", reason="needs PyAV: granulate[film]")


def shown() -> Shown:
    """A loop once a second and a quarter; without a title, which would be bright."""
    return Shown.recorded(noisy_loop(110))


@pytest.fixture(scope="module")
def film(av: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sound, int]:
    path = tmp_path_factory.mktemp("film") / "loop.mp4"
    sound = melody(SECONDS, 22_050, 2)
    return path, sound, write_film(shown(), sound, path, size=SIZE, fps=FPS, turn=TURN)


def decoded(av: Any, path: Path) -> tuple[list[tuple[float, np.ndarray]], np.ndarray, int]:
    """The pictures with their times, and the samples from time 0 on, with their rate."""
    with av.open(str(path)) as file:
        pictures = [(float(f.time), f.to_ndarray(format="rgb24")) for f in file.decode(video=0)]
    with av.open(str(path)) as file:
        frames = list(file.decode(audio=0))
        rate = frames[0].sample_rate
        end = max(round(f.time * rate) + f.samples for f in frames)
        samples = np.zeros((2, end), np.float32)
        for frame in frames:
            data, at = frame.to_ndarray(), round(frame.time * rate)
            if at < 0:  # what the encoder put before the beginning
                data, at = data[:, -at:], 0
            samples[:, at : at + data.shape[1]] = data
    return pictures, samples, rate


def test_frames_follow_one_another_as_long_as_the_sound_lasts(av: Any, film: tuple[Path, Sound, int]) -> None:
    path, _, n = film
    pictures, _, _ = decoded(av, path)
    assert n == len(pictures) == math.ceil(SECONDS * FPS)
    np.testing.assert_allclose([time for time, _ in pictures], np.arange(n) / FPS, atol=1e-6)
    assert pictures[0][1].shape == (SIZE[1], SIZE[0], 3)


def test_the_sound_is_heard_when_it_should_be(av: Any, film: tuple[Path, Sound, int]) -> None:
    path, sound, _ = film
    _, samples, rate = decoded(av, path)
    assert rate == sound.sample_rate
    assert abs(samples.shape[1] / rate - SECONDS) < 0.1
    for channel in range(2):
        a, b = samples[channel], sound.samples[channel]
        found = correlate(a, b, "full", "fft")
        lag = int(found.argmax()) - (len(b) - 1)
        assert abs(lag) / rate < 0.5 / FPS
        n = min(len(a), len(b))
        assert np.corrcoef(a[:n], b[:n])[0, 1] > 0.95


def test_the_brightest_spot_moves_as_the_embedding_does(av: Any, film: tuple[Path, Sound, int]) -> None:
    pictures, _, _ = decoded(av, film[0])
    course = shown()
    scene = Scene(course, (SIZE[0] / 100, SIZE[1] / 100), moving=True)
    seen, wanted = [], []
    for time, picture in pictures:
        light = picture.astype(float).min(axis=2)
        rows, columns = np.nonzero(light > light.max() - 12)
        (place,), _ = Camera(Camera().azimuth + TURN * time, Camera().elevation)(course.at(np.array([time])))
        x, y = scene.panel.transData.transform(place)
        seen.append([columns.mean(), rows.mean()])
        wanted.append([x, SIZE[1] - y])
    far = np.linalg.norm(np.array(seen) - wanted, axis=1)
    assert np.median(far) < 1.5
    assert far.max() < 5
    for axis in range(2):
        assert np.corrcoef(np.array(seen)[:, axis], np.array(wanted)[:, axis])[0, 1] > 0.99
    # A frame later or earlier it is elsewhere: so this would tell.
    assert np.median(np.linalg.norm(np.array(seen)[1:] - wanted[:-1], axis=1)) > 4


def test_the_same_film_has_the_same_bytes(av: Any, tmp_path: Path) -> None:
    sound = melody(0.4)
    for name in ("a.mp4", "b.mp4"):
        write_film(shown(), sound, tmp_path / name, size=(160, 90), fps=10)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


@pytest.mark.parametrize(("rate", "channels"), [(96_000, 1), (22_050, 6), (11_000, 3), (48_000, 2)])
def test_sounds_of_any_rate_and_channels_are_brought_to_what_films_hold(rate: int, channels: int) -> None:
    loud = Sound(3 * melody(0.3, rate, channels).samples / 0.5, rate)
    samples, found = heard(loud)
    assert found in (48_000, 22_050)
    assert len(samples) == (1 if channels == 1 else 2)
    assert samples.shape[1] / found == pytest.approx(0.3, abs=0.001)
    assert np.abs(samples).max() <= 1.05  # resampling overshoots what is at full scale


def test_what_is_no_film_is_refused_before_any_work(av: Any, tmp_path: Path) -> None:
    kept = tmp_path / "kept.mp4"
    kept.write_bytes(b"mine")
    with pytest.raises(OutputError, match=r"allowed: a name that ends in \.mp4"):
        check_film(tmp_path / "film.avi")
    with pytest.raises(OutputError, match="exists"):
        write_film(shown(), melody(0.2), kept)
    with pytest.raises(ParameterError, match="101 x 90 pixels"):
        write_film(shown(), melody(0.2), tmp_path / "odd.mp4", size=(101, 90))
    with pytest.raises(RuntimeError, match="stop"):
        write_film(shown(), melody(0.5), kept, size=(160, 90), force=True, step=_stop)
    assert kept.read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["kept.mp4"]


def test_without_pyav_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingDependencyError, match=r"granulate\[film\]"):
        check_film(tmp_path / "film.mp4")


def test_a_single_point_is_a_film_too(av: Any, tmp_path: Path) -> None:
    one = Shown.recorded(Trajectory.sampled(np.zeros((1, 3)), 0.02))
    assert write_film(one, melody(0.1), tmp_path / "one.mp4", size=(64, 64), fps=10) == 1


def _stop(stage: str, done: int, total: int) -> None:
    if done == 2:
        raise RuntimeError("stop")
