"""One database, several processes: at once, and one of them killed."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing

import pytest

from storage.archive import Archive
from storage.database import Database
from tests.bench.two_writers import TOP_ID, busy_process, insert_jobs
from tests.storage.making import CHAT_ID, url_of


async def test_no_insert_fails_while_another_process_keeps_pages(database: Database) -> None:
    async with busy_process(url_of(database.path)):
        took, failed = await insert_jobs(database, 100, pause_s=0)

    assert (len(took), failed) == (100, 0)
    assert await Archive(database).count(CHAT_ID) > 0


@pytest.mark.parametrize("seed", range(4))
async def test_a_killed_process_leaves_whole_pages_and_their_checkpoint(
    database: Database, seed: int
) -> None:
    """A page has 100 messages and its checkpoint lies behind the last one."""
    archive = Archive(database)
    for _ in range(2):
        before = await archive.count(CHAT_ID)
        async with busy_process(url_of(database.path)) as busy:
            async with asyncio.timeout(40):
                while await archive.count(CHAT_ID) == before:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(random.Random(seed).random() / 10)
            busy.kill()

        kept = await archive.count(CHAT_ID)
        [left] = await archive.plan(CHAT_ID, 1, TOP_ID, part_ids=TOP_ID)
        assert kept % 100 == 0
        assert kept == await archive.top_id(CHAT_ID) == left.next_id - 1
        with closing(sqlite3.connect(database.path)) as other:
            assert other.execute("SELECT count(*) FROM messages").fetchone() == (kept,)
            assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
