"""`granulate live`: the grains as an instrument, and what a terminal shows of it."""

from granulate.cli.live.playing import command

__all__ = ["command"]
