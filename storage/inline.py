"""Many statements in one trip to the connection's thread.

Each trip costs two switches between threads, which on a busy machine take far longer than the
statement itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

import aiosqlite

T = TypeVar("T")
Parameters = Sequence[Any] | Mapping[str, Any]


class Inline:
    """The driver's connection as seen from within its thread: what is awaited is done at once."""

    def __init__(self, sqlite: sqlite3.Connection) -> None:
        self._sqlite = sqlite

    async def execute_fetchall(self, sql: str, parameters: Parameters = ()) -> list[Any]:
        return self._sqlite.execute(sql, parameters).fetchall()

    async def executemany(self, sql: str, rows: Iterable[Parameters]) -> sqlite3.Cursor:
        return self._sqlite.executemany(sql, rows)


async def in_one_trip(
    sqlite: aiosqlite.Connection, work: Callable[[aiosqlite.Connection], Coroutine[Any, Any, T]]
) -> T:
    """Do all of `work` in the connection's thread; it may await nothing but its statements."""
    inline = cast(aiosqlite.Connection, Inline(sqlite._conn))  # noqa: SLF001 - it has no public way

    def run() -> T:
        steps = work(inline)
        try:
            steps.send(None)
        except StopIteration as stop:
            return cast(T, stop.value)
        steps.close()
        raise RuntimeError("waits for something else than the database")

    return cast(T, await sqlite._execute(run))  # type: ignore[no-untyped-call]  # noqa: SLF001
