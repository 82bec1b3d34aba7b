"""How many bytes of files may be in memory: a budget of their own, and the process's limit."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

import psutil

MOST_BYTES = 48 * 1024 * 1024
"""Of parts that are asked for or not hashed yet. At 200 ms an answer that is 240 MB/s."""
COPIES = 2
"""While a part is decrypted and read it stands in memory this many times."""
LOOK_AGAIN_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFigures:
    """What the budget has seen so far."""

    throttles: int
    """How often downloads had to wait since the process took too much memory."""
    peak_bytes: int
    """The most that the process took when it was looked at."""


@dataclass(eq=False, slots=True)
class _Waiting:
    size_bytes: int
    urgent: bool
    granted: asyncio.Future[None]


class Memory:
    """Grants memory for parts, first come, first served; small files go before large ones.

    Whatever the limit, one part at a time is granted: else nothing would ever end.
    """

    def __init__(self, limit_bytes: int, *, most_bytes: int = MOST_BYTES) -> None:
        """`limit_bytes` is for the whole process (RSS), `most_bytes` for what is granted here."""
        self._limit_bytes = limit_bytes
        self._most_bytes = most_bytes
        self._process = psutil.Process()
        self._granted_bytes = 0
        self._waiting: dict[bool, deque[_Waiting]] = {True: deque(), False: deque()}
        self._looks_again: asyncio.TimerHandle | None = None
        self._throttled = False
        self._throttles = 0
        self._peak_bytes = 0

    def figures(self) -> MemoryFigures:
        """Return what happened so far."""
        return MemoryFigures(throttles=self._throttles, peak_bytes=self._peak_bytes)

    async def take(self, size_bytes: int, *, urgent: bool = False) -> None:
        """Wait until so many bytes may be asked for; `give` gives them back."""
        waiting = _Waiting(size_bytes, urgent, asyncio.get_running_loop().create_future())
        self._waiting[urgent].append(waiting)
        self._grant()
        try:
            await waiting.granted
        except asyncio.CancelledError:
            if waiting.granted.done() and not waiting.granted.cancelled():
                self.give(size_bytes)
            elif waiting in self._waiting[urgent]:
                self._waiting[urgent].remove(waiting)
                self._grant()
            raise

    def give(self, size_bytes: int) -> None:
        """Give back what was taken."""
        self._granted_bytes -= size_bytes
        self._grant()

    def _grant(self) -> None:
        while (waiting := self._next()) is not None and self._may_have(waiting.size_bytes):
            self._waiting[waiting.urgent].popleft()
            self._granted_bytes += waiting.size_bytes
            waiting.granted.set_result(None)
        if self._next() is None and self._looks_again is not None:
            self._looks_again.cancel()
            self._looks_again = None

    def _next(self) -> _Waiting | None:
        for queue in self._waiting.values():
            while queue and queue[0].granted.cancelled():  # whoever waited has yet to notice
                queue.popleft()
            if queue:
                return queue[0]
        return None

    def _may_have(self, size_bytes: int) -> bool:
        if not self._granted_bytes:
            return True
        if self._granted_bytes + size_bytes > self._most_bytes:
            return False
        taken_bytes = self._process.memory_info().rss
        self._peak_bytes = max(self._peak_bytes, taken_bytes)
        fits = taken_bytes + (self._granted_bytes + size_bytes) * COPIES <= self._limit_bytes
        if not fits:
            self._throttles += not self._throttled
            self._look_again_soon()
        self._throttled = not fits
        return fits

    def _look_again_soon(self) -> None:
        if self._looks_again is None:
            loop = asyncio.get_running_loop()
            self._looks_again = loop.call_later(LOOK_AGAIN_S, self._look_again)

    def _look_again(self) -> None:
        self._looks_again = None
        self._grant()
