"""Segments: what is placed at known times is found there, and every kind bears every sound."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from granulate import sound_file
from granulate.errors import ParameterError, SoundFileError
from granulate.kernels import envelopes, threads
from granulate.markers import Marker, write_cues
from granulate.stages import segmentation
from granulate.stages.segmentation import SEGMENTATION, Segments
from granulate.types import Framing, Sound
from tests.conftest import melody
from tests.hostile import encoded

FRAMING = Framing()
END_TO_END = ("onset", "beat")


def segment(kind: str, sound: Sound, framing: Framing = FRAMING, **parameters: object) -> Segments:
    chosen = SEGMENTATION.bind({"kind": kind, **parameters})
    return SEGMENTATION[kind].function(sound, framing, **chosen.parameters)


def placed(times: np.ndarray, rate: int, kind: str, noise: float = 1e-3) -> Sound:
    """Clicks, struck notes or bursts of noise that begin at the times (s), in faint noise."""
    rng = np.random.default_rng(1)
    n = int((times[-1] + 0.5) * rate)
    samples = noise * rng.standard_normal(n)
    for i, time in enumerate(times):
        first = round(time * rate)
        t = np.arange(n - first) / rate
        if kind == "click":
            samples[first] += 0.8
        elif kind == "note":
            pitch = 220 * 2 ** (i * 5 % 24 / 12)
            struck = np.exp(-12 * t) * np.minimum(1, t / 0.002)
            samples[first:] += 0.3 * struck * sum(np.sin(2 * np.pi * k * pitch * t) / k for k in (1, 2, 3))
        else:
            samples[first:] += 0.2 * np.exp(-30 * t) * rng.standard_normal(n - first)
    return Sound(samples.astype(np.float32), rate)


def impulse(n: int) -> np.ndarray:
    return np.eye(1, n, n // 2, dtype=np.float32)[0]


NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 20_000).astype(np.float32)
AWKWARD = {
    "silence": Sound(np.zeros(30_000, np.float32), 22_050),
    "one-sample": Sound(np.ones(1, np.float32), 44_100),
    "one-silent-sample": Sound(np.zeros(1, np.float32), 44_100),
    "shorter-than-a-window": Sound(NOISE[:300], 44_100),
    "shorter-than-a-step": Sound(NOISE[:20], 44_100),
    "one-click": Sound(impulse(20_000), 44_100),
    "constant": Sound(np.full(20_000, 0.5, np.float32), 22_050),
    "opposite-channels": Sound(np.stack([NOISE, -NOISE]), 44_100),
    "seven-channels": melody(1.0, 22_050, 7),
    "telephone": melody(3.0, 8000),
    "ultrasonic": melody(1.0, 192_000),
    "slow": Sound(NOISE[:400], 1),
    "loudest": Sound(np.float32(3.4e38) * impulse(20_000), 44_100),
    "loud-stereo": Sound(np.float32(3.4e38) * np.stack([NOISE, NOISE]), 44_100),
    "denormal": Sound(np.float32(1e-42) * np.sign(NOISE), 44_100),
}


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("kind", SEGMENTATION.stages)
def test_every_kind_bears_every_sound(tmp_path, kind, name):
    sound = AWKWARD[name]
    parameters = {}
    if kind == "markers":
        (tmp_path / "labels.txt").write_text(f"0\t0\tall\n{sound.duration / 2}\t{sound.duration}\thalf\n")
        parameters = {"file": str(tmp_path / "labels.txt")}
    found = segment(kind, sound, **parameters)
    again = segment(kind, sound, **parameters)
    assert found.onsets.dtype == found.lengths.dtype == np.int64
    assert len(found) >= 1
    assert (found.lengths >= 1).all()
    assert (np.diff(found.onsets) >= 0).all()
    assert np.array_equal(found.onsets, again.onsets)
    assert np.array_equal(found.lengths, again.lengths)
    if kind != "hop":
        assert found.onsets[0] >= 0
        assert (found.onsets + found.lengths).max() <= sound.n_samples
    if kind in END_TO_END:
        assert found.onsets[0] == 0
        assert np.array_equal(np.cumsum(found.lengths)[:-1], found.onsets[1:])
        assert found.lengths.sum() == sound.n_samples


@pytest.mark.parametrize("kind", [*END_TO_END, "silence"])
def test_silence_is_one_segment(kind):
    found = segment(kind, AWKWARD["silence"])
    assert (found.onsets.tolist(), found.lengths.tolist()) == ([0], [30_000])


@pytest.mark.parametrize("framing", [FRAMING, Framing(4096, 1000, 250), Framing(64, 64, 64, "boxcar")])
@pytest.mark.parametrize("n_samples", [1, 511, 512, 20_000])
def test_hop_cuts_as_the_corpus_does(framing, n_samples):
    sound = Sound(NOISE[:n_samples], 44_100)
    found = segment("hop", sound, framing)
    assert np.array_equal(found.onsets, np.arange(1 + n_samples // framing.hop) * framing.hop - framing.lead)
    assert (found.lengths == framing.window).all()


@pytest.mark.parametrize(
    ("onsets", "lengths"), [([], []), ([0, 1], [1]), ([0], [0]), ([5, 4], [1, 1]), ([[0]], [[1]])]
)
def test_segments_are_checked(onsets, lengths):
    with pytest.raises(ParameterError, match="allowed"):
        Segments(np.array(onsets, np.int64), np.array(lengths, np.int64))


@pytest.mark.parametrize("rate", [8000, 44_100, 192_000])
@pytest.mark.parametrize("kind", ["click", "note", "burst"])
def test_onsets_are_found_within_ten_milliseconds(kind, rate):
    times = 0.3 + np.cumsum(np.random.default_rng(rate).uniform(0.15, 0.5, 12))
    found = segment("onset", placed(times, rate, kind), lead=0)
    assert len(found) == len(times) + 1
    assert np.abs(found.onsets[1:] / rate - times).max() < 0.01


def test_a_cut_lies_before_the_attack_where_it_is_quiet():
    times = 0.3 + 0.4 * np.arange(10)
    sound = placed(times, 44_100, "note", noise=0)
    found = segment("onset", sound, lead="20ms").onsets[1:] / 44_100
    assert ((times - found > -0.001) & (times - found < 0.021)).all()


def test_onsets_do_not_depend_on_the_level():
    sound = placed(np.array([0.3, 0.5, 0.9, 1.4]), 22_050, "note")
    quiet = Sound(sound.samples * np.float32(2**-12), 22_050)
    assert np.array_equal(segment("onset", quiet).onsets, segment("onset", sound).onsets)


def test_onsets_do_not_depend_on_how_many_are_moved_at_once(monkeypatch):
    sound = placed(np.arange(0.3, 4, 0.2), 8000, "note")
    whole = segment("onset", sound)
    monkeypatch.setattr(segmentation, "_MOVED_AT_ONCE", 3)
    assert np.array_equal(segment("onset", sound).onsets, whole.onsets)


@pytest.mark.parametrize("threshold", [0.5, 1.0, 2.0])
def test_steady_sounds_have_no_onsets_and_fewer_with_a_higher_threshold(threshold):
    t = np.arange(3 * 22_050) / 22_050
    vibrato = Sound(0.3 * np.sin(2 * np.pi * 440 * t + 4 * np.sin(2 * np.pi * 5 * t)), 22_050)
    assert len(segment("onset", vibrato, threshold=max(1.0, threshold))) == 1
    sound = melody(4.0)
    assert len(segment("onset", sound, threshold=threshold)) >= len(
        segment("onset", sound, threshold=2 * threshold)
    )


@pytest.mark.parametrize(("shortest", "longest"), [("20ms", "100ms"), ("300ms", "1s"), ("1 window", 10**6)])
def test_segments_are_as_short_and_as_long_as_is_allowed(shortest, longest):
    sound = placed(np.cumsum(np.random.default_rng(4).uniform(0.05, 0.6, 12)), 22_050, "note")
    least = {"20ms": 441, "300ms": 6615, "1 window": 2048}[shortest]
    most = {"100ms": 2205, "1s": 22_050}.get(longest, longest)
    found = segment("onset", sound, shortest=shortest, longest=longest)
    assert found.lengths.max() <= most
    assert found.lengths.min() >= least
    assert len(found) > 3
    with pytest.raises(ParameterError, match=r"segmentation\.shortest = '1s' is above segmentation\.longest"):
        segment("onset", sound, shortest="1s", longest="0.5s")


def test_onset_strength_is_librosas_superflux():
    sound = melody(2.0, 44_100)
    found, hop = envelopes.onset_strength(sound)
    size = 4 * hop
    power = librosa.feature.melspectrogram(
        y=sound.samples[0] / sound.peak, sr=44_100, n_fft=size, hop_length=hop, n_mels=40, fmax=16_000
    )
    floor = 1e-6 * np.square(librosa.filters.get_window("hann", size)).sum()
    levels = 10 * np.log10(1 + power * (44_100 / size) / floor)
    expected = librosa.onset.onset_strength(S=levels, lag=2, max_size=3, center=False)
    assert np.allclose(found[2:], expected[2:], atol=1e-2)


def test_envelopes_do_not_depend_on_blocks_and_threads(monkeypatch):
    sound = melody(4.0, 22_050, 2)

    def measured() -> list[bytes]:
        found = [envelopes.onset_strength(sound)[0]]
        found += [envelopes.step_peaks(sound, 22), envelopes.step_powers(sound, 22)]
        return [values.tobytes() for values in found]

    whole = measured()
    monkeypatch.setattr(envelopes, "_BLOCK_SAMPLES", 1 << 14)
    assert measured() == whole
    monkeypatch.setattr(threads, "n_threads", lambda: 1)
    assert measured() == whole


@pytest.mark.parametrize("rate", [8000, 22_050, 48_000])
@pytest.mark.parametrize("bpm", [90, 120, 160])
def test_a_click_track_is_cut_at_its_beats(rate, bpm):
    times = 0.1 + np.arange(0, 12, 60 / bpm)
    found = segment("beat", placed(times, rate, "click"))
    assert len(times) < len(found) <= len(times) + 2  # a beat may follow the last click
    assert np.abs(found.onsets[1 : len(times) + 1] / rate - times).max() < 0.01
    assert np.allclose(found.lengths[1:-1] / rate, 60 / bpm, atol=0.005)


def test_beats_are_divided_evenly_and_a_tempo_can_be_given():
    sound = placed(np.arange(0.1, 10, 0.5), 44_100, "burst")
    whole = segment("beat", sound)
    thirds = segment("beat", sound, divisions=3)
    assert set(whole.onsets) <= set(thirds.onsets)
    assert np.allclose(thirds.lengths[1:-1] / 44_100, 1 / 6, atol=0.005)
    halved = segment("beat", sound, tempo=60.0)
    assert np.allclose(halved.lengths[1:-1] / 44_100, 1.0, atol=0.005)


def gated(pattern: list[bool], rate: int = 8000) -> Sound:
    """Each entry is 10 ms, of full scale or of silence."""
    return Sound(np.repeat(np.array(pattern, np.float32), rate // 100), rate)


def test_known_gaps_are_found():
    sound = gated([False] * 20 + [True] * 30 + [False] * 40 + [True] * 10 + [False] * 5 + [True] * 15)
    found = segment("silence", sound, padding=0)
    assert (found.onsets / 80).tolist() == [20, 90]
    assert (found.lengths / 80).tolist() == [30, 30]
    padded = segment("silence", sound, padding="30ms")
    assert (padded.onsets / 80).tolist() == [17, 87]
    assert (padded.lengths / 80).tolist() == [36, 33]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(0, 5), st.integers(0, 5))
def test_silences_are_those_of_the_definition(pattern, gap, shortest):
    runs = [[loud, len(list(group))] for loud, group in groupby(pattern)]
    for i, (loud, length) in enumerate(runs):
        if not loud and length < gap and 0 < i < len(runs) - 1:
            runs[i][0] = True
    joined = [loud for loud, length in runs for _ in range(length)]
    expected, at = [], 0
    for loud, group in groupby(joined):
        length = len(list(group))
        if loud and length >= shortest:
            expected.append((80 * at, 80 * length))
        at += length
    found = segment("silence", gated(pattern), gap=80 * gap, shortest=80 * shortest, padding=0)
    assert list(zip(found.onsets.tolist(), found.lengths.tolist(), strict=True)) == (
        expected or [(0, 80 * len(pattern))]
    )


def test_padding_never_overlaps_and_opposite_channels_are_heard():
    pattern = [True] * 10 + [False] * 20 + [True] * 10
    sound = Sound(np.stack([1, -1])[:, None] * gated(pattern).samples, 8000)
    found = segment("silence", sound, padding="1s")
    assert (found.onsets.tolist(), found.lengths.tolist()) == ([0, 1600], [1600, 1600])


def test_the_threshold_is_of_full_scale():
    sound = Sound(np.concatenate([gated([True] * 20).samples[0] * 0.01, np.zeros(1600)]), 8000)
    assert segment("silence", sound, threshold=-39.0).lengths.tolist() == [3200]  # all silent: the whole
    assert segment("silence", sound, threshold=-41.0, padding=0).lengths.tolist() == [1600]


def marked(path: Path, *markers: Marker, sample_rate: int | None = None) -> Sound:
    path.write_bytes(encoded("WAV"))
    write_cues(path, markers)
    return sound_file.read(path, sample_rate=sample_rate)


MARKED = (Marker(500), Marker(100, 50, "region"), Marker(1200, 0, "c"), Marker(1200, 0, "same"), Marker(2000))


def test_cue_points_begin_segments_and_regions_are_them(tmp_path):
    sound = marked(tmp_path / "tone.wav", *MARKED, Marker(10**9))
    assert sound.n_samples == 2000
    found = segment("markers", sound)
    assert found.onsets.tolist() == [100, 500, 1200]
    assert found.lengths.tolist() == [50, 700, 800]


def test_cue_points_move_with_the_rate(tmp_path):
    sound = marked(tmp_path / "tone.wav", *MARKED, sample_rate=44_100)
    found = segment("markers", sound)
    times = np.stack([found.onsets, found.onsets + found.lengths]) / 44_100
    assert np.allclose(times, np.array([[100, 500, 1200], [150, 1200, 2000]]) / 8000, atol=1 / 44_100)


def test_labels_are_regions_and_points(tmp_path):
    path = tmp_path / "labels.txt"
    path.write_text("0.05\t0.1\tregion\n0.02\t0.02\tpoint\n0.2\t0.251\tup to the end, rounded\n")
    found = segment("markers", marked(tmp_path / "tone.wav"), file=str(path))
    assert found.onsets.tolist() == [160, 400, 1600]
    assert found.lengths.tolist() == [240, 400, 400]


def test_what_has_no_markers_is_named(tmp_path):
    sound = marked(tmp_path / "tone.wav")
    with pytest.raises(ParameterError, match=r"tone\.wav: no markers in the sound; allowed: at least one"):
        segment("markers", sound)
    with pytest.raises(ParameterError, match="not of a file"):
        segment("markers", melody())
    (tmp_path / "tone.wav").unlink()
    with pytest.raises(SoundFileError, match=r"tone\.wav: cannot be read: No such file"):
        segment("markers", sound)
    with pytest.raises(ParameterError, match=r"none\.txt: cannot be read: No such file"):
        segment("markers", sound, file=str(tmp_path / "none.txt"))


def test_labels_of_another_sound_are_named(tmp_path):
    path = tmp_path / "labels.txt"
    path.write_text("0\t0\tgood\n0.1\t2.5\tverse\n")
    with pytest.raises(ParameterError) as caught:
        segment("markers", melody(0.5), file=str(path))
    message = str(caught.value)
    assert message.isprintable()
    for part in ("labels.txt", "'verse'", "2.500 s", "0.500 s"):
        assert part in message
