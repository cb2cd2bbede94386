"""Tempo from MIDI clock: 24 messages a quarter note, whose times jitter by as much as a driver's block."""

from __future__ import annotations

from collections import deque

PER_BEAT = 24
_KEPT = 2 * PER_BEAT
_FEWEST = PER_BEAT // 2
_LONGEST = 0.5
"""Seconds between two messages beyond which the clock has stopped: 5 beats a minute."""
_TURN = 0.08
"""A change of the newest half beat by this part is a new tempo rather than jitter."""
_SLOWEST, _FASTEST = 5.0, 1000.0


class TempoFollower:
    """The slope of a straight line, fitted by least squares, through the times of up to two beats of clock."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=_KEPT)

    @property
    def tempo(self) -> float | None:
        """Beats per minute; None until half a beat has come."""
        if len(self._times) < _FEWEST:
            return None
        interval = _slope(list(self._times))
        tempo = 60 / (PER_BEAT * interval) if interval > 0 else None
        return tempo if tempo is not None and _SLOWEST <= tempo <= _FASTEST else None

    def tick(self, time: float) -> float | None:
        """A clock message at a time in seconds; the tempo as it is now."""
        if self._times and not 0 <= time - self._times[-1] <= _LONGEST:
            self._times.clear()
        self._times.append(time)
        times = list(self._times)
        if len(times) >= 2 * _FEWEST:
            newest, before = _slope(times[-_FEWEST:]), _slope(times[:-_FEWEST])
            if abs(newest - before) > _TURN * before:
                for _ in range(len(times) - _FEWEST):
                    self._times.popleft()
        return self.tempo

    def forget(self) -> None:
        """As if no clock had come."""
        self._times.clear()


def _slope(times: list[float]) -> float:
    """Seconds per message, by least squares."""
    n = len(times)
    middle = (n - 1) / 2
    spread = n * (n * n - 1) / 12
    return sum((i - middle) * time for i, time in enumerate(times)) / spread
