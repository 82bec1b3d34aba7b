"""A limit as a server keeps it, and workers that run into it, in made-up time."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

from exporter.telegram.pace import Pace


@dataclass(slots=True, kw_only=True)
class Limit:
    """So many requests a second; a second's worth may come at once."""

    rate: float
    left: float = 0.0
    since: float = 0.0

    def __post_init__(self) -> None:
        self.left = self.burst

    @property
    def burst(self) -> float:
        return max(self.rate, 1.0)

    def wait_s(self, now: float) -> int:
        """Let one request pass (0), or say how long to wait."""
        self.left = min(self.burst, self.left + (now - self.since) * self.rate)
        self.since = now
        if self.left < 1:
            return math.ceil((1 - self.left) / self.rate)
        self.left -= 1
        return 0


@dataclass(slots=True, kw_only=True)
class Run:
    """What became of the requests of a run."""

    let_through: list[float] = field(default_factory=list)
    """When each was answered."""
    waits: list[float] = field(default_factory=list)
    """When waits began; one for all requests that were refused together."""

    def rate(self, since: float, until: float) -> float:
        """Return requests let through a second between two times."""
        return sum(since <= at < until for at in self.let_through) / (until - since)


def drive(
    pace: Pace,
    limit: Limit,
    *,
    seconds: float,
    begin: float = 0.0,
    at_once: int = 16,
    latency_s: float = 0.06,
) -> Run:
    """Let workers ask as fast as the pace allows; each waits for its answer."""
    run = Run()
    events: list[tuple[float, int, float | None]] = [(begin, n, None) for n in range(at_once)]
    heapq.heapify(events)
    while events and events[0][0] < begin + seconds:
        now, worker, sent_at = heapq.heappop(events)
        if sent_at is None:
            pause_s = pace.ready_in(now)
            if pause_s > 1e-9:
                heapq.heappush(events, (now + pause_s, worker, None))
                continue
            pace.sent(now)
            heapq.heappush(events, (now + latency_s, worker, now))
            continue
        if wait_s := limit.wait_s(now - latency_s / 2):
            if pace.blocked_for(now) == 0:
                run.waits.append(now)
            pace.refused(now, wait_s, sent_at=sent_at)
        else:
            pace.admitted()
            run.let_through.append(now)
        heapq.heappush(events, (now, worker, None))
    return run
