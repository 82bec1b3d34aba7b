"""The counts of files agree with the rows, whatever was done to them."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.contents import Contents
from storage.database import Database
from storage.files import Files
from storage.media import Content, Ended, FileKey, FileState, Finished, SkipReason
from storage.models import MediaRow, MessageRow
from tests.storage.making import message, page_of, photo

CHATS = (-1, -2, -3)
COUNTED = "SELECT chat_id, state, reason, files, size_bytes FROM file_counts WHERE files <> 0"
ROWS = """
    SELECT stands.chat_id, state, CASE state WHEN 'skipped' THEN reason ELSE '' END AS why,
           count(*), sum(size_bytes)
    FROM (SELECT DISTINCT chat_id, file_id, variant FROM media) AS stands
    JOIN files USING (file_id, variant) GROUP BY stands.chat_id, state, why
"""


class Chance:
    """Does anything that can be done to a few files, many of which stand in several messages."""

    def __init__(self, database: Database, seed: int) -> None:
        self._archive = Archive(database)
        self._files = Files(database)
        self._contents = Contents(database)
        self._random = random.Random(seed)

    async def step(self) -> None:
        chance = self._random
        await chance.choice(
            [
                self._page,
                self._page,
                self._page,
                self._keep,
                self._keep,
                self._lose,
                self._give_up,
                self._choose,
                self._parts,
                self._renew,
                self._purge,
                self._requeue,
                self._adopt,
                self._sweep,
            ]
        )()

    def _key(self) -> FileKey:
        return FileKey(self._random.randint(1, 12), self._random.choice(["", "thumb"]))

    def _sha(self) -> bytes:
        return bytes([self._random.randint(1, 5)]) * 32

    def _wants(self, _: MessageRow | None, carried: MediaRow) -> SkipReason | None:
        return self._random.choice([None, None, SkipReason.SIZE, SkipReason.SLICE])

    async def _page(self) -> None:
        chance = self._random
        ids = sorted(chance.sample(range(1, 20), chance.randint(1, 6)))
        carried = [
            replace(
                photo(id_, file_id=key.file_id),
                variant=key.variant,
                size_bytes=chance.choice([1, 1, 10]),
                location=chance.choice([b"", b"there"]),
            )
            for id_ in ids
            for key in {self._key() for _ in range(chance.randint(0, 3))}
        ]
        rows = [message(id_, tl=chance.randbytes(8)) for id_ in ids]
        page = page_of(*rows, media=tuple(carried))
        await self._archive.keep(1, chance.choice(CHATS), None, page, wants=self._wants)

    async def _keep(self) -> None:
        await self._contents.keep(
            [
                Finished(
                    key=self._key(),
                    content=Content(sha256=self._sha(), size_bytes=100, mtime_ns=1),
                )
                for _ in range(3)
            ]
        )

    async def _lose(self) -> None:
        await self._contents.lose(self._sha())

    async def _give_up(self) -> None:
        state = self._random.choice([FileState.FAILED, FileState.UNAVAILABLE])
        await self._files.ended([Ended(key=self._key(), state=state, reason="no")])

    async def _choose(self) -> None:
        chats = self._random.sample(CHATS, 2)
        retry = self._random.random() < 0.5
        await self._files.choose(chats, self._wants, account_id=1, retry_failed=retry)

    async def _parts(self) -> None:
        await self._files.parts_kept(self._key(), b"some")
        await self._files.parts_kept(self._key(), b"more")
        await self._files.start_over(self._key())

    async def _renew(self) -> None:
        size = self._random.choice([None, 50])
        await self._files.renewed(
            self._key(), location=b"new", dc_id=1, account_id=1, size_bytes=size
        )

    async def _purge(self) -> None:
        chat_id = self._random.choice(CHATS)
        await self._archive.mark_deleted(chat_id, self._random.sample(range(1, 20), 3))
        await self._archive.purge_deleted(chat_id)

    async def _requeue(self) -> None:
        await self._files.requeue([self._key(), self._key()])

    async def _adopt(self) -> None:
        await self._files.adopt([self._random.choice(CHATS)])

    async def _sweep(self) -> None:
        unnamed = await self._contents.unnamed(10)
        await self._contents.remove([content.sha256 for content in unnamed])
        await self._files.remove_unnamed()


@pytest.mark.parametrize("seed", range(5))
async def test_counts_agree_with_the_rows_whatever_happens(database: Database, seed: int) -> None:
    chance = Chance(database, seed)

    for _ in range(60):
        await chance.step()
        assert query(database.path, COUNTED) == query(database.path, ROWS)

    assert query(database.path, ROWS)


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as other:
        return sorted(other.execute(sql).fetchall())
