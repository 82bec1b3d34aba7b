"""One file, from a row that wants it to the store: found among what is known, or downloaded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from enum import Enum
from functools import partial

from exporter.errors import AccountUnusable, ItemError, JobError, said
from exporter.media.asking import Hashes
from exporter.media.download import Download, Downloaded, InMemory, WrongSize
from exporter.media.hashing import pieces_of
from exporter.media.orders import Order
from exporter.media.origin import Origin
from exporter.media.parts import whole_in, write_whole
from exporter.media.renewals import Elsewhere, Neighbours, Unavailable
from exporter.media.store import Condition, PartChanged
from exporter.media.workshop import Workshop
from exporter.telegram.connection import Telegram
from exporter.telegram.file_server import FileMoved
from exporter.telegram.pacing import in_words
from storage.media import Content, Finished, WantedFile
from storage.wording import Sentence

PROBE_S = 20.0
NO_ACCOUNT = Sentence("No Telegram account that may be asked for these files is signed in.")


class Outcome(Enum):
    """What became of it."""

    KEPT = "kept"
    SPARED = "spared"
    """Kept without downloading it."""
    FAILED = "failed"
    UNAVAILABLE = "unavailable"
    AGAIN = "again"
    """Something about its row has changed: read it anew."""


class Errand:
    """Gets one file, once."""

    def __init__(self, file: WantedFile, order: Order, shop: Workshop, beside: Neighbours) -> None:
        self.file = file
        """As it is known by now."""
        self.reason = ""
        """Why it failed or is unavailable."""
        self.received_bytes = 0
        self._order = order
        self._shop = shop
        self._beside = beside
        self._origin: Origin | None = None
        self._limit: asyncio.Timeout | None = None

    async def run(self) -> Outcome:
        """Get it.

        Raises:
            JobError: Telegram is out of reach, or no account is left that may be asked.
            StorageError, OSError: nothing can be written.
        """
        telegram = await self._telegram()
        if self.file.account_id != telegram.account_id:
            # a file reference is of value only to the account that got it
            self.file = replace(self.file, account_id=telegram.account_id, location=b"")
        try:
            return await self._get(telegram)
        except AccountUnusable as error:
            if self._shop.lost(telegram, error):
                error = await self._order.on_lost(telegram.account_id, error)
                self._shop.lost(telegram, error)
            return Outcome.AGAIN
        except Elsewhere:
            return Outcome.AGAIN
        except Unavailable as error:
            self.reason = said(error)
            return Outcome.UNAVAILABLE
        except ItemError as error:
            self.reason = said(error)
            return Outcome.FAILED

    def renewed(self, file: WantedFile) -> None:
        """Take a newer location, if the one at hand was not renewed meanwhile."""
        if self._origin is None:
            self.file = replace(file, parts=self.file.parts)
        elif self._origin.file.location == self.file.location:
            self._origin.file = replace(self._origin.file, location=file.location)

    @property
    def seems_stalled(self) -> bool:
        """Whether nothing came for a long time, though something was asked for."""
        origin = self._origin
        if origin is None or self._limit is None or not origin.asking:
            return False
        return _now() - origin.progress_at > self._shop.stalled_after_s

    async def answers_else(self) -> bool:
        """Whether Telegram answers other questions, and asks for no wait.

        If it does not, the trouble is not this file's.
        """
        if self._origin is None or self._shop.waits(self._origin.telegram):
            return False
        try:
            async with asyncio.timeout(PROBE_S):
                await self._origin.telegram.who_am_i()
        except (TimeoutError, JobError):
            return False
        return True

    def give_up_waiting(self) -> None:
        """End the download: the file fails for now."""
        if self._limit is not None and self.seems_stalled:
            self._limit.reschedule(_now())

    async def _telegram(self) -> Telegram:
        """The account to ask: the one whose location it is, if that may be asked."""
        why: JobError = self._shop.why_lost(self.file.account_id) or JobError(NO_ACCOUNT)
        for account_id in sorted(
            self._order.account_ids(), key=lambda each: each != self.file.account_id
        ):
            try:
                telegram = await self._shop.telegram_of(account_id)
            except AccountUnusable as error:
                why = await self._order.on_lost(account_id, error)
                continue
            lost = self._shop.is_lost(telegram)
            if lost is None:
                return telegram
            why = lost
        raise why

    async def _get(self, telegram: Telegram) -> Outcome:
        shop = self._shop
        origin = self._origin = Origin(
            self.file,
            telegram,
            shop.means.files,
            shop.renewals,
            self._beside,
            hash_timeout_s=shop.config.hash_timeout_s,
        )
        if (content := await self._in_place()) is not None:
            await shop.filing.keep(Finished(key=self.file.key, content=content))
            return Outcome.KEPT
        try:
            await origin.locate()
            async with shop.known.looking(origin.file, origin.hashes) as found:
                if isinstance(found, Content):
                    content, outcome = found, Outcome.SPARED
                    # a killed run may have left one, recorded or not
                    path = shop.store.part_path(self.file.key)
                    await shop.means.threads.run(partial(path.unlink, missing_ok=True))
                else:
                    content, outcome = await self._stored(origin, found), Outcome.KEPT
                await shop.filing.keep(Finished(key=self.file.key, content=content))
                await shop.known.learned(content)
        finally:
            self.file = origin.file
        self.file = replace(self.file, size_bytes=content.size_bytes)
        return outcome

    async def _in_place(self) -> Content | None:
        """The content, if an earlier run ended between storing the file and noting it."""
        if (digest := whole_in(self.file.parts)) is None:
            return None
        noted = Content(sha256=digest, size_bytes=self.file.size_bytes, mtime_ns=-1)
        found = await self._shop.store.check(noted)
        if found.condition is Condition.LOST:
            return None
        told = await pieces_of(self._shop.store.path_of(digest), self._shop.means.threads)
        return replace(noted, mtime_ns=found.mtime_ns, hashes=told)

    async def _stored(self, origin: Origin, hashes: Hashes) -> Content:
        """Download it and move it into the store."""
        shop, path = self._shop, self._shop.store.part_path(self.file.key)
        try:
            done = await self._downloaded(origin, hashes)
            if isinstance(done, InMemory):
                digest = await shop.means.threads.run(write_whole, path, done.data)
                done = Downloaded(digest, len(done.data))
            if hashes.is_partial:  # those of parts that an earlier run got were not asked for
                told = await pieces_of(path, shop.means.threads)
            else:
                told = hashes.joined()
            return await shop.store.adopt(path, done.sha256, done.size_bytes, hashes=told)
        except PartChanged:
            await shop.means.files.start_over(self.file.key)
            raise
        except WrongSize:
            declared = origin.file.size_bytes
            await origin.renew(origin.file.location)
            if origin.file.size_bytes != declared:
                await shop.means.files.start_over(self.file.key)
            raise

    async def _downloaded(self, origin: Origin, hashes: Hashes) -> Downloaded | InMemory:
        shop = self._shop
        path = shop.store.part_path(self.file.key)
        download = Download(origin, hashes, path, shop.means, self._came)
        while True:
            lane = await shop.lane(origin.telegram, origin.file.dc_id)
            large = origin.file.is_large
            try:
                async with shop.lanes.place(lane, large=large, owner=self._order):
                    async with asyncio.timeout(None) as self._limit:
                        return await download.run(lane)
            except FileMoved:
                continue
            except TimeoutError as error:
                if self._limit is None or not self._limit.expired():
                    raise
                wait = in_words(shop.stalled_after_s)
                words = Sentence("Telegram gave nothing of it for {time}", time=wait)
                raise ItemError(words) from error
            finally:
                self._limit = None

    def _came(self, more_bytes: int, done_bytes: int) -> None:
        self.received_bytes += more_bytes
        self._shop.received_bytes += more_bytes
        self._order.board.received(more_bytes)
        file = self._origin.file if self._origin is not None else self.file
        if file.is_large:
            name = file.name or f"{file.kind} {file.key.file_id}"
            self._order.board.large(file.key, name, done_bytes, file.size_bytes)


def _now() -> float:
    return asyncio.get_running_loop().time()
