"""A corpus out of files, kept on disk: the second time, nothing is decoded or analysed again."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from granulate import sound_file
from granulate.cache import Arrays, Cache, file_state, key_of
from granulate.corpus import Step, analyse, quiet
from granulate.errors import SoundFileError, printable
from granulate.kernels.matching import Features, Frames
from granulate.mosaicking import Offer, offer, transpositions
from granulate.preset import Preset
from granulate.types import Corpus, Descriptors, Embedding, Framing, Grains, Origin, Sound

_FORMAT = 2
_ANALYSIS = ("framing", "segmentation", "descriptors", "scaling", "reduction")
_ORIGIN = ("path", "format", "subtype", "sample_rate", "n_channels", "replaced", "missing")
_FRAMING = ("n_fft", "window", "hop", "shape")

Failures = list[dict[str, str]]


def corpus_of(
    paths: Sequence[str], preset: Preset, sample_rate: int | None, *, cache: Cache | None, step: Step = quiet
) -> tuple[Corpus, Failures]:
    """The corpus of sound files, and those that could not be read, each with its `path` and `reason`.

    `sample_rate` in Hz: what they are brought to; None is the highest among them.

    Raises SoundFileError where none could be read.
    """
    key = key_of("corpus", _FORMAT, version("granulate"), sample_rate, _analysis(preset), *_states(paths))
    if cache and (found := cache.load(key)):
        return _corpus(*found), found[1]["failed"]
    step("read", 0, len(paths))
    sounds, failed = [], []
    for number, path in enumerate(paths):
        try:
            sounds.append(sound_file.read(path))
        except SoundFileError as error:
            failed.append({"path": printable(path), "reason": str(error)})
        step("read", number + 1, len(paths))
    if not sounds:
        raise SoundFileError("; ".join(failure["reason"] for failure in failed))
    matched = sound_file.match(sounds, sample_rate=sample_rate)
    corpus = analyse(matched, preset, keep=cache is not None, step=step)
    if cache and _keepable(corpus):
        cache.keep(key, *_stored(corpus, failed))
        # The mapped one takes no memory of this process.
        if found := cache.load(key):
            return _corpus(*found), failed
    return corpus, failed


def offer_of(corpus: Corpus, preset: Preset, *, cache: Cache | None, step: Step = quiet) -> Offer:
    """What a corpus of files offers to a mosaic (`mosaicking.offer`)."""
    transpose = list(transpositions(preset))
    states = _states([sound.origin.path for sound in corpus.sounds if sound.origin])
    key = key_of(
        "offer", _FORMAT, version("granulate"), corpus.sample_rate, _analysis(preset), transpose, *states
    )
    if cache and (found := cache.load(key)):
        return _offer(found[0], corpus)
    made = offer(corpus, preset, step=step)
    if cache:
        arrays: Arrays = {
            "samples": made.frames.samples, "starts": made.frames.starts, "bounds": made.frames.bounds,
            "bands": made.features.bands, "chroma": made.features.chroma, "levels": made.features.levels,
            "edges": made.features.edges, "sounds": made.sounds, "rates": made.rates, "onsets": made.onsets,
            "follows": made.follows, "transpose": np.array(made.transpose),
        }  # fmt: skip
        cache.keep(key, arrays, {})
        if found := cache.load(key):
            return _offer(found[0], corpus)
    return made


def _analysis(preset: Preset) -> list[Any]:
    table = preset.table()
    labels = preset.segmentation.parameters.get("file")
    return [preset.seed, *(table[section] for section in _ANALYSIS), *(_states([labels]) if labels else [])]


def _states(paths: Sequence[str]) -> list[Any]:
    found = []
    for path in paths:
        try:
            found.append(file_state(path))
        except OSError:
            found.append([path])  # reading it says what is wrong
    return found


def _keepable(corpus: Corpus) -> bool:
    # A fitted t-SNE or UMAP places no new sound, so nothing is lost with it; PCA's axes are kept.
    return all(sound.origin is not None for sound in corpus.sounds)


def _stored(corpus: Corpus, failed: Failures) -> tuple[Arrays, dict[str, Any]]:
    grains, embedding = corpus.grains, corpus.embedding
    arrays: Arrays = {
        "frames": np.concatenate([sound.frames for sound in corpus.sounds]),
        "sizes": np.array([sound.n_samples for sound in corpus.sounds], np.int64),
        "peaks": np.array([sound.peak for sound in corpus.sounds], np.float64),
        "sounds": grains.sounds,
        "onsets": grains.onsets,
        "lengths": grains.lengths,
        "values": corpus.descriptors.values,
    }
    if embedding is not None:
        arrays["points"] = embedding.points
    content = {
        "failed": failed,
        "sample_rate": corpus.sample_rate,
        "origins": [[getattr(sound.origin, name) for name in _ORIGIN] for sound in corpus.sounds],
        "framing": [getattr(corpus.framing, name) for name in _FRAMING],
        "names": corpus.descriptors.names,
        "units": corpus.descriptors.units,
        "method": embedding.method if embedding else None,
    }
    return arrays, content


def _corpus(arrays: Arrays, content: dict[str, Any]) -> Corpus:
    edges = np.concatenate([[0], np.cumsum(arrays["sizes"])])
    sounds = tuple(
        Sound.known(
            arrays["frames"][edges[i] : edges[i + 1]].T,
            content["sample_rate"],
            Origin(**dict(zip(_ORIGIN, origin, strict=True))),
            float(arrays["peaks"][i]),
        )
        for i, origin in enumerate(content["origins"])
    )
    embedding = Embedding(arrays["points"], content["method"]) if content["method"] else None
    return Corpus(
        sounds,
        Framing(**dict(zip(_FRAMING, content["framing"], strict=True))),
        Grains(arrays["sounds"], arrays["onsets"], arrays["lengths"]),
        Descriptors(arrays["values"], tuple(content["names"]), tuple(content["units"])),
        embedding,
    )


def _offer(arrays: Arrays, corpus: Corpus) -> Offer:
    return Offer(
        Frames(arrays["samples"], arrays["starts"], arrays["bounds"], corpus.framing, corpus.sample_rate),
        Features(arrays["bands"], arrays["chroma"], arrays["levels"], arrays["edges"]),
        arrays["sounds"],
        arrays["rates"],
        arrays["onsets"],
        arrays["follows"],
        tuple(arrays["transpose"].tolist()),
    )
