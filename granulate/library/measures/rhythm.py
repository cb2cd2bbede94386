"""Rhythm: tempo, and how clear the pulse is."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from granulate.kernels.mel import mel_bands
from granulate.kernels.onsets import onset_strength
from granulate.library.measures.heard import FRAME_S, Frames, Heard, Values, framing_at
from granulate.library.measures.registry import MEASURES, Measure
from granulate.parameters import Parameter

_N_BANDS = 40
_SILENCE = np.float32(1e-10)
_SLOWEST, _FASTEST = 40.0, 240.0


@MEASURES.add()
def rhythm(
    sample_rate: int,
    *,
    expected: Annotated[float, Parameter("tempo around which it is sought", 20, 400, "bpm")] = 120.0,
) -> Measure:
    """Tempo by librosa (Ellis 2007), and pulse clarity: how much the onsets repeat.

    Pulse clarity is the largest autocorrelation of onset strength between 40 and 240 beats a minute, over that at
    lag 0 (Lartillot et al. 2008). Tempo is 0 where nothing begins twice within the span.
    """
    framing = framing_at(sample_rate, FRAME_S, 4)
    filters = mel_bands(sample_rate, framing.n_fft, _N_BANDS, 0.0, sample_rate / 2)
    frame_rate = sample_rate / framing.hop
    slow, fast = int(np.ceil(60 / _SLOWEST * frame_rate)), max(1, int(60 / _FASTEST * frame_rate))

    def measure(frames: Frames, out: Values) -> None:
        out[:] = frames.mel(filters)

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        bands = 10 * np.log10(np.maximum(values, _SILENCE))
        np.maximum(bands, bands.max() - np.float32(80), out=bands)
        strength = onset_strength(bands)
        whole = np.zeros(2, np.float32)
        if len(strength) > 2 * fast and strength.any():
            whole[1] = _clarity(strength.astype(np.float64), fast, slow)
        if whole[1] > 0:
            from librosa.feature import tempo

            whole[0] = tempo(
                onset_envelope=strength, sr=sample_rate, hop_length=framing.hop, start_bpm=expected
            )[0]
        return strength[:, None], whole

    return Measure(
        (("onset_strength", "dB"),),
        (("tempo", "bpm"), ("pulse_clarity", "")),
        framing,
        _N_BANDS,
        measure,
        finish,
    )


def _clarity(strength: np.ndarray, fast: int, slow: int) -> float:
    from scipy.signal import correlate

    away = strength - strength.mean()
    lags = correlate(away, away, method="fft")[len(away) - 1 :]
    if lags[0] <= 0 or len(lags) <= fast:
        return 0.0
    return float(max(0.0, lags[fast : slow + 1].max() / lags[0]))
