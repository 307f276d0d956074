"""Who may send how much: token buckets."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from ingestion.collector.settings import Rate

MOST_BUCKETS = 100_000


class Buckets:
    """One token bucket for each address or project; the longest unused is forgotten first."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow ``rate`` to each of them."""
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, owner: str) -> float:
        """Take one token; 0 where there was one, else the seconds until there is."""
        if not self._rate.per_second:
            return 0.0
        now = self._clock()
        burst = max(self._rate.burst, 1.0)
        tokens, since = self._buckets.pop(owner, (burst, now))
        tokens = min(burst, tokens + (now - since) * self._rate.per_second)
        is_allowed = tokens >= 1
        self._buckets[owner] = (tokens - is_allowed, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return 0.0 if is_allowed else (1 - tokens) / self._rate.per_second
