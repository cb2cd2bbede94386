"""Segmentation: where grains begin and end.

A stage is handed a `Sound` and the `Framing`, and gives `Segments`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from granulate import markers as marks
from granulate.errors import ParameterError, printable
from granulate.kernels import envelopes
from granulate.level import from_decibels
from granulate.parameters import Duration, Parameter, Section
from granulate.types import Framing, Sound
from granulate.units import parse_time

SEGMENTATION = Section("segmentation", "where grains begin and end", default="hop")

Samples = NDArray[np.int64]

_STEPS_PER_S = 1000
"""Steps in which levels are looked at: a cut is as exact as one of them."""
_SURROUNDINGS_S = 0.2
"""What an onset has to rise above is the mean flux over this long around it."""
_BEAT_THRESHOLD_DB = 1.5
_SNAP_S = 0.03
"""A beat lies on an onset that is no further away: twice what the flux's windows blur."""
_MOVED_AT_ONCE = 4096
_LABEL_TOLERANCE_S = 0.01
"""Labels may end this much after the sound: their times are rounded, and so was its length."""


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Stretches of a sound: `onsets` int64 (n,) and `lengths` int64 (n,), in samples.

    Raises ParameterError for none, unequal shapes, lengths below 1 and onsets that are not in order.
    """

    onsets: Samples
    lengths: Samples

    def __post_init__(self) -> None:
        onsets = np.array(self.onsets, np.int64)
        lengths = np.array(self.lengths, np.int64)
        if onsets.ndim != 1 or onsets.shape != lengths.shape or not len(onsets):
            raise ParameterError(
                f"segments of shapes {onsets.shape} and {lengths.shape}; allowed: two equal 1-D shapes, not empty"
            )
        if lengths.min() < 1 or (np.diff(onsets) < 0).any():
            raise ParameterError("segments that are empty or not in order; allowed: lengths of at least 1")
        onsets.flags.writeable = lengths.flags.writeable = False
        object.__setattr__(self, "onsets", onsets)
        object.__setattr__(self, "lengths", lengths)

    def __len__(self) -> int:
        return len(self.onsets)


Threshold = Annotated[
    float, Parameter("least rise of the mel bands' mean level above its surroundings", 0.1, 60, "dB")
]
Shortest = Annotated[Duration, Parameter("shorter segments are joined to the one before")]
Longest = Annotated[Duration, Parameter("longer segments are divided into equal parts")]


@SEGMENTATION.add()
def hop(sound: Sound, framing: Framing) -> Segments:
    """Grains of one window's length, a hop apart, centred as in librosa."""
    n = framing.n_grains(sound.n_samples)
    return Segments(np.arange(n) * framing.hop - framing.lead, np.full(n, framing.window))


@SEGMENTATION.add()
def onset(
    sound: Sound,
    framing: Framing,
    *,
    threshold: Threshold = 1.5,
    shortest: Shortest = "50ms",
    longest: Longest = "4s",
    lead: Annotated[
        Duration, Parameter("the cut is where the sound is quietest within this long before the onset")
    ] = "10ms",
) -> Segments:
    """From one onset (the attack of a note or a stroke) to the next; all of the sound is kept.

    Peaks of the spectral flux (`kernels.envelopes.onset_strength`) are moved to where the power
    rises fastest, and from there back to the quietest place, at most by `shortest`. What is divided
    because of `longest` may come out below `shortest`.
    """
    least, most = _bounds(sound, framing, shortest, longest)
    strength, step = envelopes.onset_strength(sound)
    found = _onsets(sound, strength, step, threshold, least, min(least, _samples(lead, sound, framing)))
    return _end_to_end(found, sound.n_samples, least, most)


