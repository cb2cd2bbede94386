"""A ring of records in shared memory, between one writer and one reader, without locks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.kernels import ring

Records = NDArray[Any]


class Ring:
    """Records of one type in `memory`, which holds at least `size` bytes and begins as zeros.

    One process (or thread) pushes and one pops; either may come and go, what was pushed stays.

    Raises ParameterError for a type whose size is no multiple of 8 bytes.
    """

    def __init__(self, dtype: np.dtype[Any], capacity: int, memory: memoryview) -> None:
        self.dtype, self.capacity = dtype, capacity
        n_bytes = self.size(dtype, capacity)
        words = np.frombuffer(memory, np.int64, n_bytes // 8)
        self._header, self._slots = words[: ring.HEADER], words[ring.HEADER :].reshape(capacity, -1)

    @staticmethod
    def size(dtype: np.dtype[Any], capacity: int) -> int:
        """The bytes that such a ring takes. Raises ParameterError as the class does."""
        if dtype.itemsize % 8 or capacity < 1:
            raise ParameterError(
                f"a ring of {capacity} records of {dtype.itemsize} bytes; allowed: at least 1, of a multiple of 8"
            )
        return 8 * (ring.HEADER + capacity * (1 + dtype.itemsize // 8))

    def push(self, records: Records) -> int:
        """Write what fits of some records (n,), in order; how many that was."""
        return int(ring.push(self._header, self._slots, self._words(records)))

    def pop(self, out: Records) -> int:
        """Read what there is into `out` (n,), C-contiguous; how many records that was."""
        return int(ring.pop(self._header, self._slots, self._words(out)))

    @property
    def n_pushed(self) -> int:
        """How many records were ever pushed."""
        return int(self._header[ring.HEAD])

    @property
    def n_popped(self) -> int:
        return int(self._header[ring.TAIL])

    def _words(self, records: Records) -> NDArray[np.int64]:
        if records.dtype != self.dtype:
            raise ParameterError(f"records of type {records.dtype}; allowed: {self.dtype}")
        return np.ascontiguousarray(records).view(np.int64).reshape(len(records), self.dtype.itemsize // 8)
