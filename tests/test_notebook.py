"""In a notebook sounds play themselves, corpora draw themselves and scores say what they are."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from IPython.core import interactiveshell
from PIL import Image

from granulate import notebook
from granulate.corpus import analyse
from granulate.paths import compose
from granulate.pictures import plot
from granulate.preset import Preset
from granulate.types import Origin, Score, Sound
from tests.conftest import melody


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running IPython that leaves nothing behind."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        found = interactiveshell.InteractiveShell.instance()
        found.history_manager.enabled = False
        assert notebook.install()
        assert notebook.install()  # which changes nothing more
        yield found
        found.history_manager.end_session()
        interactiveshell.InteractiveShell.clear_instance()


@pytest.fixture
def score(sound: Sound) -> Score:
    preset = Preset.of(
        {"path": {"kind": "shuffle"}, "spectrum": {"kind": "flip"}, "phase": {"kind": "zero"}, "seed": 3}
    )
    return compose(analyse(sound, preset), preset)


def shown(shell: Any, thing: object) -> dict[str, Any]:
    formats, _ = shell.display_formatter.format(thing)
    return dict(formats)


def played(page: str) -> tuple[np.ndarray, int]:
    """The samples (n_frames, n_channels) and rate of the sound in a page."""
    data = re.search(r'src="data:audio/wav;base64,([^"]+)"', page)
    assert data
    return soundfile.read(io.BytesIO(base64.b64decode(data[1])), dtype="float64", always_2d=True)


@pytest.mark.parametrize(("rate", "n_channels"), [(8000, 1), (22_050, 2), (96_000, 6)])
def test_a_sound_plays_its_own_samples(shell: Any, rate: int, n_channels: int) -> None:
    sound = melody(0.5, rate, n_channels)
    page = shown(shell, sound)["text/html"]
    assert "<audio controls" in page
    assert f"{rate} Hz" in page
    frames, found_rate = played(page)
    assert found_rate == rate
    assert np.abs(frames - sound.frames).max() <= 0.5 / 32768


def test_levels_are_neither_raised_nor_wrapped(shell: Any) -> None:
    soft = Sound(np.array([0.001, -0.002, 0.0], np.float32), 8000)
    assert np.allclose(played(shown(shell, soft)["text/html"])[0][:, 0], soft.samples[0], atol=0.5 / 32768)
    assert "clipped" not in shown(shell, soft)["text/html"]
    loud = Sound(np.array([1.0, -1.0, 1.5, -1.5, 3e38, -3e38], np.float32), 8000)
    page = shown(shell, loud)["text/html"]
    assert "4 samples above full scale clipped here" in page
    top = 32767 / 32768
    assert played(page)[0][:, 0].tolist() == [top, -1, top, -1, top, -1]


def test_a_long_sound_says_that_it_is_cut_to_ten_minutes(shell: Any) -> None:
    ramp = np.linspace(-0.5, 0.5, 700 * 1000, dtype=np.float32)
    page = shown(shell, Sound(ramp, 1000))["text/html"]
    assert "700.000 s" in page
    assert "here are the first 10 minutes" in page
    frames, _ = played(page)
    assert len(frames) == 600 * 1000
    assert np.abs(frames[:, 0] - ramp[: 600 * 1000]).max() <= 0.5 / 32768
    assert "minutes" not in shown(shell, Sound(ramp[: 600 * 1000], 1000))["text/html"]


def test_many_channels_and_high_rates_stay_within_bounds(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    many = melody(0.1, 8000, 12)
    page = shown(shell, many)["text/html"]
    assert "here are the first 8" in page
    assert np.abs(played(page)[0] - many.frames[:, :8]).max() <= 0.5 / 32768
    monkeypatch.setattr(notebook, "MOST_BYTES", 2 * 8 * 400)
    page = shown(shell, many)["text/html"]
    assert len(played(page)[0]) == 400
    assert "here are the first 0.000833 minutes" in page


def test_names_are_shown_without_folders_and_as_text(shell: Any, sound: Sound) -> None:
    origin = Origin(
        "/home/someone/<script>alert(1)</script> & Co\n.wav", "WAV", "PCM_16", sound.sample_rate, 1
    )
    page = shown(shell, Sound(sound.samples, sound.sample_rate, origin))["text/html"]
    assert "script&gt; &amp; Co\\n.wav, 2.000 s" in page
    assert "<script" not in page
    assert "someone" not in page


def test_a_corpus_draws_itself(shell: Any, sound: Sound) -> None:
    formats = shown(shell, analyse(sound, Preset.of({})))
    assert formats["image/png"].startswith(b"\x89PNG\r\n\x1a\n")
    assert Image.open(io.BytesIO(formats["image/png"])).size == (720, 540)
    assert formats["text/plain"].startswith("Corpus(")


def test_a_picture_shows_itself(shell: Any, sound: Sound) -> None:
    figure = plot(sound, sound, analyse(sound, Preset.of({})))
    assert shown(shell, figure)["image/png"].startswith(b"\x89PNG")


def test_a_score_says_its_facts(shell: Any, score: Score) -> None:
    formats = shown(shell, score)
    for text in (formats["text/plain"], formats["text/html"]):
        for fact in ("2.000 s", "87, of 87 different grains", "92.88 ms (2048 samples, hann)", "23.22 ms apart", "flip",
                     "zero (centred True)", "3"):  # fmt: skip
            assert fact in text
    assert formats["text/html"].count("<tr>") == 7
    assert formats["text/plain"].splitlines()[0] == "Score: 2.000 s"


def test_a_score_of_many_sounds_names_the_first() -> None:
    sounds = [melody(0.3, seed=i) for i in range(9)]
    preset = Preset.of({"path": {"kind": "original"}})
    facts = dict(notebook.score_facts(compose(analyse(sounds, preset), preset)))
    assert facts["sounds"].count("sound (0.300 s)") == 5
    assert facts["sounds"].endswith("and 4 more")


def test_without_a_running_ipython_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert not notebook.install()
    monkeypatch.delitem(sys.modules, "IPython")
    assert not notebook.install()
    assert "IPython" not in sys.modules


def test_importing_granulate_installs_and_stays_light() -> None:
    code = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.history_manager.enabled = False
before = set(sys.modules)
import granulate
names = {name for name in sys.modules if name.startswith("granulate")}
assert names == {"granulate", "granulate.notebook"}, names
assert not {"numpy", "matplotlib", "numba"} & (set(sys.modules) - before)
assert "data:audio/wav" in shell.display_formatter.format(granulate.Sound([0.1], 8000))[0]["text/html"]
shell.history_manager.end_session()
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
