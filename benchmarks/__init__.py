"""Benchmarks: scripts that print tables. See README.md in this folder."""
