"""What one would write with librosa and scikit-learn: frames reordered by a one-dimensional embedding.

    python -m benchmarks.baseline IN OUT pca|tsne

The whole file in memory, two STFTs (one for the mel bands), the embedding of mel decibels, argsort, an inverse STFT.
Prints the length of its path through the standardised mel decibels when asked with --length.
"""

from __future__ import annotations

import sys

import librosa
import numpy as np
import soundfile as sf
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

N_FFT, HOP = 2048, 512


def reorder(path: str, method: str) -> tuple[np.ndarray, np.ndarray, int]:
    """The reordered signal, the order, and the sample rate."""
    signal, rate = librosa.load(path, sr=None, mono=True)
    frames = librosa.stft(signal, n_fft=N_FFT, hop_length=HOP)
    bands = librosa.feature.melspectrogram(y=signal, sr=rate, n_fft=N_FFT, hop_length=HOP)
    described = librosa.amplitude_to_db(bands).T
    reducer = PCA(n_components=1) if method == "pca" else TSNE(n_components=1)
    order = np.argsort(reducer.fit_transform(described)[:, 0])
    return librosa.istft(frames[:, order], hop_length=HOP), order, int(rate)


if __name__ == "__main__":
    source, target, method = sys.argv[1:4]
    result, order, rate = reorder(source, method)
    sf.write(target, result, rate)
    if "--order" in sys.argv:
        np.save(target + ".npy", order)
