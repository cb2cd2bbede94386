"""Networks from the command line, and what works without PyTorch."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import librosa
import numpy as np
import pytest

import granulate as gr
from granulate import preset as presets
from granulate.errors import MissingDependencyError
from granulate.library.measures import MEASURES, columns, measure
from granulate.stages.reducers import REDUCTION, embed
from granulate.types import Sound
from tests.commands import done, fails, here
from tests.conftest import melody
from tests.library.scanning import Work, tone

TRAINED = [kind for kind, stage in REDUCTION.stages.items() if stage.traits.get("trains")]
needs_torch = pytest.mark.skipif(
    find_spec("torch") is None, reason="PyTorch is not installed: pip install 'granulate[deep]'"
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRANULATE_CACHE", str(tmp_path / "cache"))


@needs_torch
def test_a_second_render_trains_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    gr.write(melody(1.5), tmp_path / "in.wav")
    settings = ("--set", "reduction.epochs=3", "--set", "reduction.then=pca", "--set", "reduction.device=cpu")
    reports = [
        json.loads(
            done(
                here("render", "in.wav", "-p", "latent", "-o", f"{i}.wav", *settings, "--json", cwd=tmp_path)
            ).stdout
        )
        for i in range(2)
    ]
    trained = [[stage for stage in report["seconds"] if stage.startswith("train")] for report in reports]
    assert [len(stages) for stages in trained] == [1, 0]
    assert (tmp_path / "0.wav").read_bytes() == (tmp_path / "1.wav").read_bytes()


@needs_torch
@pytest.mark.parametrize(
    "preset", [p for p in presets.names() if presets.load(p).reduction.kind in ("autoencoder", "vae")]
)
def test_shipped_presets_render(preset: str, tmp_path: Path) -> None:
    gr.write(melody(1.0), tmp_path / "in.wav")
    found = done(here("render", "in.wav", "-p", preset, "-o", "out.wav", "--json", cwd=tmp_path))
    assert json.loads(found.stdout)["warnings"] == []
    samples = gr.read(tmp_path / "out.wav").samples
    assert np.isfinite(samples).all()
    assert 0.005 < np.abs(samples).max() <= 1


@needs_torch
def test_a_library_is_laid_out_by_images_where_it_was_measured_by_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("granulate.jobs.each", Work())
    for seed in range(12):
        tone(tmp_path / "sounds" / f"{seed}.wav", seed, 3000)
    done(here("library", "scan", "sounds", "--measures", "cepstrogram,timbre", cwd=tmp_path))
    reduce = ("library", "map", "sounds", "--reduction", "autoencoder", "--json")
    fast = ("--set", "reduction.epochs=2", "--set", "reduction.then=pca", "--set", "reduction.device=cpu")
    first, again = (json.loads(done(here(*reduce, *fast, cwd=tmp_path)).stdout) for _ in range(2))
    assert (first["sets"], first["columns"]) == (["cepstrogram"], 1024)
    assert first["map"] == again["map"]
    named = json.loads(done(here(*reduce, *fast, "--columns", "timbre", cwd=tmp_path)).stdout)
    assert named["sets"] == ["timbre"]
    assert "follows in time" in fails(
        here("library", "map", "sounds", "--reduction", "trajectory", cwd=tmp_path)
    )


def test_the_cepstrogram_is_librosas() -> None:
    sound = melody(1.2, 22_050)
    chosen = [MEASURES.bind({"kind": "cepstrogram"})]
    found = measure(sound, chosen).summary.reshape(32, 32)
    expected = librosa.feature.mfcc(y=sound.samples[0], sr=22_050, n_fft=2048, hop_length=1024, n_mfcc=32)
    n = expected.shape[1]
    assert 20 < n < 32
    np.testing.assert_allclose(found[:, :n], expected, atol=0.02)
    assert columns(chosen)[33].name == "mfcc_1_at_1"
    # What lies beyond the end is silence: the least level in every band, so that one coefficient tells all.
    np.testing.assert_allclose(found[1:, n:], 0, atol=1e-3)
    assert (found[0, n:] <= found[0, :n].min() + 1e-3).all()


def test_a_cepstrogram_has_one_size_and_tells_of_the_beginning_or_of_all() -> None:
    first, second = melody(1.6, 44_100), melody(3.0, 44_100, seed=5)
    longer = Sound(np.concatenate([first.samples, second.samples], axis=1), 44_100)
    beginning, whole = (
        [MEASURES.bind({"kind": "cepstrogram", "over": over})] for over in ("beginning", "whole")
    )
    # 32 frames end before the second begins, and both are about as loud.
    np.testing.assert_allclose(
        measure(longer, beginning).summary.reshape(32, 32)[:, :30],
        measure(first, beginning).summary.reshape(32, 32)[:, :30], atol=1e-3,
    )  # fmt: skip
    assert np.abs(measure(longer, whole).summary - measure(first, whole).summary).max() > 5
    for length in (1, 500, 44_100 * 9):
        sound = Sound(np.zeros((1, length), np.float32), 44_100)
        assert np.isfinite(measure(sound, whole).summary).all()
        assert len(measure(sound, whole).summary) == 1024


@pytest.mark.parametrize("kind", TRAINED)
def test_without_pytorch_it_is_said_what_to_install(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    values = np.random.default_rng(0).standard_normal((10, 6)).astype(np.float32)
    with pytest.raises(MissingDependencyError, match=r"pip install 'granulate\[deep\]'"):
        embed(values, REDUCTION.bind({"kind": kind}), 0)
    gr.write(melody(0.5), tmp_path / "in.wav")
    render = ("render", "in.wav", "--set", f"reduction.kind={kind}", "-o", "out.wav")
    assert "granulate[deep]" in fails(here(*render, cwd=tmp_path))
    assert not (tmp_path / "out.wav").exists()
    # Three grains need no network.
    few = embed(values[:3], REDUCTION.bind({"kind": kind}), 0)
    assert few is not None
    assert few.method == "pca"


def test_nothing_but_training_imports_pytorch() -> None:
    program = (
        "import sys; from click.testing import CliRunner; from granulate.cli import granulate;"
        "assert CliRunner().invoke(granulate, ['render', '--help']).exit_code == 0;"
        "from granulate import preset; preset.schema(); [preset.load(name) for name in preset.names()];"
        "import granulate.corpus, granulate.library.organise.mapping;"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
