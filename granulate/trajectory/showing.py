"""What pictures, pages and films of a trajectory show: the whole of it, and a course through it in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.trajectory.camera import Axes, Floats
from granulate.trajectory.course import Points, Trajectory
from granulate.types import Sound


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Points (n, 3) of a trajectory as they are drawn, and a course through them that a sound is heard along.

    `times` and `follows` are the trajectory's. The course is its own, or a forecast: points (m, 3) at
    ascending times (m,) in seconds of the sound; `jumps` bool (m,): whether it goes on elsewhere after each.
    """

    title: str
    points: Floats
    times: Floats
    follows: NDArray[np.bool_]
    course: Floats
    clock: Floats
    jumps: NDArray[np.bool_]
    is_forecast: bool = False

    @classmethod
    def recorded(cls, trajectory: Trajectory, title: str = "") -> Shown:
        """The trajectory as it was recorded."""
        points = Axes.of(trajectory)(trajectory.points)
        times, follows = trajectory.times, trajectory.follows
        return cls(title, points, times, follows, points, times, ~follows)

    @classmethod
    def forecast(cls, trajectory: Trajectory, course: Points, clock: Floats, title: str = "") -> Shown:
        """A course (m, d) in the trajectory's coordinates, at times (m,) in seconds. Raises ParameterError."""
        if len(course) != len(clock) or (np.diff(clock) < 0).any():
            raise ParameterError(
                f"a course of {len(course)} points at {len(clock)} times; allowed: one each, ascending"
            )
        axes = Axes.of(trajectory)
        nowhere = np.zeros(len(course), bool)
        return cls(
            title,
            axes(trajectory.points),
            trajectory.times,
            trajectory.follows,
            axes(course),
            clock,
            nowhere,
            True,
        )

    def at(self, seconds: Floats) -> Floats:
        """Where the course is at some times (k,): on the straight line between its points (k, 3)."""
        held = np.clip(seconds, self.clock[0], self.clock[-1])
        after = np.clip(np.searchsorted(self.clock, held, side="right"), 1, max(1, len(self.clock) - 1))
        before = after - 1
        after = np.minimum(after, len(self.clock) - 1)
        gap = self.clock[after] - self.clock[before]
        part = np.where(gap > 0, (held - self.clock[before]) / np.where(gap > 0, gap, 1), 1.0)
        # From the end of one recording the point leaps to the next one's beginning.
        part = np.where(self.jumps[before], np.floor(part), part)
        return self.course[before] + part[:, None] * (self.course[after] - self.course[before])


def joined(sounds: tuple[Sound, ...]) -> Sound:
    """Sounds of one rate and channel count, one after another."""
    if len(sounds) == 1:
        return sounds[0]
    return Sound(
        np.concatenate([sound.frames for sound in sounds]).T, sounds[0].sample_rate, sounds[0].origin
    )
