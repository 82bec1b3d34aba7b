"""The ranges of a chat that wait to be fetched, shared by all who fetch."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from storage.models import Range


class Leftover:
    """Ranges to take for a page, and to put down again.

    All that are begun go on by turns, so that they end together, however much faster one account
    is than another; no more are begun than there are hands.
    """

    def __init__(self, ranges: Iterable[Range]) -> None:
        self._untouched = deque(ranges)
        self._begun: deque[Range] = deque()
        self._taken = 0
        self._idle = 0
        self._news = asyncio.Event()

    @property
    def done(self) -> bool:
        """Nothing waits, and nobody may put anything down."""
        return not (self._untouched or self._begun or self._taken)

    async def take(self) -> Range | None:
        """Return a range that waits, or None when all are done.

        While others are at work it waits for what they put down.
        """
        if self._idle:
            await asyncio.sleep(0)  # who waits already comes first, perhaps of another account
        self._idle += 1
        try:
            while not (self._begun or self._untouched):
                if not self._taken:
                    return None
                await self._news.wait()
        finally:
            self._idle -= 1
        self._taken += 1
        return (self._begun or self._untouched).popleft()

    def put_down(self, taken: Range, next_id: int) -> None:
        """A range that was taken is fetched up to `next_id`, past its end or not."""
        self._taken -= 1
        left = replace(taken, next_id=next_id)
        if not left.done:
            self._begun.append(left)
        self._news.set()  # all who wait look again, and the next ones wait for other news
        self._news = asyncio.Event()
