"""The rate that Telegram allows one method of one account, and how it is learned.

Telegram tells nobody its limits: only that one was passed, and for how long to wait. What it let
through between two such moments, the wait included, is what it allows on average, whatever the
limit's shape. So:

- Nothing is held back until the first wait. Then the rate is halved.
- From then on it grows by `GROWTH` a second while it is used to the full. Each further wait
  measures what is allowed; once enough was measured the rate stays just below that.
- It stays so for hours (`QUIET_S`), in later runs too, then looks whether more is allowed by now.

Times are seconds of any one steady clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.models import LearnedPace

BURST_S = 0.5
"""What could not be sent in time may follow at once, up to so many seconds' worth."""
GROWTH = 0.03
"""Of the rate, a second."""
BELOW = 0.99
"""Where the rate settles, as a part of what was measured."""
LOST = 0.5
"""Of a request, in each measurement: the part that was allowed when the next was refused."""
ABOVE = 1.05
"""Where it goes on from a measurement that was too short, to find the limit again soon."""
BACK_OFF = 0.9
"""After a wait at a known rate, before anything could be measured."""
SURE_AFTER_S = 10.0
SURE_AFTER_REQUESTS = 30
SURE_AFTER_WAITS = 3
"""A measurement this long and of so many requests counts; or after so many waits, any."""
USED = 0.97
"""Of the time; when less of it was used, a measurement tells what we asked for, not what Telegram
allows."""
SLOWEST = 1 / 30
"""Requests a second. Where less is allowed, Telegram's waits speak for themselves."""
IDLE_S = 2.0
"""A pause between requests that makes a measurement worthless."""
QUIET_S = 6 * 3600.0


class Pace:
    """Says when the next request may go, and learns from what became of each."""

    def __init__(self, learned: LearnedPace | None = None, *, today: datetime) -> None:
        """Begin with what an earlier run learned, if there was one."""
        self._rate = learned.rate if learned else None
        self._settled = learned is not None and learned.settled
        self._waits_until_sure = 1 if learned else SURE_AFTER_WAITS
        self._quiet_s = (today - learned.waited_at).total_seconds() if learned else 0.0
        self._waited_at: float | None = None
        """When a request was last refused, in this run."""
        self.waits = 0
        """How often a request was refused in this run; of those sent together only the first."""
        self._blocked_until = float("-inf")
        self._due = float("-inf")
        """When the next request would go if all went evenly."""
        self._began: float | None = None
        """Of the run, to count quiet time from."""
        self._last_sent = float("-inf")
        self._since: float | None = None
        """What was let through is counted from here; None while a count would mean nothing."""
        self._from_wait = False
        """The count began at a wait, when nothing was left of the allowance."""
        self._count = 0
        self._idle_s = 0.0
        """Of the time counted: the rate allowed a request, and there was none to send."""
        self._most = 0.0
        """The best measurement since the limit was met: none can be too high."""

    @property
    def rate(self) -> float | None:
        """Requests a second; None while no limit is known."""
        return self._rate

    @property
    def settled(self) -> bool:
        """The rate was measured well enough to keep it."""
        return self._settled

    def learned(self, now: float, today: datetime) -> LearnedPace | None:
        """What a later run should know; `now` and `today` are the same moment."""
        if self._rate is None:
            return None
        waited_at = today - timedelta(seconds=self.quiet_for(now))
        return LearnedPace(rate=self._rate, settled=self._settled, waited_at=waited_at)

    def quiet_for(self, now: float) -> float:
        """Return the seconds since the last wait."""
        if self._waited_at is not None:
            return now - self._waited_at
        return self._quiet_s + (now - self._began if self._began is not None else 0.0)

    def blocked_for(self, now: float) -> float:
        """Return the seconds that Telegram still wants us to wait."""
        return max(0.0, self._blocked_until - now)

    def ready_in(self, now: float) -> float:
        """Return the seconds until the next request may go."""
        if self._rate is None:
            return self.blocked_for(now)
        return max(0.0, self._blocked_until - now, self._due - BURST_S - now)

    def sent(self, now: float) -> None:
        """A request goes now."""
        if self._began is None:
            self._began = now
            self._due = now + BURST_S  # the server's allowance may be used up
        apart_s = 2 / self._rate if self._rate else 0.0
        if now - max(self._last_sent, self._blocked_until) > IDLE_S + apart_s:
            self._count_from(now, wait=False)
        self._last_sent = now
        if self._rate is None:
            return
        if self._settled and self.quiet_for(now) > QUIET_S:
            self._settled, self._from_wait = False, False
        if not self._settled and self._due >= now:  # it is this rate that holds requests back
            self._rate += GROWTH  # of the rate in a second, since a request takes 1 / rate
        self._idle_s += max(0.0, now - self._due)
        self._due = max(self._due, now) + 1 / self._rate

    def admitted(self) -> None:
        """A request was let through."""
        self._count += 1

    def refused(self, now: float, wait_s: float, *, sent_at: float, learn: bool = True) -> None:
        """A request sent then was answered now with a wait; only the first of several counts.

        Without `learn` it says nothing of the rate.
        """
        known_already = self._waited_at is not None and sent_at <= self._waited_at
        self._blocked_until = max(self._blocked_until, now + wait_s)
        self._due = self._blocked_until + BURST_S
        if not known_already:
            self.waits += 1
            if learn:
                self._learn(now)
            self._waited_at = now

    def _learn(self, now: float) -> None:
        elapsed_s = now - self._since if self._since is not None else 0.0
        through = self._count / elapsed_s if elapsed_s > 0 else 0.0
        if self._from_wait and not self._settled and through:
            self._measured((self._count + LOST) / elapsed_s, elapsed_s)
        elif self._rate is not None:
            self._rate *= BACK_OFF if self._count else 0.5
            if self._settled:  # what was allowed has changed
                self._waits_until_sure = 2
            self._settled, self._most = False, 0.0
        elif through:
            self._rate = through / 2
        if self._rate is not None:
            self._rate = max(self._rate, SLOWEST)
        self._count_from(now, wait=True)

    def _count_from(self, now: float, *, wait: bool) -> None:
        self._since, self._from_wait, self._count, self._idle_s = now, wait, 0, 0.0

    def _measured(self, through: float, elapsed_s: float) -> None:
        """Take what came through as allowed: never more, and less where a wait was too long."""
        self._most = max(self._most, through)
        if self._idle_s <= (1 - USED) * elapsed_s:
            self._waits_until_sure -= 1
            enough = elapsed_s >= SURE_AFTER_S and self._count >= SURE_AFTER_REQUESTS
            self._settled = enough or self._waits_until_sure <= 0
        self._rate = self._most * (BELOW if self._settled else ABOVE)
