"""The command line's verbs, from Python: whole jobs out of the stages below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from granulate import sound_file, storage
from granulate.corpus import Step, quiet
from granulate.corpus import analyse as _analyse
from granulate.errors import ParameterError
from granulate.mosaicking import Offer
from granulate.mosaicking import mosaic as _mosaic
from granulate.paths import compose
from granulate.preset import Preset, load
from granulate.resynthesis import Rendering
from granulate.stages.output import OUTPUT
from granulate.types import Choice, Corpus, Score, Sound, Source

AnySource = Sound | str | Path | Sequence[Sound | str | Path]
AnyPreset = Preset | str | Path


def analyse(source: AnySource, preset: AnyPreset = "unfold", *, step: Step = quiet) -> Corpus:
    """The corpus of one sound or several, given as `Sound`s or as files. Raises GranulateError."""
    preset = as_preset(preset)
    return _analyse(_sounds(source, preset), preset, step=step)


def score(source: AnySource | Corpus, preset: AnyPreset = "unfold", *, step: Step = quiet) -> Score:
    """What the preset plays of a source, and when. Raises GranulateError."""
    preset = as_preset(preset)
    corpus = source if isinstance(source, Corpus) else analyse(source, preset, step=step)
    step(f"path {preset.path.kind}", 0, 0)
    return compose(corpus, preset)


def render(source: AnySource | Corpus | Score, preset: AnyPreset = "unfold", *, step: Step = quiet) -> Sound:
    """The sound that a preset makes of a source; of a score, the sound that it says. Raises GranulateError."""
    played = source if isinstance(source, Score) else score(source, preset, step=step)
    return collected(*finish(played, step=step))


def mosaic(
    target: Sound | str | Path,
    corpus: AnySource | Corpus,
    preset: AnyPreset = "mosaic",
    *,
    step: Step = quiet,
) -> Score:
    """The score that rebuilds a target from the grains of a corpus; `render` sounds it. Raises GranulateError."""
    preset = as_preset(preset)
    heard = target if isinstance(target, Sound) else sound_file.read(target)
    grains = corpus if isinstance(corpus, Corpus) else analyse(corpus, preset, step=step)
    return rebuild(grains, heard, preset, step=step)


def rebuild(
    corpus: Corpus, target: Sound, preset: Preset, *, offered: Offer | None = None, step: Step = quiet
) -> Score:
    """The score of a mosaic. `offered`, from `granulate.mosaicking.offer`, saves measuring the corpus again."""
    events, n_samples = _mosaic(corpus, target, preset, offered=offered, step=step)
    if not len(events):
        raise ParameterError(
            f"{target.name} has nothing to rebuild, or the corpus nothing to rebuild it from; allowed: sounds"
            " that are not silent"
        )
    frame = Choice("frame")
    return Score(
        corpus.sounds,
        corpus.framing,
        events,
        n_samples,
        (),
        Choice("keep"),
        preset.output,
        preset.seed,
        (frame,),
    )


def finish(played: Score, *, step: Step = quiet) -> tuple[Source, float]:
    """The sound of a score with its fades, block by block, and the gain that its output stage asks for."""
    rendering = Rendering(played, step=step)
    result: tuple[Source, float] = OUTPUT["output"].function(rendering, **played.output.parameters)
    return result


def collected(source: Source, gain: float) -> Sound:
    """All blocks of a source, times a factor."""
    frames = storage.allocate(source.n_samples, source.n_channels)
    for first, block in source.blocks():
        np.multiply(block, np.float32(gain), out=frames[first : first + len(block)])
        storage.release(frames)
    return Sound(frames.T, source.sample_rate, source.origin)


def as_preset(preset: AnyPreset) -> Preset:
    """A preset as it is, or loaded by name or path."""
    return preset if isinstance(preset, Preset) else load(preset)


def _sounds(source: AnySource, preset: Preset) -> tuple[Sound, ...]:
    sources = [source] if isinstance(source, Sound | str | Path) else list(source)
    sounds = [s if isinstance(s, Sound) else sound_file.read(s) for s in sources]
    return sound_file.match(sounds, sample_rate=preset.output.parameters["sample_rate"])
