"""Arithmetic: bare numba kernels behind thin checked fronts, used by the stages above them."""
