"""MIDI: a controller's messages move parameters, play grains and set the tempo, as a map says."""

from granulate.live.midi.controller import Controller
from granulate.live.midi.controller_map import ControllerMap, load, map_names, parse, schema, to_toml
from granulate.live.midi.handler import Handler
from granulate.live.midi.ports import PortWatch, matching
from granulate.live.midi.system import MidiError, RtMidi

__all__ = [
    "Controller", "ControllerMap", "Handler", "MidiError", "PortWatch", "RtMidi", "load", "map_names",
    "matching", "parse", "schema", "to_toml",
]  # fmt: skip
