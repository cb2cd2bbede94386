"""libsndfile through soundfile, one block after another and without seeking.

soundfile seeks to where it already is around every block; libsndfile then hangs on some truncated
files and decodes others twice.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property

import numpy as np
import soundfile
from numpy.typing import NDArray

from granulate.sound_file.formats import WIDTHS

_LOGGED_FORMATS = {"WAV", "WAVEX", "RF64", "W64", "AU"}
_BLOCK_ALIGN = re.compile(r"^ *Block Align *: (\d+)", re.M)
_DATA_BYTES = re.compile(r"^ *(?:data|Data [sS]ize) *: (\d+)\b", re.M)
_AIFF_FRAMES = re.compile(r"^ *Frames *: (\d+)", re.M)
# Whose 16-bit samples are read as they stand: libsndfile turns integers into floats six times slower.
_PLAIN_FORMATS = {"WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF"}
# What programs that could not go back to the header leave there: 2^31 or 2^32, or a bit less.
_UNKNOWN_BYTES = 0x7FFF0000
_UNKNOWN_FRAMES = 1 << 48


class Stream(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no types
    """A sound file that is read or written from beginning to end."""

    damage: str | None = None
    """Why decoding ended, where libsndfile gave up on the rest."""

    # soundfile asks libsndfile for these names each time.
    format = cached_property(soundfile.SoundFile.format.fget)
    subtype = cached_property(soundfile.SoundFile.subtype.fget)

    def seekable(self) -> bool:
        """No: which keeps soundfile from seeking."""
        return False

    def decoded(self, block_frames: int) -> Iterator[NDArray[np.float32]]:
        """The frames, as blocks (n, n_channels).

        When libsndfile raises in the middle of the file, what it decoded until then is given, and
        `damage` says why it ended; when it raises before the first frame, so does this.
        """
        if self.subtype == "PCM_16" and self.format in _PLAIN_FORMATS:
            yield from self._plain(block_frames)
            return
        n_decoded = 0
        while True:
            block = np.full((block_frames, self.channels), np.nan, np.float32)
            try:
                n = len(self.read(out=block))
            except soundfile.LibsndfileError as error:
                # It does not tell how far it came; what it has not reached is still NaN.
                n = int(np.argmax(np.append(np.isnan(block).all(axis=1), True)))
                if n_decoded + n == 0:
                    raise
                self.damage = str(error)
            n_decoded += n
            if n:
                yield block[:n]
            if n < block_frames or self.damage:
                return

    def _plain(self, block_frames: int) -> Iterator[NDArray[np.float32]]:
        # Nothing is decoded here, so there is nothing that libsndfile could give up on.
        whole = np.empty((block_frames, self.channels), np.int16)
        while n := len(self.read(out=whole)):
            yield whole[:n] * np.float32(1 / 32768)
            if n < block_frames:
                return

    def declared_frames(self) -> int:
        """How many frames the header claims, or 0 where it does not say.

        libsndfile corrects the claims of some formats by the length of the file; its log still has
        them.
        """
        log, claim = self.extra_info, int(self.frames)
        width = self.channels * WIDTHS.get(self.subtype, 0)
        if self.format == "AIFF" and (found := _AIFF_FRAMES.search(log)):
            claim = int(found[1])
        elif self.format in _LOGGED_FORMATS and width and (found := _DATA_BYTES.search(log)):
            # W64 counts its chunk's header, and up to 7 bytes that fill up the last 8.
            n_bytes = int(found[1]) - (24 + 7) * (self.format == "W64")
            align = _BLOCK_ALIGN.search(log)
            width = max(width, int(align[1]) if align else 0)  # 24 bits may lie in 32
            claim = n_bytes // width if n_bytes < _UNKNOWN_BYTES else 0
        return claim if claim < _UNKNOWN_FRAMES else 0


def native_name(path: str | os.PathLike[str]) -> str | bytes:
    """A path as libsndfile opens it; soundfile cannot encode names that are no text."""
    return os.fspath(path) if os.name == "nt" else os.fsencode(path)
