"""What a process does not need is not imported by it; what it needs is as good as ever."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
import numpy as np
import granulate as gr
from granulate.kernels.limiter import limited

limited(np.ones((100, 1), np.float32), 8000)
assert "numba.np.arraymath" in sys.modules, "a kernel has run"
assert "scipy.linalg" not in sys.modules

from numba import njit
import numba.np.arraymath as arraymath

assert type(arraymath.__loader__).__name__ == "SourceFileLoader"
assert arraymath.__spec__.loader is arraymath.__loader__
a, b = np.random.default_rng(0).standard_normal((2, 5))
assert abs(njit(lambda a, b: np.dot(a, b))(a, b) - a @ b) < 1e-12
assert "scipy.linalg" in sys.modules, "which BLAS comes from"
"""


def test_a_kernel_needs_no_blas_and_whoever_calls_one_has_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
