"""Makes `short_term_reference.npz`: what pyAudioAnalysis 0.3.14 says of the sounds of `sounds()`.

    pip install --no-deps pyAudioAnalysis==0.3.14 && python -m tests.library.short_term_reference

with what its module of short-term features imports (numpy, scipy, matplotlib, tqdm). Only that module is loaded: the
package's own imports want much more.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from granulate.types import Sound
from tests.conftest import melody

REFERENCE = Path(__file__).with_name("short_term_reference.npz")


def sounds() -> dict[str, Sound]:
    """Notes and noise at three rates, a pair of channels, and a click in near silence; 16-bit values, as files have."""
    rng = np.random.default_rng(5)
    click = rng.standard_normal(6000) / 32_768
    click[2500:2600] = rng.standard_normal(100) * 0.2
    made = {
        "melody": melody(0.5, 22_050, seed=3),
        "stereo": melody(0.4, 44_100, 2, seed=4),
        "narrow": melody(0.6, 8000, seed=6),
        "noise": Sound(rng.standard_normal(16_000) * 0.1, 48_000),
        "click": Sound(click, 16_000),
    }
    return {
        name: Sound(np.round(sound.samples * 32_767) / 32_768, sound.sample_rate)
        for name, sound in made.items()
    }


def main() -> None:
    package = importlib.util.find_spec("pyAudioAnalysis")
    assert package is not None
    assert package.submodule_search_locations is not None
    path = Path(package.submodule_search_locations[0]) / "ShortTermFeatures.py"
    spec = importlib.util.spec_from_file_location("ShortTermFeatures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = {}
    for name, sound in sounds().items():
        signal, rate = sound.samples.mean(axis=0, dtype=np.float64) * 32_768, sound.sample_rate
        found[name] = module.feature_extraction(signal, rate, 0.05 * rate, 0.025 * rate, deltas=False)[0].T
    np.savez_compressed(REFERENCE, **found)


if __name__ == "__main__":
    main()
