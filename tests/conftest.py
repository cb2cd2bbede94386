"""What tests share: sounds that they synthesise, and the real ones where they are present."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import granulate
from granulate.types import Sound

REAL_AUDIO = Path(__file__).parents[2] / "shared" / "audio"

SHORT = (
    "envelopes",
    "floors",
    "hostile",
    "markers",
    "output",
    "presets",
    "score",
    "sound_file",
    "units",
    "walks",
)
"""Files at the top whose tests are many and quick."""


COVERED = (Path(__file__).parent, Path(__file__).parent / "kernels")
"""Folders of whose tests the coverage is told, where it is asked for: those of the core. A tracer slows the others
down more than it tells, since much of theirs happens in other processes,"""
WHOLE = (
    "batch", "benchmarks", "cli", "dask", "docs", "floors", "jobs", "library_command", "mosaic_command", "recipes",
)  # fmt: skip
"""as it does in these files at the top."""


_BROWSER = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """A shell's background jobs ignore Ctrl-C, and so would what tests start and interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: Any, specs: Any) -> None:
    """What two processes would do at once, and files in the order in which they are collected.

    librosa compiles vectorised functions for the disk when it is imported: two at once can crash.
    OpenMP's threads spin while they wait for one another: where others hold the CPUs, t-SNE of 80 grains takes half a
    minute of that.
    """
    config.option.loadscopereorder = False
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    code = "from granulate.kernels.kept import beat_tracker; beat_tracker()"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Short files last: where several processes share the work, none has a long one when the others are done."""
    last = {f"test_{name}.py" for name in SHORT}
    items.sort(key=lambda item: item.path.name in last)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Coverage's tracer sees what the import of each module runs, and no more of what is imported for tests."""
    tracer = _tracer(session.config)
    if tracer and tracer.started:
        for module in pkgutil.walk_packages(granulate.__path__, "granulate."):
            path = f"{module.name.replace('.', '/')}/__init__.py"
            if not any(fnmatch(path, omitted) for omitted in tracer.cov.get_option("run:omit")):
                importlib.import_module(module.name)
        tracer.pause()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """The tracer follows the tests of the core, and rests from the first other one to the next of them."""
    tracer = _tracer(item.config)
    is_covered = item.path.parent in COVERED and item.path.stem.removeprefix("test_") not in WHOLE
    if tracer and tracer.started != is_covered:
        (tracer.resume if is_covered else tracer.pause)()


def _tracer(config: pytest.Config) -> Any:
    """What can pause the coverage, where it is asked for."""
    plugin: Any = config.pluginmanager.getplugin("_cov")
    return plugin and plugin.cov_controller


def melody(seconds: float = 2.0, sample_rate: int = 22_050, n_channels: int = 1, seed: int = 0) -> Sound:
    """Notes of several pitches and colours, noise and silence, peaking below full scale."""
    rng = np.random.default_rng(seed)
    n = int(seconds * sample_rate)
    t = np.arange(n) / sample_rate
    note = (t * 6).astype(int)
    pitch = 110 * 2 ** (rng.integers(0, 24, note.max(initial=0) + 1) / 12)[note]
    tones = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 6))
    noise = rng.standard_normal(n) * (note % 4 == 2)
    mono = 0.1 * (tones * (note % 4 != 3) + noise)
    channels = [mono * (1 - 0.2 * c) + 0.01 * rng.standard_normal(n) for c in range(n_channels)]
    return Sound(np.array(channels, np.float32), sample_rate)


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests keep is not the user's, and what the user kept does not stand in for what is tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRANULATE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def sound() -> Sound:
    return melody()


@pytest.fixture
def stereo() -> Sound:
    return melody(n_channels=2)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's chromium, driven by Playwright, of which a process can have one only; tests that need it are skipped
    where it is missing."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("needs chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=_BROWSER)
        yield browser
        browser.close()
