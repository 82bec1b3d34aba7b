"""What the archive knows of its own completeness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyroaring import BitMap

from storage import ranges, receipts
from storage.database import Database
from storage.deletions import count_deleted
from storage.imports import count_imported
from storage.receipts import Coverage, Fate, Receipt
from storage.seen import kept_ids


class Evidence:
    """The ids that are kept, those that were fetched over, the holes, and the receipts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def kept_ids(self, chat_id: int) -> BitMap:
        """The ids of a chat's messages, read from the rows themselves: about 1 s a million."""
        return await kept_ids(self._database, chat_id)

    async def count_gone(self, chat_id: int) -> int:
        """How many of them have been noticed to be deleted at Telegram."""
        async with self._database.read() as connection:
            return sum((await count_deleted(connection, chat_id)).values())

    async def count_imported(self, chat_id: int) -> int:
        """How many of them are an import's, and not Telegram's own."""
        async with self._database.read() as connection:
            return await count_imported(connection, chat_id)

    async def trust_imports(self, chat_id: int) -> None:
        """Note that Telegram was asked for every message of a chat, those of imports too."""
        async with self._database.write(wakes=False) as connection:
            await ranges.trust_imports(connection, chat_id)

    async def coverage(self, chat_id: int) -> Coverage:
        """Which ids were to be fetched, and which were."""
        async with self._database.read() as connection:
            return await receipts.coverage(connection, chat_id)

    async def holes(self, chat_id: int) -> dict[Fate, BitMap]:
        """The ids that were asked for one by one and hold no message, for every fate."""
        async with self._database.read() as connection:
            return await receipts.load_holes(connection, chat_id)

    async def note_holes(self, chat_id: int, found: Mapping[Fate, Iterable[int]]) -> None:
        """Note what became of ids; an id has one fate, the latest."""
        async with self._database.write(wakes=False) as connection:
            await receipts.note_holes(connection, chat_id, found)

    async def save_receipt(self, job_id: int, receipt: Receipt) -> None:
        """Store a job's receipt in the place of an earlier one."""
        async with self._database.write(wakes=False) as connection:
            await receipts.save_receipt(connection, job_id, receipt)

    async def latest_receipt(self, chat_id: int) -> Receipt | None:
        async with self._database.read() as connection:
            return await receipts.latest_receipt(connection, chat_id)
