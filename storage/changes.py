"""Word of changes to the database: our own at once, those of other processes by looking."""

from __future__ import annotations

import asyncio

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.connections import data_version, raw

LOOK_S = 0.25
"""How often we look whether another process has changed something."""
GAP_S = 0.005
"""What our transactions leave between them to another process that writes too. Without it a busy
worker can starve the bot, and of two that sync every commit one waits for ten of the other's."""
RIVAL_LOOK_S = 0.02
RIVAL_GONE_S = 1.0


class Changes:
    """Counts changes, so that whoever waits for one can be woken."""

    def __init__(self, reader: AsyncEngine) -> None:
        self.count = 0
        self._reader = reader
        self._connection: AsyncConnection | None = None
        self._version: int | None = None
        self._looking = asyncio.Lock()
        self._next_look = 0.0
        self._changed = asyncio.Event()

    def notify(self) -> None:
        self.count += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait(self, timeout_s: float, seen: int) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while self.count == seen and (left := deadline - loop.time()) > 0:
            try:
                async with asyncio.timeout(min(left, max(self._next_look - loop.time(), 0))):
                    await self._changed.wait()
            except TimeoutError:
                await self.look()

    async def look(self) -> None:
        """Ask for the data version, once per `LOOK_S` however many are waiting."""
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if now < self._next_look:
                return
            self._next_look = now + LOOK_S
            if self._connection is None:
                self._connection = await self._reader.connect()
            version = await data_version(await raw(self._connection))
            if self._version is not None and version != self._version:
                self.notify()
            self._version = version

    async def close(self) -> None:
        async with self._looking:
            if self._connection is not None:
                await self._connection.close()
                self._connection = None


class Rivals:
    """Notices that another process writes too, and then leaves it gaps."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._next_look = 0.0
        self._seen = -RIVAL_GONE_S
        self._committed = 0.0

    async def look(self, writer: aiosqlite.Connection) -> None:
        """Now and then, see whether somebody else has committed since."""
        now = asyncio.get_running_loop().time()
        if now < self._next_look:
            return
        self._next_look = now + RIVAL_LOOK_S
        version = await data_version(writer)
        if self._version is not None and version != self._version:
            self._seen = now
        self._version = version

    def committed(self) -> None:
        """Note the time from which a gap is counted."""
        self._committed = asyncio.get_running_loop().time()

    async def leave_gap(self) -> None:
        """Wait until our last commit is a gap ago, if there is anybody to leave it to."""
        now = asyncio.get_running_loop().time()
        if now - self._seen < RIVAL_GONE_S and now - self._committed < GAP_S:
            await asyncio.sleep(GAP_S - (now - self._committed))
