"""The files of one order: taken from the archive, fetched beside each other, and noted."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial

import structlog

from exporter.media.errand import Errand, Outcome
from exporter.media.orders import Fetched, Order
from exporter.media.pending import ONE, Pending, Share, Shelf
from exporter.media.workshop import Workshop
from storage.media import Ended, FileKey, FileState, WantedFile
from storage.wording import Sentence

MOST_TRIES = 3
LOOK_EVERY_S = 1.0
NO_ACCOUNT = Sentence("No Telegram account that may be asked for these files is signed in.")

log = structlog.get_logger()


class Fetching:
    """Works through one order."""

    def __init__(self, order: Order, shop: Workshop) -> None:
        self._order = order
        self._shop = shop
        self._files = shop.means.files
        self._queue = Pending(self._files)
        self._share = Share() if shop.config.parallel else ONE
        self._under_way: Counter[Shelf] = Counter()
        self._errands: dict[FileKey, Errand] = {}
        self._tries: Counter[FileKey] = Counter()
        self._later: dict[FileKey, float] = {}
        """Files to be tried again when all others are done, and from when on."""
        self._fetched = Fetched()
        self._changed = True

    async def run(self) -> Fetched:
        """Fetch until the order ends and nothing is left.

        Raises:
            ExceptionGroup: of JobError, StorageError or OSError.
        """
        order, disk = self._order, self._shop.means.disk
        await disk.look()
        await self._shop.store.prepare()
        left = await self._files.left(list(order.chat_ids))
        self._fetched.note = await disk.lacks(left.size_bytes)
        self._shop.lanes.joins(order)
        try:
            async with asyncio.TaskGroup() as group:
                watch = group.create_task(self._watch())
                await self._work(group)
                watch.cancel()
        finally:
            self._shop.lanes.leaves(order)
            order.board.pauses(None)
        await self._tell()
        return self._fetched

    def alike(self, file: WantedFile) -> list[WantedFile]:
        """Files whose references are likely to be as old as this one's: those under way first."""
        busy = [
            other.file
            for other in self._errands.values()
            if (other.file.account_id, other.file.chat_id) == (file.account_id, file.chat_id)
        ]
        return busy + self._queue.alike(file)

    def renewed(self, file: WantedFile) -> None:
        """Take a newer location."""
        if (errand := self._errands.get(file.key)) is not None:
            errand.renewed(file)
        else:
            self._queue.renewed(file)

    async def _work(self, group: asyncio.TaskGroup) -> None:
        order = self._order
        while True:
            order.news.clear()
            if order.looks_anew:
                order.looks_anew = False
                self._queue.look_anew()
            await self._queue.fill(order.chat_ids, [*self._shop.busy, *self._later])
            while (file := self._next()) is not None:
                if file.key not in self._shop.busy:
                    self._begin(group, file)
            if self._errands or order.looks_anew or not self._queue.is_empty:
                await order.news.wait()
            elif not await self._is_over():
                await self._some_time()
            else:
                return

    def _next(self) -> WantedFile | None:
        at_once = self._shop.config.at_once if self._shop.config.parallel else 1
        return self._queue.take(self._under_way, self._share, at_once=at_once)

    def _begin(self, group: asyncio.TaskGroup, file: WantedFile) -> None:
        shelf = file.dc_id, file.is_large
        self._under_way[shelf] += 1
        self._shop.busy[file.key] = asyncio.Event()
        self._errands[file.key] = errand = Errand(file, self._order, self._shop, self)
        group.create_task(self._run(errand, shelf), name=f"file {file.key.file_id}")

    async def _run(self, errand: Errand, shelf: Shelf) -> None:
        key = errand.file.key
        try:
            outcome = await errand.run()
            await self._note(errand, outcome)
        finally:
            self._under_way[shelf] -= 1
            del self._errands[key]
            self._shop.busy.pop(key).set()
            self._order.board.large_over(key)
            self._changed = True
            self._order.news.set()

    async def _note(self, errand: Errand, outcome: Outcome) -> None:
        key, size_bytes = errand.file.key, errand.file.size_bytes
        self._fetched.received_bytes += errand.received_bytes
        match outcome:
            case Outcome.KEPT | Outcome.SPARED:
                self._fetched.kept += 1
                if outcome is Outcome.SPARED:
                    self._fetched.spared_files += 1
                    self._fetched.spared_bytes += size_bytes
            case Outcome.UNAVAILABLE:
                await self._give_up(key, FileState.UNAVAILABLE, errand.reason)
            case Outcome.FAILED:
                self._tries[key] += 1
                if self._tries[key] < MOST_TRIES:
                    log.info("file to be tried again", file=key.file_id, reason=errand.reason)
                    self._later[key] = _now() + self._shop.retry_after_s
                    return
                await self._give_up(key, FileState.FAILED, errand.reason)
            case Outcome.AGAIN:
                self._queue.look_anew()
                return
        self._shop.processed += 1
        self._order.board.file_done(size_bytes)

    async def _give_up(self, key: FileKey, state: FileState, reason: str) -> None:
        log.warning("file given up", file=key.file_id, reason=reason)
        self._fetched.given_up += 1
        await self._files.ended([Ended(key=key, state=state, reason=reason)])
        path = self._shop.store.part_path(key)
        await self._shop.means.threads.run(partial(path.unlink, missing_ok=True))

    async def _is_over(self) -> bool:
        """Whether nothing is left to do: nothing waits, nothing is under way, nothing comes."""
        if self._later:
            now = _now()
            for key in [key for key, at in self._later.items() if at <= now]:
                del self._later[key]
                self._order.looks_anew = True
            return False
        if not self._order.ends:
            return False
        for large in (False, True):
            for file in await self._files.open_files(
                list(self._order.chat_ids), large=large, limit=1
            ):
                self._order.looks_anew = True
                if (other := self._shop.busy.get(file.key)) is not None:
                    await other.wait()  # another order is at it
                return False
        return not self._order.looks_anew

    async def _some_time(self) -> None:
        """Wait for news, or for the time of a file to be tried again."""
        if self._order.looks_anew:
            return
        at = min(self._later.values(), default=None)
        try:
            async with asyncio.timeout_at(at):
                await self._order.news.wait()
        except TimeoutError:
            return

    async def _watch(self) -> None:
        """Tell how far it is, look after the disk, and end what stalls."""
        disk, board = self._shop.means.disk, self._order.board
        while True:
            if self._changed or self._order.looks_anew:
                self._changed = False
                await self._tell()
            await disk.look()
            board.pauses(disk.reason)
            for errand in list(self._errands.values()):
                if errand.seems_stalled and await errand.answers_else():
                    errand.give_up_waiting()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _tell(self) -> None:
        left = await self._files.left(list(self._order.chat_ids))
        self._order.board.wants(left.files, left.size_bytes)


def _now() -> float:
    return asyncio.get_running_loop().time()
