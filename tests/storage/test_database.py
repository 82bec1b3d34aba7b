"""Transactions, rights, and word of changes."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.changes import GAP_S, RIVAL_LOOK_S
from storage.connections import raw
from storage.database import Database
from storage.tables import people
from tests.storage.making import url_of

LONG_QUERY = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
    " SELECT max(i) FROM n"
)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
async def test_files_are_for_their_owner_alone_whatever_the_umask(path: Path) -> None:
    database = await Database.open(url_of(path))
    await add_person(database, 1)

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    await database.close()

    assert modes == {
        "chatkeep.db": 0o600,
        "chatkeep.db-wal": 0o600,
        "chatkeep.db-shm": 0o600,
        "locks": 0o700,
    }
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_an_existing_file_is_closed_to_others(path: Path) -> None:
    await (await Database.open(url_of(path))).close()
    path.chmod(0o644)

    await (await Database.open(url_of(path))).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_the_database_keeps_a_write_ahead_log(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"


async def test_a_read_cannot_write(database: Database) -> None:
    async with database.read() as connection:
        with pytest.raises(OperationalError, match="readonly"):
            await connection.execute(insert(people).values(id=1))


async def test_a_read_sees_one_unchanging_view(database: Database) -> None:
    async with database.read() as connection:
        before = await connection.scalar(select(func.count()).select_from(people))
        await add_person(database, 1)
        after = await connection.scalar(select(func.count()).select_from(people))

    assert (before, after, await people_in(database)) == (0, 0, 1)


async def test_a_block_that_raises_keeps_nothing(database: Database) -> None:
    async def write() -> None:
        async with database.write() as connection:
            await insert_person(connection, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write()

    assert await people_in(database) == 0


async def test_a_broken_rule_is_not_taken_for_a_persons_mistake(database: Database) -> None:
    await add_person(database, 1)

    with pytest.raises(IntegrityError):
        await add_person(database, 1)


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
async def test_durable_writes_are_synced(database: Database, *, durable: bool, level: int) -> None:
    """2 is FULL and 1 is NORMAL, https://www.sqlite.org/pragma.html#pragma_synchronous"""
    for other_first in (not durable, durable):
        async with database.write(durable=other_first):
            pass

        async with database.write(durable=durable) as connection:
            assert await connection.scalar(text("PRAGMA synchronous")) == level


async def test_writers_of_one_process_come_in_turn(database: Database) -> None:
    order: list[int] = []

    async def write(number: int) -> None:
        async with database.write():
            await asyncio.sleep(0)
            order.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(write(number))

    assert order == list(range(20))


@pytest.mark.parametrize("durable", [True, False])
async def test_another_process_that_writes_too_gets_its_turn_between_our_own(
    database: Database, rival: Database, *, durable: bool
) -> None:
    await add_person(database, 1)
    await asyncio.sleep(RIVAL_LOOK_S)
    await add_person(rival, 2)
    loop = asyncio.get_running_loop()

    async with database.write(durable=durable):
        ended = loop.time()
    async with database.write(durable=durable):
        began = loop.time()

    assert began - ended >= GAP_S


async def test_a_cancelled_write_keeps_all_or_nothing_and_leaves_nothing_open(
    database: Database, rival: Database
) -> None:
    """Cancelled after every number of steps that the event loop takes for it."""
    ended = 0
    for steps in range(400):
        task = asyncio.create_task(add_pair(database, 10 * steps))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        ended += not task.cancelled()

        assert await people_in(database, between=(10 * steps, 10 * steps + 9)) in (0, 2)
        await add_person(rival, 10 * steps + 9)

    await add_person(database, -1)
    assert 0 < ended < 400


