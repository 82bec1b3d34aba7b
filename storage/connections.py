"""Connections from a pool, and SQLite's own statements, safe from a cancelled task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.sentences import is_busy

RETRY_S = 0.002


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection from the pool; it goes back rolled back, even when the task is cancelled.

    A statement that was under way when the task was cancelled still runs to its end in the
    connection's thread, and the rollback after it.
    """
    opening = asyncio.ensure_future(engine.connect().start())
    try:
        connection = await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.wait([opening])
        if not opening.cancelled() and opening.exception() is None:
            await opening.result().close()
        raise
    try:
        yield connection
    finally:
        await asyncio.shield(connection.close())


async def raw(connection: AsyncConnection) -> aiosqlite.Connection:
    """The driver's connection: one trip to its thread a statement, where SQLAlchemy makes four."""
    return cast(aiosqlite.Connection, (await connection.get_raw_connection()).driver_connection)


async def begin_immediate(sqlite: aiosqlite.Connection, *, patience_s: float) -> None:
    """Take the write lock, asking often: SQLite itself asks ever more rarely while it waits.

    Raises:
        sqlite3.OperationalError: busy, after `patience_s`.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_s
    while True:
        try:
            await sqlite.execute_fetchall("BEGIN IMMEDIATE")
        except aiosqlite.OperationalError as error:
            if not is_busy(error) or loop.time() > deadline:
                raise
        else:
            return
        await asyncio.sleep(RETRY_S)


async def data_version(sqlite: aiosqlite.Connection) -> int:
    """A number that differs after another connection's commits, and not after one's own.

    https://www.sqlite.org/pragma.html#pragma_data_version
    """
    ((version,),) = await sqlite.execute_fetchall("PRAGMA data_version")
    return cast(int, version)
