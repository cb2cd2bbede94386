"""Floats to integers as sound files hold them, in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit
from granulate.types.arrays import read_only


def to_integers(block: NDArray[np.float32], scale: float, bits: int) -> NDArray[np.int32]:
    """Samples times `scale`, rounded to the nearest of 2^bits steps, at the top of 32 bits.

    Full scale is the largest step; what is not finite becomes 0. Rounds half to even, as numpy's rint.
    """
    out = np.empty(block.shape, np.int32)
    _quantise(
        read_only(block).reshape(-1),
        scale * 2.0 ** (bits - 1),
        float(2 ** (bits - 1)),
        32 - bits,
        out.reshape(-1),
    )
    return out


@njit(cache=True, nogil=True)
def _quantise(block, factor, steps, shift, out):  # type: ignore[no-untyped-def]
    for i in range(len(block)):
        whole = np.rint(np.float64(block[i]) * factor)
        if not np.isfinite(whole):
            whole = 0.0
        whole = min(max(whole, -steps), steps - 1)
        out[i] = np.int32(np.int64(whole) << shift)
