"""The sound map as a page: grains or sounds as points that play, in one file or from a server.

pack = page.of_corpus(corpus, preset).to_bytes()
text = page.standalone(pack, title="drums")
"""

from granulate.page.bundle import asset, names, served, standalone
from granulate.page.mapping import default_preset, of_corpus
from granulate.page.pack import FORMAT, Column, Map, PackedSound, packed_sound, unpack
from granulate.page.sketching import sketch

__all__ = [
    "FORMAT", "Column", "Map", "PackedSound", "asset", "default_preset", "names", "of_corpus", "packed_sound",
    "served", "sketch", "standalone", "unpack",
]  # fmt: skip
