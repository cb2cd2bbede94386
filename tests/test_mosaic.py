"""Mosaics of sounds whose answer is known: targets made of the corpus itself, and what may go wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from granulate.corpus import cut, framing_of
from granulate.errors import ParameterError
from granulate.kernels import threads
from granulate.kernels.divergence import divergence
from granulate.mosaicking import mosaic, offer
from granulate.preset import Preset
from granulate.sections import PATH
from granulate.sound_file import match
from granulate.types import Corpus, Descriptors, Events, Sound
from tests.conftest import melody

KINDS = [kind for kind, stage in PATH.stages.items() if stage.traits.get("target")]
RATE, HOP = 22_050, 512
RNG = np.random.default_rng(0)


def preset_of(kind: str, **parameters: Any) -> Preset:
    return Preset.of({"framing": {"window": 2 * HOP, "hop": HOP}, "path": {"kind": kind, **parameters}})


def corpus_of(*sounds: Sound) -> Corpus:
    framing = framing_of(preset_of("nearest"), sounds[0].sample_rate)
    grains = cut(sounds, framing)
    return Corpus(sounds, framing, grains, Descriptors(np.zeros((len(grains), 1)), ("none",), ("",)))


def made(kind: str, corpus: Corpus, target: Sound, seed: int = 0, **parameters: Any) -> Events:
    events, n_samples = mosaic(corpus, target, preset_of(kind, **parameters).seeded(seed))
    assert n_samples == match(target, sample_rate=corpus.sample_rate)[0].n_samples
    assert np.isfinite(events.gain).all()
    assert (events.gain > 0).all()
    assert (np.diff(events.time) >= 0).all()
    assert ((events.time + HOP) % HOP == 0).all()
    assert (events.start <= np.array([s.n_samples for s in corpus.sounds])[events.sound]).all()
    return events


def mixed(corpus: Corpus, events: Events, n_samples: int) -> np.ndarray:
    """What the events sound like, mono: windowed grains at their rates and gains, added up."""
    window = corpus.framing.weights()
    out = np.zeros(n_samples + 4 * len(window))
    for i in range(len(events)):
        mono = corpus.sounds[events.sound[i]].samples.mean(axis=0)
        at = events.start[i] + np.arange(len(window)) * float(events.rate[i])
        grain = np.interp(at, np.arange(len(mono)), mono, left=0, right=0)
        first = events.time[i] + 2 * len(window)
        out[first : first + len(window)] += events.gain[i] * window * grain
    return out[2 * len(window) :][:n_samples]


def distance(wanted: np.ndarray, found: np.ndarray) -> float:
    """The generalised Kullback-Leibler divergence of magnitude spectra, as a share of what is wanted."""
    size = 2 * HOP
    a, b = (
        np.abs(np.fft.rfft(np.hanning(size) * np.lib.stride_tricks.sliding_window_view(x, size)[::HOP]))
        for x in (wanted, found)
    )
    return divergence(a, np.maximum(b, 1e-5 * a.max())) / float(a.sum())


def noisy(seconds: float = 1.0, seed: int = 0) -> Sound:
    """Sound of which no two grains are alike."""
    return melody(seconds, RATE, seed=seed)


@pytest.mark.parametrize("kind", KINDS)
def test_a_target_out_of_the_corpus_is_rebuilt_by_its_own_grains(kind: str) -> None:
    corpus = corpus_of(noisy(1.0, 1), noisy(1.0, 2))
    target = Sound(corpus.sounds[1].samples[:, 10 * HOP : 30 * HOP], RATE)
    events = made(kind, corpus, target)
    whole = (events.time >= 0) & (events.time + 2 * HOP <= target.n_samples)
    loudest = np.unique(events.time, return_index=True)[1]
    first = np.isin(np.arange(len(events)), loudest) & whole
    assert (events.sound[first] == 1).all()
    assert (events.start[first] == events.time[first] + 10 * HOP).all()
    inner = slice(2 * HOP, -2 * HOP)
    error = (mixed(corpus, events, target.n_samples) - target.samples[0])[inner]
    assert np.std(error) < 0.05 * np.std(target.samples)
    assert distance(target.samples[0], mixed(corpus, events, target.n_samples)) < 0.02


def test_both_of_two_superimposed_sounds_are_found() -> None:
    corpus = corpus_of(noisy(1.5, 1), noisy(1.5, 2), noisy(1.5, 3))
    target = Sound(corpus.sounds[0].samples + 0.7 * corpus.sounds[2].samples, RATE)
    events = made("mosaic", corpus, target, voices=2)
    found = mixed(corpus, events, target.n_samples)
    assert distance(target.samples[0], found) < 0.1
    own = np.isin(events.sound, [0, 2]) & (events.start == events.time)
    assert own.mean() > 0.8
    gains = [np.median(events.gain[own & (events.sound == s)]) for s in (0, 2)]
    np.testing.assert_allclose(gains, [1, 0.7], rtol=0.05)
    alone = mixed(corpus, made("mosaic", corpus, target, voices=1), target.n_samples)
    assert distance(target.samples[0], found) < 0.5 * distance(target.samples[0], alone)


def test_a_sequence_of_the_corpus_itself_is_the_recording() -> None:
    sound = melody(2.0, RATE, seed=4)
    events = made("sequence", corpus_of(sound), sound, continuity=1.0)
    assert np.array_equal(events.start, events.time)


def test_continuity_keeps_to_the_recording() -> None:
    corpus, target = corpus_of(noisy(3.0, 1), noisy(3.0, 2)), noisy(2.0, 3)

    def jumps(kind: str, continuity: float) -> int:
        voices = {"voices": 1, "align": 0} if kind == "mosaic" else {}
        events = made(kind, corpus, target, continuity=continuity, **voices)
        return int(((np.diff(events.start) != HOP) | (np.diff(events.sound) != 0)).sum())

    for kind in ("sequence", "mosaic"):
        assert jumps(kind, 3.0) < 0.7 * jumps(kind, 0.0)


def test_without_continuity_a_sequence_is_of_the_nearest() -> None:
    corpus, target = corpus_of(noisy(2.0, 1)), noisy(1.0, 2)
    one, other = made("nearest", corpus, target), made("sequence", corpus, target, continuity=0.0)
    assert np.array_equal(one.start, other.start)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rest", [1, 4])
def test_a_grain_rests(kind: str, rest: int) -> None:
    # One tone: without a rest the same few grains would do for all of it.
    tone = np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE)
    corpus = corpus_of(noisy(2.0), Sound(0.3 * tone + 0.01 * RNG.standard_normal(RATE), RATE))
    events = made(kind, corpus, Sound(tone, RATE), rest=rest, **({"align": 0} if kind == "mosaic" else {}))
    frames = (events.time + HOP) // HOP
    name = events.start + 10**7 * events.sound
    for grain in np.unique(name):
        assert np.diff(frames[name == grain]).min(initial=10**6) > rest
    assert np.array_equal(np.unique(frames), np.arange(1 + RATE // HOP))


@pytest.mark.parametrize("kind", KINDS)
def test_a_transposed_target_is_found_in_transposed_copies(kind: str) -> None:
    rate = 2 ** (5 / 12)
    sound = melody(3.0, RATE, seed=7)
    lower = np.interp(np.arange(0, sound.n_samples - 1, rate), np.arange(sound.n_samples), sound.samples[0])
    one = {"voices": 1} if kind == "mosaic" else {}
    corpus, target = corpus_of(sound), Sound(lower, RATE)
    events = made(kind, corpus, target, transpose=[0.0, 5.0, -7.0], **one)
    right = np.isclose(events.rate, rate)
    assert right.mean() > 0.8
    assert np.median(np.abs(events.start - events.time * rate)[right]) <= 2
    plain = made(kind, corpus, target, **one)
    assert (plain.rate == 1).all()
    there, not_there = (distance(lower, mixed(corpus, e, len(lower))) for e in (events, plain))
    assert there < 0.6 * not_there


@pytest.mark.parametrize("kind", KINDS)
def test_silence_asks_for_nothing_and_gives_nothing(kind: str) -> None:
    gap = np.zeros(20 * HOP, np.float32)
    sound = noisy(1.0).samples[0]
    corpus = corpus_of(Sound(np.concatenate([gap, sound]), RATE))
    target = Sound(np.concatenate([noisy(0.5, 2).samples[0], gap, noisy(0.5, 3).samples[0]]), RATE)
    events = made(kind, corpus, target)
    frames = (events.time + HOP) // HOP
    gap_begins = round(0.5 * RATE) // HOP
    assert not np.isin(frames, np.arange(gap_begins + 3, gap_begins + 18)).any()
    assert np.isin(np.arange(2, gap_begins - 1), frames).all()
    assert (events.start >= 17 * HOP).all()
    for nothing in (
        made(kind, corpus, Sound(gap, RATE)),
        made(kind, corpus_of(Sound(gap, RATE)), target),
    ):
        assert len(nothing) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_corpus", [1, 2, HOP, 3 * HOP])
@pytest.mark.parametrize("n_target", [1, 3000])
def test_short_sounds_have_an_answer(kind: str, n_corpus: int, n_target: int) -> None:
    corpus = corpus_of(Sound(0.1 + 0.1 * RNG.random(n_corpus), RATE))
    events = made(kind, corpus, Sound(0.1 + 0.1 * RNG.random(n_target), RATE), rest=2, transpose=[0.0, 7.0])
    assert 1 <= len(events) <= 10 * (1 + n_target // HOP)


@pytest.mark.parametrize("kind", KINDS)
def test_a_target_is_brought_to_the_corpus(kind: str) -> None:
    sound = noisy(1.5, 5)
    corpus = corpus_of(*match([sound, melody(0.5, RATE, 2, seed=6)]))
    higher = match(sound, sample_rate=44_100)[0]
    target = Sound(np.repeat(higher.samples, 3, axis=0), 44_100)
    events = made(kind, corpus, target)
    assert distance(sound.samples[0], mixed(corpus, events, sound.n_samples)) < 0.1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1e-9, 1e6, 1e25])
def test_no_level_breaks_it(kind: str, size: float) -> None:
    huge, target = Sound(noisy(0.5).samples * np.float32(size), RATE), noisy(0.3, 2)
    events = made(kind, corpus_of(huge), target)
    assert events.gain.max(initial=0) <= 10 ** (30 / 20)
    made(kind, corpus_of(noisy(0.5)), huge)


@pytest.mark.parametrize("kind", KINDS)
def test_the_targets_loudness_is_imposed_or_not(kind: str) -> None:
    sound = noisy(1.0, 1)
    corpus, quiet = corpus_of(sound), Sound(sound.samples * np.float32(0.01), RATE)
    imposed = mixed(corpus, made(kind, corpus, quiet), quiet.n_samples)
    own = mixed(corpus, made(kind, corpus, quiet, impose=False, loudness=0.0), quiet.n_samples)
    assert np.std(imposed) == pytest.approx(np.std(quiet.samples), rel=0.1)
    assert np.std(own) == pytest.approx(np.std(sound.samples), rel=0.2)
    loud = Sound(sound.samples * np.float32(100), RATE)
    assert made(kind, corpus, loud, boost=6.0).gain.max() <= 10 ** (6 / 20) * 1.0001


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extra", [{}, {"rest": 2}])
def test_the_seed_and_not_the_threads_say_what_is_chosen(
    kind: str, extra: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, target = corpus_of(noisy(3.0), noisy(1.0, 1)), noisy(2.0, 2)
    runs = []
    for n in (1, 2, 3):
        monkeypatch.setattr(threads, "n_threads", lambda n=n: n)
        runs.append(made(kind, corpus, target, seed=3, **extra))
    for run in runs[1:]:
        assert np.array_equal(run.start, runs[0].start)
        assert np.array_equal(run.gain, runs[0].gain)


@pytest.mark.parametrize("kind", ["nearest", "sequence"])
def test_the_presets_descriptors_may_decide(kind: str) -> None:
    corpus = corpus_of(noisy(1.0, 1), noisy(1.0, 2))
    target = Sound(corpus.sounds[0].samples[:, 8 * HOP : 24 * HOP], RATE)
    events = made(kind, corpus, target, descriptors=1.0, pitch=0.0, loudness=0.0, timbre=0.0)
    inner = (events.time >= 0) & (events.time + 2 * HOP <= target.n_samples)
    assert (events.start == events.time + 8 * HOP)[inner].all()


def test_an_offer_serves_several_targets_and_is_checked() -> None:
    corpus, preset = corpus_of(noisy(1.0)), preset_of("nearest")
    offered = offer(corpus, preset)
    for seed in (1, 2):
        with_it, _ = mosaic(corpus, noisy(0.5, seed), preset, offered=offered)
        without, _ = mosaic(corpus, noisy(0.5, seed), preset)
        assert np.array_equal(with_it.start, without.start)
    with pytest.raises(ParameterError, match=r"an offer for transpose \[0.0\].* allowed: \[3.0\]"):
        mosaic(corpus, noisy(0.5), preset_of("nearest", transpose=[3.0]), offered=offered)


def test_what_cannot_be_is_refused() -> None:
    corpus, target = corpus_of(noisy(0.2)), noisy(0.1, 1)
    with pytest.raises(ParameterError, match=r"'tour' does not follow a target; allowed: .*nearest"):
        mosaic(corpus, target, preset_of("tour"))
    for wrong in ([], [49.0], [0.0] * 98):
        with pytest.raises(ParameterError, match=r"path.transpose = .*allowed: 1 to 97 numbers"):
            mosaic(corpus, target, preset_of("nearest", transpose=wrong))
    channel = preset_of("nearest").set("framing.channel=2")
    with pytest.raises(ParameterError, match=r"framing.channel = 2 of a sound of 1"):
        mosaic(corpus, target, channel)


def test_more_neighbours_than_grains_are_refused() -> None:
    corpus = corpus_of(noisy(0.1))
    n = len(corpus)
    made("sequence", corpus, noisy(0.2, 1), nearest=n)
    with pytest.raises(
        ParameterError, match=rf"path\.nearest = {n + 1} of {n} grains that sound; allowed: 1 to {n}"
    ):
        made("sequence", corpus, noisy(0.2, 1), nearest=n + 1)
