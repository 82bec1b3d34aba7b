"""What a job wants of the pool, and what it got."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from exporter.errors import AccountUnusable
from exporter.progress import ProgressBoard


async def _known_already(_: int, error: AccountUnusable) -> AccountUnusable:
    return error


@dataclass(eq=False, slots=True, kw_only=True)
class Order:
    """Fetch the open files of some chats, those that come in meanwhile too."""

    job_id: int
    chat_ids: list[int]
    """Where files are looked for; may grow."""
    account_ids: Callable[[], Sequence[int]]
    """The accounts that may be asked, the preferred one first."""
    board: ProgressBoard
    on_lost: Callable[[int, AccountUnusable], Awaitable[AccountUnusable]] = _known_already
    """Told of an account whose session Telegram ended; returns what to tell people."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Something has changed since the pool looked last."""
    looks_anew: bool = True
    """There may be files that the pool has not seen yet."""
    ends: bool = False

    def wake(self) -> None:
        """There may be new files."""
        self.looks_anew = True
        self.news.set()

    def no_more(self) -> None:
        """Nothing comes any more: the order is done when all is fetched."""
        self.ends = True
        self.wake()


@dataclass(slots=True, kw_only=True)
class Fetched:
    """What came of an order."""

    kept: int = 0
    """Files that are in the store now."""
    received_bytes: int = 0
    spared_files: int = 0
    """Those kept without downloading them: their content was known."""
    spared_bytes: int = 0
    given_up: int = 0
    """Files that failed, or that Telegram has no more."""
    note: str | None = None
    """A sentence when the disk had no room for all of it at the start."""
