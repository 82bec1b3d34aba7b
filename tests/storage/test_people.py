"""Strangers are met once."""

from __future__ import annotations

import asyncio

from storage.database import Database
from storage.people import People


async def test_a_stranger_is_met_once_and_not_let_in(database: Database) -> None:
    people = People(database)

    assert await people.met_stranger(7, "Mia")
    assert not await people.met_stranger(7, "Mia, renamed")
    assert not await people.allowed(7)
    assert not await people.allowed(8)


async def test_a_stranger_is_met_once_by_ten_updates_at_once(
    database: Database, rival: Database
) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(People(each).met_stranger(7, "Mia")) for each in (database, rival) * 5
        ]

    assert [task.result() for task in tasks].count(True) == 1
