"""What an export does for its files: before its messages, beside them, and after them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from exporter.errors import JobError, first_in
from exporter.media.orders import Order
from exporter.media.placing import Shelves
from exporter.media.pool import MediaPool
from exporter.media.store import Condition
from exporter.media.wanting import NONE, wants_of
from exporter.progress import ProgressBoard
from exporter.survey import Survey
from storage.slices import EVERYTHING, Slice

ROUNDS = 10
"""How often files are looked for that another export took, or left out, meanwhile."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """All that the files of exports need; one for the process."""

    shelves: Shelves
    pool: MediaPool


class Saving:
    """The files of one export."""

    def __init__(self, found: Survey, media: Media, board: ProgressBoard) -> None:
        self._seat = found.seat
        self._request = found.seat.job.request
        self._shelves, self._pool = media.shelves, media.pool
        self._board = board
        self._parts = _parts(found)
        self._order = Order(
            job_id=found.seat.job.id,
            chat_ids=list(self._parts),
            account_ids=self._account_ids,
            board=board,
            on_lost=found.seat.on_lost,
        )
        for share in found.shares:
            share.seat.files = replace(share.seat.files, wake=self._order.wake)
        self.spared_bytes = 0
        """Of files that were kept without downloading them."""
        self.notes: list[str] = []
        """Sentences for the summary."""

    async def begin(self) -> None:
        """Say anew which files are wanted, also those that the store has lost.

        Raises:
            StorageError, OSError: the archive or the store cannot be used.
        """
        if self._request.media != NONE:
            await check_kept(self._shelves, self._parts)
        await self._choose(retry_failed=self._request.retry_failed)
        await self._adopt()

    async def beside(self, messages: Coroutine[Any, Any, T]) -> T:
        """Fetch messages, and meanwhile and afterwards the files that they carry.

        Raises:
            JobError: one of both cannot go on; what was kept so far stays kept.
            ExceptionGroup: of JobLost, StorageError or OSError.
        """
        if self._request.media == NONE:
            return await messages
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._fetch(), name="save files")
                done = await messages
                self._board.downloads()
                await self._adopt()
                self._order.no_more()
        except ExceptionGroup as failed:
            if (reason := first_in(failed, JobError)) is not None:
                raise reason from failed
            raise
        return done

    async def _fetch(self) -> None:
        for _ in range(ROUNDS):
            fetched = await self._pool.fetch(self._order)
            self.spared_bytes += fetched.spared_bytes
            self.notes += [fetched.note] if fetched.note else []
            # another export of these chats may have left out what this one wants
            more = await self._choose(leave_out=False)
            if not await self._adopt() + more:
                return

    async def _choose(self, *, retry_failed: bool = False, leave_out: bool = True) -> int:
        """Say anew which files are wanted, as `Files.choose`; how many more those are."""
        more = 0
        for chat_id, wanted in self._parts.items():
            more += await self._shelves.files.choose(
                [chat_id],
                wants_of(self._request),
                wanted=wanted,
                retry_failed=retry_failed,
                leave_out=leave_out,
                account_id=self._account_ids()[0],
            )
        return more

    async def _adopt(self) -> int:
        """Take on the files of these chats that are asked for in other ones."""
        return await self._shelves.files.adopt(self._parts, account_ids=self._account_ids())

    def _account_ids(self) -> list[int]:
        return [telegram.account_id for telegram, _ in self._seat.telegrams]


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
    store, threads = shelves.store, shelves.threads
    async for page in shelves.files.contents_of(chat_ids):
        for content in await threads.run(store.suspects, page):
            found = await store.check(content)
            if found.condition is Condition.TOUCHED:
                await shelves.contents.touched(content.sha256, found.mtime_ns)
            elif found.condition is Condition.LOST:
                await shelves.contents.lose(content.sha256)
