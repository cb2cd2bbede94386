"""The command line's verbs, from Python: whole jobs out of the stages below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from granulate import sound_file, storage
from granulate.corpus import Step, quiet
from granulate.corpus import analyse as _analyse
from granulate.paths import compose
from granulate.preset import Preset, load
from granulate.resynthesis import resynthesise
from granulate.stages.output import OUTPUT
from granulate.types import Corpus, Score, Sound

Source = Sound | str | Path | Sequence[Sound | str | Path]
AnyPreset = Preset | str | Path


def analyse(source: Source, preset: AnyPreset = "unfold", *, step: Step = quiet) -> Corpus:
    """The corpus of one sound or several, given as `Sound`s or as files. Raises GranulateError."""
    preset = as_preset(preset)
    return _analyse(_sounds(source, preset), preset, step=step)


def score(source: Source | Corpus, preset: AnyPreset = "unfold", *, step: Step = quiet) -> Score:
    """What the preset plays of a source, and when. Raises GranulateError."""
    preset = as_preset(preset)
    corpus = source if isinstance(source, Corpus) else analyse(source, preset, step=step)
    step(f"path {preset.path.kind}", 0, 0)
    return compose(corpus, preset)


def render(source: Source | Corpus | Score, preset: AnyPreset = "unfold", *, step: Step = quiet) -> Sound:
    """The sound that a preset makes of a source; of a score, the sound that it says. Raises GranulateError."""
    played = source if isinstance(source, Score) else score(source, preset, step=step)
    return scaled(*finish(played, step=step))


def scaled(sound: Sound, gain: float) -> Sound:
    """A sound times a factor; itself where that is 1."""
    if gain == 1:
        return sound
    frames = storage.allocate(sound.n_samples, sound.n_channels)
    np.multiply(sound.frames, np.float32(gain), out=frames)
    return Sound(frames.T, sound.sample_rate, sound.origin)


def finish(played: Score, *, step: Step = quiet) -> tuple[Sound, float]:
    """The sound of a score with its fades, and the gain that its output stage asks for."""
    frames = resynthesise(played, step=step)
    step("output", 0, 0)
    # The result is written as its first sound was, where nothing else is said.
    origin = played.sounds[0].origin
    output = OUTPUT["output"].function
    result: tuple[Sound, float] = output(frames, played.sample_rate, origin, **played.output.parameters)
    return result


def as_preset(preset: AnyPreset) -> Preset:
    """A preset as it is, or loaded by name or path."""
    return preset if isinstance(preset, Preset) else load(preset)


def _sounds(source: Source, preset: Preset) -> tuple[Sound, ...]:
    sources = [source] if isinstance(source, Sound | str | Path) else list(source)
    sounds = [s if isinstance(s, Sound) else sound_file.read(s) for s in sources]
    return sound_file.match(sounds, sample_rate=preset.output.parameters["sample_rate"])
