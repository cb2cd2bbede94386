"""The kernel of spectral shapes: the same spectra give the same bits, wherever they lie."""

from __future__ import annotations

import numpy as np

from granulate.kernels.profile import shapes


def test_the_last_bit_does_not_depend_on_where_arrays_lie() -> None:
    rng = np.random.default_rng(0)
    real, imaginary = rng.standard_normal((2, 2, 257))
    spectra = (real + 1j * imaginary).astype(np.complex64)
    before = np.zeros(257, np.float32)
    ballast: list[np.ndarray] = []
    found = set()
    for _ in range(4000):  # a sum in a loop that writes differed in one of a hundred
        ballast.append(np.empty(int(rng.integers(1, 300)), np.float32))
        if len(ballast) > 30:
            ballast.pop(int(rng.integers(30)))
        found.add(shapes(spectra, before, 8000, 512)[0].tobytes())
    assert len(found) == 1
