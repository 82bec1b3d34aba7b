"""What an export does for its files: before its messages, beside them, and after them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from exporter.media.placing import Shelves
from exporter.media.store import Condition
from exporter.media.wanting import NONE, wants_of
from exporter.progress import ProgressBoard
from exporter.survey import Survey
from storage.media import Content
from storage.slices import EVERYTHING, Slice

CHECKED_AT_ONCE = 64

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """All that the files of exports need; one for the process."""

    shelves: Shelves


class Saving:
    """The files of one export."""

    def __init__(self, found: Survey, media: Media, board: ProgressBoard) -> None:
        self._seat = found.seat
        self._request = found.seat.job.request
        self._shelves = media.shelves
        self._board = board
        self._parts = _parts(found)
        self.spared_bytes = 0
        """Of files that were kept without downloading them."""

    async def begin(self) -> None:
        """Say anew which files are wanted, also those that the store has lost.

        Raises:
            StorageError, OSError: the archive or the store cannot be used.
        """
        if self._request.media != NONE:
            await check_kept(self._shelves, self._parts)
        telegram, _ = self._seat.telegrams[0]
        for chat_id, wanted in self._parts.items():
            await self._shelves.files.choose(
                [chat_id],
                wants_of(self._request),
                wanted=wanted,
                retry_failed=self._request.retry_failed,
                account_id=telegram.account_id,
            )

    async def beside(self, messages: Coroutine[Any, Any, T]) -> T:
        """Fetch messages, and meanwhile and afterwards the files that they carry."""
        return await messages


def _parts(found: Survey) -> dict[int, Slice]:
    """The chats of an export, and what of each is wanted."""
    parts = {share.chat.id: share.cut.slice for share in found.shares}
    if found.comments_in is not None:
        parts[found.comments_in.info.id] = EVERYTHING
    return parts


async def check_kept(shelves: Shelves, chat_ids: Collection[int]) -> None:
    """Look whether the stored files of some chats are still what they were.

    Those that are not are wanted again. Only what was touched since it was stored is read.

    Raises:
        StorageError, OSError: the archive or the store cannot be used.
    """
    free = asyncio.Semaphore(CHECKED_AT_ONCE)
    async for page in shelves.files.contents_of(chat_ids):
        async with asyncio.TaskGroup() as group:
            for content in page:
                group.create_task(_check(shelves, content, free))


async def _check(shelves: Shelves, content: Content, free: asyncio.Semaphore) -> None:
    async with free:
        found = await shelves.store.check(content)
        if found.condition is Condition.TOUCHED:
            await shelves.contents.touched(content.sha256, found.mtime_ns)
        elif found.condition is Condition.LOST:
            await shelves.contents.lose(content.sha256)
