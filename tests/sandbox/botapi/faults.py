"""Faults of the Bot API, scripted by a test, and a log of all that was asked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.sandbox.botapi.errors import BotApiError, too_many_requests
from tests.sandbox.script import Hold

ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that the bot made."""

    method: str
    chat_id: int | None
    message_id: int | None
    at_s: float
    """time.monotonic()"""
    code: int
    """The HTTP status that it was answered with; 0 = cut without an answer."""
    description: str = ""


@dataclass(slots=True, kw_only=True)
class Fault:
    """What to do to some of the requests of one method."""

    method: str
    skip: int = 0
    """So many requests pass before the first is hit."""
    times: int | None = 1
    """So many are hit; None = all until `until_s`."""
    until_s: float | None = None
    """time.monotonic()"""
    error: BotApiError | None = None
    delay_s: float = 0.0
    hold: Hold | None = None
    cut: str | None = None
    """`before` or `after` the effect: the connection closes without an answer."""

    def hits(self, method: str) -> bool:
        """Whether this request is hit; counts it."""
        if self.method not in (ANY, method):
            return False
        if self.until_s is not None and time.monotonic() >= self.until_s:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


@dataclass(slots=True)
class BotFaults:
    """Scripted faults; `on` is a method's name, or "*" for every one."""

    log: list[Asked] = field(default_factory=list)
    _faults: list[Fault] = field(default_factory=list)

    def asked(self, method: str) -> list[Asked]:
        """The requests of one method so far, oldest first."""
        return [asked for asked in self.log if asked.method == method]

    def clear(self) -> None:
        self._faults.clear()

    def too_many_requests(
        self, retry_after_s: int, *, on: str = "editMessageText", times: int = 1, after: int = 0
    ) -> None:
        error = too_many_requests(retry_after_s)
        self._faults.append(Fault(method=on, skip=after, times=times, error=error))

    def storm(self, seconds: float, *, on: str = "editMessageText", retry_after_s: int = 1) -> None:
        """Every such request is answered 429 for so many seconds from now."""
        self._faults.append(
            Fault(
                method=on,
                times=None,
                until_s=time.monotonic() + seconds,
                error=too_many_requests(retry_after_s),
            )
        )

    def server_error(
        self, code: int = 502, *, on: str = ANY, times: int = 1, after: int = 0
    ) -> None:
        text = {500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout"}
        error = BotApiError(code, text.get(code, "Internal Server Error"))
        self._faults.append(Fault(method=on, skip=after, times=times, error=error))

    def fail(self, code: int, description: str, *, on: str, times: int = 1, after: int = 0) -> None:
        """Refuse with these words: `fail(403, "Forbidden: bot was blocked by the user", …)`."""
        error = BotApiError(code, description)
        self._faults.append(Fault(method=on, skip=after, times=times, error=error))

    def slow(self, seconds: float, *, on: str, times: int = 1, after: int = 0) -> None:
        self._faults.append(Fault(method=on, skip=after, times=times, delay_s=seconds))

    def hold(self, *, on: str, times: int | None = 1, after: int = 0) -> Hold:
        """Keep such requests waiting before their effect, until `release`."""
        hold = Hold()
        self._faults.append(Fault(method=on, skip=after, times=times, hold=hold))
        return hold

    def cut_before_effect(self, *, on: str, times: int = 1, after: int = 0) -> None:
        """Close the connection instead of doing what was asked."""
        self._faults.append(Fault(method=on, skip=after, times=times, cut="before"))

    def cut_after_effect(self, *, on: str, times: int = 1, after: int = 0) -> None:
        """Do what was asked, then close the connection without an answer."""
        self._faults.append(Fault(method=on, skip=after, times=times, cut="after"))

    def next_for(self, method: str) -> list[Fault]:
        """The faults that hit this request."""
        return [fault for fault in self._faults if fault.hits(method)]