async def test_a_write_cancelled_amid_a_long_statement_is_undone(database: Database) -> None:
    for through_driver in (False, True):
        begun = asyncio.Event()

        async def write(*, through_driver: bool, begun: asyncio.Event) -> None:
            async with database.write() as connection:
                await insert_person(connection, 1)
                begun.set()
                if through_driver:
                    await (await raw(connection)).execute_fetchall(LONG_QUERY.text)
                else:
                    await connection.execute(LONG_QUERY)

        task = asyncio.create_task(write(through_driver=through_driver, begun=begun))
        await begun.wait()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await people_in(database) == 0
        async with database.write():
            pass


async def test_a_write_cancelled_twice_is_undone(database: Database) -> None:
    """The second time while the first is still being dealt with."""
    for steps in range(40):
        begun = asyncio.Event()

        async def write(begun: asyncio.Event) -> None:
            async with database.write() as connection:
                await insert_person(connection, 1)
                begun.set()
                await connection.execute(LONG_QUERY)

        task = asyncio.create_task(write(begun))
        await begun.wait()
        task.cancel()
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})

        async with database.write() as connection:
            assert await connection.scalar(select(func.count()).select_from(people)) == 0


async def test_a_write_cancelled_amid_its_rows_is_undone_while_somebody_keeps_the_error(
    database: Database, rival: Database
) -> None:
    """Its traceback keeps a cursor, without which SQLite ends no transaction of a closed file."""
    kept: list[BaseException] = []
    rows = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT 9"
    )

    async def write(begun: asyncio.Event, number: int) -> None:
        try:
            async with database.write() as connection:
                await insert_person(connection, number)
                begun.set()
                await connection.execute(rows)
        except asyncio.CancelledError as error:
            kept.append(error)
            raise

    for steps in range(20):
        begun = asyncio.Event()
        task = asyncio.create_task(write(begun, 100 + steps))
        await begun.wait()
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})

        await add_person(rival, 10 + steps)
    assert kept


async def test_a_cancelled_read_gives_its_connection_back(database: Database) -> None:
    async def read() -> None:
        async with database.read() as connection:
            await connection.execute(LONG_QUERY)

    for steps in range(60):
        task = asyncio.create_task(read())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(people_in(database))


async def test_waiting_ends_with_a_write_of_this_process(database: Database) -> None:
    seen = database.changes
    async with asyncio.TaskGroup() as group:
        group.create_task(database.wait_for_change(60))
        group.create_task(add_person(database, 1))

    assert database.changes > seen


async def test_waiting_ends_with_a_write_of_another_process(
    database: Database, rival: Database
) -> None:
    seen = database.changes
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(database.wait_for_change(60))
        await asyncio.sleep(0)
        group.create_task(add_person(rival, 1))

    assert database.changes > seen


async def test_a_write_between_looking_and_waiting_is_not_missed(
    database: Database, rival: Database
) -> None:
    for writer, person in ((database, 1), (rival, 2)):
        seen = database.changes
        await add_person(writer, person)

        await database.wait_for_change(60, since=seen)

        assert database.changes > seen


async def test_waiting_ends_at_its_timeout_when_nothing_is_written(database: Database) -> None:
    await database.wait_for_change(0.01)

    assert database.changes == 0


async def test_pages_of_messages_wake_nobody_here(database: Database) -> None:
    async with database.write(wakes=False) as connection:
        await insert_person(connection, 1)

    assert database.changes == 0


async def add_pair(database: Database, first: int) -> None:
    async with database.write() as connection:
        await insert_person(connection, first)
        sqlite = await raw(connection)
        await sqlite.execute_fetchall(
            "INSERT INTO people (id, name, met_ms) VALUES (?, 'Mia', 0)", (first + 1,)
        )


async def add_person(database: Database, person_id: int) -> None:
    async with database.write() as connection:
        await insert_person(connection, person_id)


async def insert_person(connection: AsyncConnection, person_id: int) -> None:
    await connection.execute(insert(people).values(id=person_id, name="Mia", met_ms=0))


async def people_in(database: Database, *, between: tuple[int, int] = (-9, 10**9)) -> int:
    query = select(func.count()).select_from(people).where(people.c.id.between(*between))
    async with database.read() as connection:
        return await connection.scalar(query) or 0
