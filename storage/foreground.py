"""Who waits for an answer comes first: long work on the event loop steps back meanwhile.

A handler goes to the database some dozens of times, and each time it has to wait for its turn on
the loop. With slices of 5 ms between any two turns, that adds up to a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LONGEST_S = 0.1
"""So long a slice of work waits at most, so that it goes on even if there is always a question."""


class Foreground:
    """Answers under way in this process."""

    def __init__(self) -> None:
        self._answers = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While this is open, what lets others pass waits."""
        self._answers += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._answers -= 1
            if not self._answers:
                self._idle.set()

    async def let_pass(self) -> None:
        """Between two slices of work of a few milliseconds each: give the loop to the others."""
        await asyncio.sleep(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_S):
                await self._idle.wait()
