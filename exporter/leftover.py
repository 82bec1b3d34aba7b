"""The ranges of a chat that wait to be fetched, shared by all who fetch."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from storage.models import Range


class Leftover:
    """Ranges to take; who cannot finish one gives it back for another to go on with."""

    def __init__(self, ranges: Iterable[Range]) -> None:
        self._waiting = deque(ranges)
        self._taken = 0
        self._news = asyncio.Event()

    @property
    def done(self) -> bool:
        """Nothing waits, and nobody may give anything back."""
        return not self._waiting and not self._taken

    async def take(self) -> Range | None:
        """Return the first range that waits, or None when all are done.

        While others are at work it waits: they may give theirs back.
        """
        while not self._waiting:
            if not self._taken:
                return None
            await self._news.wait()
        self._taken += 1
        return self._waiting.popleft()

    def put_down(self, taken: Range, next_id: int) -> None:
        """A range that was taken is fetched up to `next_id`, past its end or not."""
        self._taken -= 1
        left = replace(taken, next_id=next_id)
        if not left.done:
            self._waiting.appendleft(left)
        self._news.set()  # all who wait look again, and the next ones wait for other news
        self._news = asyncio.Event()
