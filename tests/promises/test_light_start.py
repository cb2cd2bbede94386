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
compiler = {"numba.typed.typeddict", "scipy.linalg"} & set(sys.modules)
assert not compiler, compiler
"""

COMPILED = """
import numba

@numba.njit(cache=False)
def product(a, b):
    return np.dot(a, b)

a, b = np.random.default_rng(0).standard_normal((2, 5))
assert abs(product(a, b) - a @ b) < 1e-12
assert "scipy.linalg" in sys.modules, "which BLAS comes from"
"""

OTHERS = """
import numpy as np
from numba.core import compiler
from granulate.kernels.kept import beat_tracker
from granulate.stages.reducers import REDUCTION, embed

compiled = []
compile_extra = compiler.compile_extra

def noted(typing, target, function, *more, **options):
    compiled.append(function.__name__)
    return compile_extra(typing, target, function, *more, **options)

compiler.compile_extra = noted
beat_tracker()
values = np.random.default_rng(0).standard_normal((40, 6)).astype(np.float32)
embed(values, REDUCTION.bind({"kind": "umap", "epochs": 20}), 0)
print(*sorted(compiled))
"""


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )


def test_a_kept_kernel_needs_no_compiler_and_whoever_compiles_has_it() -> None:
    run(SCRIPT)  # by now it is kept
    done = run(SCRIPT + COMPILED)
    assert done.returncode == 0, done.stderr


def test_what_other_packages_compile_is_kept_too() -> None:
    run(OTHERS)
    done = run(OTHERS)
    assert done.returncode == 0, done.stderr
    kept = {"__beat_local_score", "smooth_knn_dist", "compute_membership_strengths"}
    assert not kept & {*done.stdout.split()}
