"""What was heard last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate import storage

Frames = NDArray[np.float32]


class Memory:
    """The newest frames (n, n_channels) of an input, by the output sample that they came with.

    One thread adds, and another may read: what is overwritten while it is read is left out.
    """

    def __init__(self, n_channels: int, n_frames: int) -> None:
        self._frames = storage.allocate(n_frames, n_channels)
        self.begun = self.end = 0
        """The first sample that was ever heard, and the one after the last."""

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def oldest(self) -> int:
        """The first sample that is still there."""
        return max(self.begun, self.end - len(self))

    def add(self, clock: int, frames: Frames) -> None:
        """Frames that came with sample `clock`; where some were lost before them, there is silence."""
        if self.end == self.begun:
            self.begun = self.end = clock
        for first in range(max(self.end, clock - len(self)), clock, 4096):
            self._put(first, np.zeros((min(4096, clock - first), frames.shape[1]), np.float32))
        spare = max(0, len(frames) - len(self))
        self._put(clock + spare, frames[spare:])

    def read(self, first: int, last: int) -> Frames:
        """A copy of the samples from `first` to before `last`, silent where nothing is known of them."""
        found = np.zeros((max(0, last - first), self._frames.shape[1]), np.float32)
        begin, end = max(first, self.oldest), min(last, self.end)
        if begin < end:
            where = np.arange(begin, end) % len(self)
            found[begin - first : end - first] = self._frames[where]
        # What came in the meantime lies where the oldest lay.
        found[: max(0, self.oldest - first)] = 0
        return found

    def resized(self, n_frames: int) -> Memory:
        """Another one of so many frames, which remembers what this one does."""
        made = Memory(self._frames.shape[1], n_frames)
        made.begun = made.end = max(self.oldest, self.end - n_frames)
        for first in range(made.begun, self.end, 1 << 16):
            made.add(first, self.read(first, min(self.end, first + (1 << 16))))
        return made

    def _put(self, clock: int, frames: Frames) -> None:
        at = clock % len(self)
        n = min(len(frames), len(self) - at)
        self._frames[at : at + n] = frames[:n]
        self._frames[: len(frames) - n] = frames[n:]
        self.end = clock + len(frames)


def of_channels(frames: Frames, channel: int, n_channels: int) -> Frames:
    """Frames (n, n_inputs) as a corpus has them (n, n_channels): of one channel, counted from 1, or of all for 0.

    Where the numbers differ it is the mean of the channels, on all of them.
    """
    if channel:
        frames = frames[:, channel - 1 : channel]
    if frames.shape[1] != n_channels:
        frames = np.repeat(frames.mean(axis=1, dtype=np.float32, keepdims=True), n_channels, axis=1)
    return np.ascontiguousarray(frames)
