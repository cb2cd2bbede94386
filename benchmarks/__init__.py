"""Benchmarks: scripts that print tables. See README.md in this folder."""

import os

# An installed package has its bytecode, and processes start with it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
