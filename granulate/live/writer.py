"""What the engine plays, written to a file beside it."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.atomic import check_output, reason, replacing
from granulate.errors import GranulateError, OutputError, printable
from granulate.live.ring import Ring
from granulate.live.shared import Setup
from granulate.live.sinks import File
from granulate.sound_file import output_format
from granulate.sound_file.reproducible import settle

_PAUSE_S = 0.005


class Writer:
    """A thread that writes the blocks of a ring until `finish`. Raises OutputError for what cannot be written."""

    def __init__(self, setup: Setup, sink: File, heard: Ring, state: NDArray[Any]) -> None:
        check_output(sink.path, force=sink.force)
        self._sink, self._heard, self._state = sink, heard, state
        self._setup = setup
        self._encoding = output_format(sink.path, "FLOAT", setup.sample_rate, setup.n_channels)
        self._ended, self._error, self._keep = threading.Event(), "", True
        self._records = np.zeros(64, heard.dtype)
        state["listening"] = 1
        self._thread = threading.Thread(target=self._run, name="granulate-writer", daemon=True)
        self._thread.start()

    def finish(self, *, keep: bool = True) -> None:
        """Write what is left and move the file to its name, or leave none.

        Raises OutputError if it could not be written whole.
        """
        self._keep = keep
        self._ended.set()
        self._thread.join()
        if keep and self._error:
            raise OutputError(self._error)

    def _run(self) -> None:
        import soundfile

        try:
            self._write()
        except soundfile.SoundFileError as error:
            self._error = f"{printable(self._sink.path)}: could not be written whole ({reason(error)})"
        except GranulateError as error:
            self._error = str(error)
        finally:
            self._state["listening"] = 0  # the engine must not wait for a reader that is gone

    def _write(self) -> None:
        from granulate.sound_file.stream import Stream, native_name

        setup, encoding = self._setup, self._encoding
        with replacing(self._sink.path, force=self._sink.force) as temporary:
            with Stream(
                native_name(temporary), "w", setup.sample_rate, setup.n_channels, encoding.subtype, None,
                encoding.format,
            ) as file:  # fmt: skip
                while True:
                    last = self._ended.is_set()  # before looking: then nothing comes after
                    while n := self._heard.pop(self._records):
                        for record in self._records[:n]:
                            file.write(record["frames"][: record["n"]])
                    if last:
                        break
                    time.sleep(_PAUSE_S)
            if not self._keep:
                raise OutputError("given up")  # so that nothing is moved into place
            settle(temporary, encoding, 0)
