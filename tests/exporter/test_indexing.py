"""Bringing the search index up to date with an archive of real messages."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from telethon.tl import types

from exporter.indexing import catch_up, keep_indexed
from storage.archive import Archive
from storage.database import Database
from storage.models import Page
from storage.queries import read
from storage.search import Answer, Search, Wanted
from storage.search_index import SearchIndex
from tests.exporter.convert.making import GROUP, in_group, row_of
from tests.storage.making import page_of, url_of

PATIENCE_S = 60.0


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(url_of(tmp_path / "data" / "chatkeep.db"))
    yield opened
    await opened.close()


@pytest.fixture
def archive(database: Database) -> Archive:
    return Archive(database)


@pytest.fixture
def index(database: Database) -> SearchIndex:
    return SearchIndex(database)


def page(*messages: Any) -> Page:
    return page_of(*map(row_of, messages))


async def find(database: Database, typed: str, **narrowing: Any) -> Answer:
    return await Search(database).find(Wanted(terms=read(typed).terms, **narrowing), limit=10)


async def test_texts_are_taken_from_the_messages_own_bytes(
    archive: Archive, index: SearchIndex, database: Database
) -> None:
    long = "word " * 100 + "needle"
    await archive.keep(1, GROUP.id, None, page(in_group(1, "a needle"), in_group(2, long)))

    assert await catch_up(index, archive) == 2

    assert [found.message_id for found in (await find(database, "needle")).found] == [2, 1]
    with closing(sqlite3.connect(database.path)) as sqlite:
        assert sqlite.execute("SELECT count(text) FROM search_rows").fetchone() == (0,)
        sqlite.execute("INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)")


async def test_login_codes_of_an_older_archive_are_not_found_or_shown(
    archive: Archive, index: SearchIndex, database: Database
) -> None:
    telegram = types.PeerUser(777000)
    told = in_group(1, "Login code: 48213. Do not give it away.")
    told.peer_id = told.from_id = telegram
    await archive.keep(1, 777000, None, page(told))

    await catch_up(index, archive)

    assert (await find(database, "48213")).count == 0
    (found,) = (await find(database, "login code")).found
    assert "48213" not in found.text
    assert "•••••" in found.text


async def test_a_damaged_index_is_made_again_while_catching_up(
    archive: Archive, index: SearchIndex, database: Database
) -> None:
    await archive.keep(1, GROUP.id, None, page(in_group(1, "needle")))
    await catch_up(index, archive)
    with closing(sqlite3.connect(database.path)) as sqlite, sqlite:
        sqlite.execute("DROP TABLE search_index_config")
    await archive.keep(1, GROUP.id, None, page(in_group(2, "needle")))

    assert await catch_up(index, archive) == 2

    assert (await find(database, "needle")).count == 2


async def test_a_worker_indexes_what_is_due_and_what_comes_later(
    archive: Archive, index: SearchIndex, database: Database
) -> None:
    await archive.keep(1, GROUP.id, None, page(in_group(1, "needle")))
    due = asyncio.Event()
    due.set()
    keeping = asyncio.create_task(keep_indexed(database, archive, due))

    async def indexed() -> None:
        async with asyncio.timeout(PATIENCE_S):
            while await index.is_behind():
                await asyncio.sleep(0.05)

    await indexed()
    await archive.keep(1, GROUP.id, None, page(in_group(2, "needle")))
    await archive.save_chat(GROUP)  # a change that wakes, as the end of a job does
    due.set()
    await indexed()
    keeping.cancel()

    assert (await find(database, "needle")).count == 2
