"""Work that a stop lets finish: an update being handled, a message being sent and noted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Unbroken:
    """Knows whether such work is going on."""

    def __init__(self) -> None:
        self._going_on = 0
        self._done = asyncio.Event()
        self._done.set()

    @contextmanager
    def work(self) -> Iterator[None]:
        """Until the block ends, `settle` waits."""
        self._going_on += 1
        self._done.clear()
        try:
            yield
        finally:
            self._going_on -= 1
            if not self._going_on:
                self._done.set()

    async def settle(self, timeout_s: float) -> bool:
        """Whether everything has ended within `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._done.wait()
        except TimeoutError:
            return False
        return True
