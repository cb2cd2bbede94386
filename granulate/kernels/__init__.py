"""Arithmetic: bare numba kernels behind thin checked fronts, used by the stages above them."""

from granulate.kernels.light_start import install

install()
