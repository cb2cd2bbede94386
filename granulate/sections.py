"""Sections of a preset whose stages stand in several files, so that none has to import another."""

from granulate.parameters import Section

PATH = Section("path", "the path through the grains", default="tour")
PHASE = Section("phase", "what becomes of the phase of reordered grains", default="keep")
