"""What the nouns do with their arrays."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view that cannot be written to.

    What kernels only read is handed to them so, whether or not it could be written to: numba compiles for
    either sort of array anew.
    """
    view = array.view()
    view.flags.writeable = False
    return view
