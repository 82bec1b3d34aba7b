"""Connections that know when they last heard something: a slow one is not a dead one."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any


@cache
def hearing(kind: Any) -> Any:
    """Return a kind of Telethon's connections that notes in `heard_at` when bytes came."""

    class Hearing(kind):  # type: ignore[misc]  # Telethon has no types
        heard_at = float("-inf")
        """Of the loop's clock."""

        def _init_conn(self) -> None:
            clock, feed = asyncio.get_running_loop().time, self._reader.feed_data

            def feed_data(data: bytes) -> None:
                self.heard_at = clock()
                feed(data)

            self._reader.feed_data = feed_data
            super()._init_conn()

    return Hearing
