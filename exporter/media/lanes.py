"""Which file comes next, and how many of its parts: Telegram's limits for each data centre.

https://core.telegram.org/api/files#downloading-files
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from exporter.media.flow import Flow
from exporter.telegram.file_server import QueueLimits


class Lane:
    """What one account has under way at one data centre."""

    def __init__(self, limits: QueueLimits, *, parts: int | None = None) -> None:
        """`parts`: so many at once; None: as many as it pays to ask for."""
        self.files = {False: 0, True: 0}
        """Files under way: small ones, and large ones."""
        self.flow = Flow() if parts is None else Flow(start=parts, least=parts, most=parts)
        self.floods = 0
        """Waits that the flow knows of."""
        self._limits = {False: limits.small, True: limits.large}
        self._parts = 0
        self._waiting: dict[bool, deque[asyncio.Future[None]]] = {False: deque(), True: deque()}

    def has_room(self, *, large: bool) -> bool:
        """Whether another file may be asked for."""
        return self.files[large] < self._limits[large]

    @property
    def is_full(self) -> bool:
        """Parts wait for others to arrive."""
        return any(self._waiting.values())

    async def enter(self, *, large: bool) -> None:
        """Wait until another part may be asked for; small files first."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[large].append(place)
        self._let_in()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave()
            elif place in self._waiting[large]:
                self._waiting[large].remove(place)
            raise

    def leave(self) -> None:
        """A part has come, or will not."""
        self._parts -= 1
        self._let_in()

    def _let_in(self) -> None:
        for queue in self._waiting.values():
            while queue and self._parts < self.flow.window:
                place = queue.popleft()
                if not place.cancelled():  # whoever waited there has yet to notice
                    self._parts += 1
                    place.set_result(None)


@dataclass(eq=False, slots=True)
class _Waiting:
    lane: Lane
    large: bool
    owner: Hashable
    number: int
    granted: asyncio.Future[None]

    @property
    def is_able(self) -> bool:
        """There is room, and it still wants to: who is cancelled has yet to notice."""
        return not self.granted.cancelled() and self.lane.has_room(large=self.large)


class Lanes:
    """Lets files begin: small ones first, and the jobs in turn."""

    def __init__(self, at_once: int = 0) -> None:
        """`at_once`: so many files in all; 0: what the lanes allow."""
        self._at_once = at_once
        self._waiting: list[_Waiting] = []
        self._numbers = count()
        self._turns: dict[Hashable, int] = {}
        """How many files of each job have begun; they only matter compared with each other."""
        self.peak = 0
        """The most files at once."""
        self._under_way = 0
        self._file_s = 0.0
        """The time that files were under way, summed up over them."""
        self._busy_s = 0.0
        """The time in which any was."""
        self._since = 0.0

    @asynccontextmanager
    async def place(self, lane: Lane, *, large: bool, owner: Hashable) -> AsyncIterator[None]:
        """Hold one of the places for files."""
        await self._wait(lane, large=large, owner=owner)
        try:
            yield
        finally:
            self._over(lane, large=large)
            self._grant()

    @property
    def average(self) -> float:
        """Files under way, on average over the time in which there were any."""
        return self._file_s / self._busy_s if self._busy_s else 0.0

    def joins(self, owner: Hashable) -> None:
        """A job begins: it has had as many turns as the one that had the fewest."""
        self._turns[owner] = min(self._turns.values(), default=0)

    def leaves(self, owner: Hashable) -> None:
        """A job has ended."""
        self._turns.pop(owner, None)

    async def _wait(self, lane: Lane, *, large: bool, owner: Hashable) -> None:
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = _Waiting(lane, large, owner, next(self._numbers), granted)
        self._waiting.append(waiting)
        self._grant()
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self._over(lane, large=large)
            else:
                self._waiting.remove(waiting)
            self._grant()
            raise

    def _grant(self) -> None:
        while not self._at_once or self._under_way < self._at_once:
            able = (each for each in self._waiting if each.is_able)
            first = min(able, key=self._rank, default=None)
            if first is None:
                return
            self._waiting.remove(first)
            first.lane.files[first.large] += 1
            self._changes(1)
            if first.owner in self._turns:
                self._turns[first.owner] += 1
            first.granted.set_result(None)

    def _over(self, lane: Lane, *, large: bool) -> None:
        lane.files[large] -= 1
        self._changes(-1)

    def _changes(self, more: int) -> None:
        now = asyncio.get_running_loop().time()
        if self._under_way:
            self._file_s += (now - self._since) * self._under_way
            self._busy_s += now - self._since
        self._since = now
        self._under_way += more
        self.peak = max(self.peak, self._under_way)

    def _rank(self, waiting: _Waiting) -> tuple[bool, int, int]:
        return waiting.large, self._turns.get(waiting.owner, 0), waiting.number
