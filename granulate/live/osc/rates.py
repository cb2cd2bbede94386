"""How often: token buckets, one for each of a bounded number of keys."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable


class Rates:
    """Allows each key `burst` times at once and `per_second` on the long run; the least recent keys are forgotten."""

    def __init__(self, per_second: float, burst: float, keys: int = 256) -> None:
        self.per_second = per_second
        self.burst = burst
        self.keys = keys
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def allow(self, key: Hashable, now: float, amount: float = 1.0) -> bool:
        """Whether the key may do so much now (s on any one clock); if so, it is noted."""
        left, then = self._left.pop(key, (self.burst, now))
        left = min(self.burst, left + (now - then) * self.per_second)
        allowed = left >= amount
        self._left[key] = (left - amount if allowed else left, now)
        if len(self._left) > self.keys:
            self._left.popitem(last=False)
        return allowed
