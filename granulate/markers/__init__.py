"""Markers: places and regions of a sound, in its own file or in a label file beside it."""

from granulate.markers.cues import write_cues
from granulate.markers.labels import read_labels
from granulate.markers.reading import Marker, read_markers

__all__ = ["Marker", "read_labels", "read_markers", "write_cues"]
