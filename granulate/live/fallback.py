"""Falling back: what plays on when what is asked for cannot be played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from granulate.atomic import reason
from granulate.errors import GranulateError
from granulate.live.engine import EngineError
from granulate.live.stream import Stream, needs_another
from granulate.preset import Preset
from granulate.types import Corpus

Fell = Callable[[Preset, str], None]


class Fallback:
    """Remembers what has played last, to go back to it.

    `good`: the corpus and the preset that have played last, None before the first. `fell` is told, by `tell`, of
    each preset that could not be played, and why.
    """

    def __init__(self, fell: Fell) -> None:
        self.good: tuple[Corpus, Preset] | None = None
        self._fell = fell
        self._fallen: list[tuple[Preset, str]] = []
        self._stuck: Preset | None = None

    def may_play(self, preset: Preset) -> bool:
        """Whether a preset has not been found unplayable with nothing to go back to."""
        return preset is not self._stuck

    @contextmanager
    def catching(self, stream: Stream) -> Iterator[None]:
        """Go back where the block fails: no control that was moved may end the instrument. An engine's end is raised."""
        preset = stream.preset
        try:
            yield
        except EngineError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, what played before plays on
            self._fall(stream, preset, error)

    def tell(self) -> None:
        """Tell of what has failed since the last call."""
        while self._fallen:
            self._fell(*self._fallen.pop(0))

    def _fall(self, stream: Stream, preset: Preset, error: Exception) -> None:
        """Go on by what has played last; where that is not of this stream, rest until something changes."""
        line = str(error) if isinstance(error, GranulateError) else f"{type(error).__name__}: {reason(error)}"
        corpus, good = self.good or (None, preset)
        if corpus is stream.corpus and good is not preset and not needs_another(good, preset):
            if stream.preset is preset:  # else it has been moved since, and may be well
                stream.preset = good
        else:
            self._stuck = preset
        self._fallen.append((preset, line))
