"""Sound files: read into a `Sound`, brought to one rate and channel count, written whole or not at all.

sound = sound_file.read("in.flac")
sound_file.check_output("out.wav", inputs=["in.flac"])
written = sound_file.write(sound, "out.wav")
"""

from granulate.atomic import check_output
from granulate.sound_file.formats import Encoding, output_format
from granulate.sound_file.gathering import gather
from granulate.sound_file.matching import match
from granulate.sound_file.reading import read
from granulate.sound_file.writing import Written, write

__all__ = ["Encoding", "Written", "check_output", "gather", "match", "output_format", "read", "write"]
