"""How many parts of files to have under way at once: learned from what it brings.

More than fit on the line only wait in queues, fewer leave it idle. What the line holds is the rate
at which bytes come times the least time that an answer takes. So the window doubles while that
makes bytes come faster, settles a little above what the line holds, and tries now and then whether
it may be larger. Times are seconds of any one steady clock.
"""

from __future__ import annotations

from math import ceil

START = 16
LEAST = 2
MOST = 32
FASTER = 1.15
"""So much faster, with twice as many under way, is worth it."""
SPARE = 1.25
"""Of what the line holds: a server does not answer evenly."""
ANEW_AFTER_S = 4.0
"""A settled window is tried larger after so long."""
QUIET_AFTER_WAIT_S = 3.0
"""After a wait that Telegram asked for it is left alone for so long."""
LEAST_ROUND_S = 0.1
"""A shorter measurement means nothing."""


class Flow:
    """The window of one data centre. Only rounds in which it was full say something of it."""

    def __init__(self, *, start: int = START, most: int = MOST) -> None:
        self.window = min(start, most)
        """Parts that may be under way."""
        self._most = most
        self._grows = True
        """Doubling, until that brings nothing."""
        self._before: tuple[int, float] | None = None
        """The window to go back to and the rate it had, while a larger one is tried."""
        self._least_s = float("inf")
        self._leave_alone_until = float("-inf")
        self._begin(None)

    def answered(self, now: float, took_s: float, size_bytes: int, *, full: bool) -> None:
        """A part came `took_s` after it was asked for; `full`: others waited for its place."""
        if size_bytes <= 0:
            return
        self._least_s = min(self._least_s, took_s)
        if not full:
            self._begin(None)
            return
        if self._since is None:
            self._begin(now)
            return
        self._count += 1
        self._bytes += size_bytes
        elapsed_s = now - self._since
        if self._count >= 2 * self.window and elapsed_s >= max(LEAST_ROUND_S, took_s):
            self._measured(now, self._bytes / elapsed_s, self._bytes / self._count)

    def flooded(self, now: float) -> None:
        """Telegram made us wait: half as many, and no more for a while."""
        self.window = min(max(LEAST, self.window // 2), self._most)
        self._grows, self._before = False, None
        self._leave_alone_until = now + QUIET_AFTER_WAIT_S
        self._begin(None)

    def _begin(self, now: float | None) -> None:
        self._since = now
        self._count = self._bytes = 0

    def _measured(self, now: float, rate: float, part_bytes: float) -> None:
        self._begin(now)
        if now < self._leave_alone_until:
            return
        if self._before is not None:
            window, earlier = self._before
            if rate < earlier * (FASTER if self._grows else 1.0 + (FASTER - 1.0) / 3):
                self._settle(now, window, max(rate, earlier), part_bytes)
                return
        if self.window >= self._most:
            self._before, self._grows = None, False
            self._leave_alone_until = now + ANEW_AFTER_S
            return
        self._before = (self.window, rate)
        step = self.window if self._grows else max(1, self.window // 4)
        self.window = min(self._most, self.window + step)

    def _settle(self, now: float, window: int, rate: float, part_bytes: float) -> None:
        holds = ceil(rate * self._least_s / part_bytes * SPARE) + 1
        self.window = min(max(LEAST, min(holds, window * 2)), self._most)
        self._grows, self._before = False, None
        self._leave_alone_until = now + ANEW_AFTER_S
