"""How many parts of files to have under way at once: learned from what it brings.

More than fit on the line only wait in queues, fewer leave it idle. What the line holds is the rate
at which bytes come times the least time that an answer takes, so the window is always a little
above that: where it was what held the rate back, it grows by half with each round. Since a full
line hides how long an answer takes by itself, it is emptied for a moment now and then.
Times are seconds of any one steady clock.
"""

from __future__ import annotations

from collections import deque
from math import ceil

START = 16
LEAST = 2
MOST = 32
SPARE, MORE = 1.5, 2
"""Times what the line holds, and so many parts more: neither side answers evenly."""
ROUNDS = 4
"""The best of so many rounds counts: in any one the machine may have been busy."""
DRAIN_EVERY_S = 20.0
QUIET_AFTER_WAIT_S = 3.0
"""After a wait that Telegram asked for the window is left alone for so long."""
LEAST_ROUND_S = 0.1
"""A shorter measurement means nothing."""


class Flow:
    """The window of one data centre. Only rounds in which it was full say something of it."""

    def __init__(self, *, start: int = START, least: int = LEAST, most: int = MOST) -> None:
        self.window = start
        """Parts that may be under way."""
        self._range = least, most
        self._rates: deque[float] = deque(maxlen=ROUNDS)
        self._least_s = float("inf")
        """What an answer takes by itself."""
        self._drain_at = float("inf")
        self._before_draining: int | None = None
        """The window to go back to, while the line is emptied."""
        self._leave_alone_until = float("-inf")
        self._least_of_round_s = float("inf")
        self._begin(None)

    def answered(self, now: float, took_s: float, size_bytes: int, *, full: bool) -> None:
        """A part came `took_s` after it was asked for; `full`: others waited for its place."""
        if size_bytes <= 0:
            return
        if self._before_draining is None:
            self._least_s = min(self._least_s, took_s)
        if not full:
            self._begin(None)
            return
        if self._since is None:
            self._begin(now)
            return
        self._count += 1
        self._bytes += size_bytes
        self._least_of_round_s = min(self._least_of_round_s, took_s)
        elapsed_s = now - self._since
        if self._before_draining is None:
            parts = 2 * self.window
        else:  # the answers of what was asked for before have waited
            parts = self._before_draining + self.window
        if self._count >= parts and elapsed_s >= max(LEAST_ROUND_S, took_s):
            self._measured(now, self._bytes / elapsed_s, self._bytes / self._count)
            self._begin(now)

    def flooded(self, now: float) -> None:
        """Telegram made us wait: half as many, and no more for a while."""
        self.window = self._within(self.window // 2)
        self._before_draining = None
        self._rates.clear()
        self._leave_alone_until = now + QUIET_AFTER_WAIT_S
        self._begin(None)

    def _begin(self, now: float | None) -> None:
        self._since = now
        self._count = self._bytes = 0
        self._least_of_round_s = float("inf")

    def _measured(self, now: float, rate: float, part_bytes: float) -> None:
        if now < self._leave_alone_until:
            return
        if self._before_draining is not None:
            self.window, self._before_draining = self._before_draining, None
            self._least_s = self._least_of_round_s
            self._drain_at = now + DRAIN_EVERY_S
            return
        self._rates.append(rate)
        holds = max(self._rates) * self._least_s / part_bytes
        self.window = self._within(ceil(holds * SPARE) + MORE)
        if now >= self._drain_at:
            self._before_draining = self.window
            self.window = self._within(0)
        self._drain_at = min(self._drain_at, now + DRAIN_EVERY_S)

    def _within(self, window: int) -> int:
        least, most = self._range
        return min(max(least, window), most)