@SEGMENTATION.add()
def beat(
    sound: Sound,
    framing: Framing,
    *,
    tempo: Annotated[
        float | None, Parameter("beats per minute; unset: estimated from the sound", 20, 400, "bpm")
    ] = None,
    divisions: Annotated[int, Parameter("segments of each beat", 1, 64)] = 1,
    tightness: Annotated[float, Parameter("how closely beats keep to the tempo", 1, 10_000)] = 100.0,
) -> Segments:
    """From one beat to the next, in equal divisions; all of the sound is kept (Ellis 2007).

    Beats beside an onset are moved to it. A sound without a tempo is one segment.
    """
    from granulate.kernels.kept import beat_tracker

    strength, step = envelopes.onset_strength(sound)
    if len(strength) < 2:
        return _whole(sound)
    # librosa divides by the least distance between beats, which may be none on short sounds.
    with np.errstate(divide="ignore", invalid="ignore"):
        _, frames = beat_tracker()(
            onset_envelope=strength,
            sr=sound.sample_rate,
            hop_length=step,
            bpm=tempo,
            tightness=tightness,
            trim=False,
        )
    tracked = np.asarray(frames, np.int64) * step
    onsets = _onsets(sound, strength, step, _BEAT_THRESHOLD_DB, step, 0)
    edges = np.unique(_snapped(tracked, onsets, int(_SNAP_S * sound.sample_rate)))
    if len(edges) < 2:
        return _whole(sound)
    parts = np.arange(len(edges) * divisions - divisions + 1) / divisions
    cuts = np.interp(parts, np.arange(len(edges)), edges).astype(np.int64)
    shortest = max(1, int(np.median(np.diff(edges))) // (8 * divisions))
    return _end_to_end(cuts, sound.n_samples, shortest, sound.n_samples)


@SEGMENTATION.add()
def silence(
    sound: Sound,
    framing: Framing,
    *,
    threshold: Annotated[float, Parameter("what stays below it is silent", -140, 0, "dBFS")] = -50.0,
    gap: Annotated[Duration, Parameter("shorter silences do not divide")] = "100ms",
    shortest: Annotated[Duration, Parameter("shorter sounds between silences are left out")] = "20ms",
    padding: Annotated[Duration, Parameter("kept of the silence before and after")] = "10ms",
) -> Segments:
    """What stands between silences, which are left out; each sample of the loudest channel counts.

    Where all is silent, the whole sound.
    """
    step = _step(sound)
    loud = envelopes.step_peaks(sound, step) >= np.float32(from_decibels(threshold))
    edges = np.flatnonzero(np.diff(loud, prepend=False, append=False))
    begin, end = edges[::2] * step, np.minimum(edges[1::2] * step, sound.n_samples)
    apart = begin[1:] - end[:-1] >= max(1, _samples(gap, sound, framing))
    begin, end = begin[np.append(True, apart)[: len(begin)]], end[np.append(apart, True)[: len(end)]]
    kept = end - begin >= _samples(shortest, sound, framing)
    begin, end = begin[kept], end[kept]
    if not len(begin):
        return _whole(sound)
    pad = _samples(padding, sound, framing)
    middles = (end[:-1] + begin[1:]) // 2
    begin = np.maximum(begin - pad, np.append(0, middles))
    end = np.minimum(end + pad, np.append(middles, sound.n_samples))
    return Segments(begin, end - begin)


@SEGMENTATION.add()
def markers(
    sound: Sound,
    framing: Framing,
    *,
    file: Annotated[
        str, Parameter("a label file as Audacity exports it; empty: the cue points of the sound's own file")
    ] = "",
) -> Segments:
    """Regions as they are marked; from each other marker to the next one, or to the end.

    What lies before the first marker is left out. Cue points past the end of the sound are ignored.

    Raises ParameterError where there are none, and for label files that cannot be read, are
    malformed or belong to a longer sound; SoundFileError where the sound's file is gone.
    """
    found = _labels(sound, file) if file else _cues(sound)
    begin = np.array([marker.position for marker in found], np.int64)
    length = np.array([marker.length for marker in found], np.int64)
    edges = np.unique(np.append(begin, sound.n_samples))
    following = edges[np.minimum(np.searchsorted(edges, begin, "right"), len(edges) - 1)]
    end = np.minimum(np.where(length > 0, begin + length, following), sound.n_samples)
    begin, end = np.unique(np.stack([begin, end])[:, end > begin], axis=1)
    if not len(begin):
        raise ParameterError(
            f"{printable(file) if file else sound.name}: no markers in the sound; allowed: at least one"
        )
    return Segments(begin, end - begin)


def _labels(sound: Sound, file: str) -> tuple[marks.Marker, ...]:
    found = marks.read_labels(file, sound.sample_rate)
    latest = sound.n_samples + int(_LABEL_TOLERANCE_S * sound.sample_rate)
    for marker in found:
        end = marker.position + marker.length
        if end > latest:
            raise ParameterError(
                f"{printable(file)}: the label {printable(marker.text[:40])!r} at {end / sound.sample_rate:.3f} s;"
                f" allowed: up to {sound.duration:.3f} s, where {sound.name} ends"
            )
    return found


def _cues(sound: Sound) -> tuple[marks.Marker, ...]:
    """The cue points of the sound's own file, at the rate that the sound has now."""
    if sound.origin is None:
        raise ParameterError("a sound that is not of a file has no markers; allowed: segmentation.file")
    rate, was = sound.sample_rate, sound.origin.sample_rate

    def scaled(position: int) -> int:
        return (2 * position * rate + was) // (2 * was)

    def moved(marker: marks.Marker) -> marks.Marker:
        begin, end = scaled(marker.position), scaled(marker.position + marker.length)
        return marks.Marker(begin, end - begin, marker.text)

    return tuple(moved(marker) for marker in marks.read_markers(sound.origin.path))


def _onsets(
    sound: Sound, strength: NDArray[np.float32], hop: int, threshold: float, shortest: int, lead: int
) -> Samples:
    """Where onsets are heard, in samples, ascending: the flux's peaks, moved as `onset` says."""
    from scipy.ndimage import uniform_filter1d
    from scipy.signal import find_peaks

    around = max(1, round(_SURROUNDINGS_S * sound.sample_rate / hop))
    above = strength - uniform_filter1d(strength.astype(np.float64), around, mode="nearest")
    frames, _ = find_peaks(above, height=threshold, distance=max(1, shortest // hop))
    step = _step(sound)
    sums = np.concatenate([[0.0], np.cumsum(envelopes.step_powers(sound, step), dtype=np.float64)])
    reach = -(-2 * hop // step)  # half a window of the flux
    moved = [
        envelopes.quietest(sums, envelopes.fastest_rise(sums, part * hop // step, reach), lead // step)
        for part in np.split(frames, np.arange(_MOVED_AT_ONCE, len(frames), _MOVED_AT_ONCE))
    ]
    return np.unique(np.clip(np.concatenate(moved) * step, 0, sound.n_samples))


def _snapped(positions: Samples, onsets: Samples, reach: int) -> Samples:
    """Each position, or the onset nearest to it that is no further than `reach` samples."""
    if not len(onsets):
        return positions
    after = np.searchsorted(onsets, positions).clip(1, max(1, len(onsets) - 1))
    before, after = onsets[after - 1], onsets[np.minimum(after, len(onsets) - 1)]
    nearest = np.where(positions - before <= after - positions, before, after)
    return np.where(np.abs(nearest - positions) <= reach, nearest, positions)


def _end_to_end(cuts: Samples, n_samples: int, shortest: int, longest: int) -> Segments:
    """The whole sound in segments between the cuts (ascending), those too near to another left out."""
    kept = [0]
    for cut in cuts.tolist():
        if cut - kept[-1] >= shortest and n_samples - cut >= shortest:
            kept.append(cut)
    sizes = np.diff([*kept, n_samples])
    parts = -(-sizes // longest)
    # The k-th of p parts begins at k / p of its segment.
    within = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    onsets = np.repeat(kept, parts) + within * np.repeat(sizes, parts) // np.repeat(parts, parts)
    return Segments(onsets, np.diff(onsets, append=n_samples))


def _whole(sound: Sound) -> Segments:
    return Segments(np.array([0]), np.array([sound.n_samples]))


def _bounds(sound: Sound, framing: Framing, shortest: Duration, longest: Duration) -> tuple[int, int]:
    """The least and the largest length of a segment, in samples."""
    least, most = (max(1, _samples(time, sound, framing)) for time in (shortest, longest))
    if least > most:
        raise ParameterError(
            f"segmentation.shortest = {shortest!r} is above segmentation.longest = {longest!r}"
        )
    return least, most


def _samples(time: Duration, sound: Sound, framing: Framing) -> int:
    return parse_time(time).samples(sound.sample_rate, window=framing.window, hop=framing.hop)


def _step(sound: Sound) -> int:
    return max(1, sound.sample_rate // _STEPS_PER_S)
