"""The database: short reads, one writer at a time, and word of changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.changes import Changes, Rivals
from storage.connections import begin_immediate, connected, raw
from storage.foreground import Foreground
from storage.migrate import upgrade
from storage.sentences import named_errors
from storage.sqlite import Use, database_path, make_engine
from storage.threads import Threads

PATIENCE_S = 10.0
"""How long another program may keep the database to itself before we give up."""


class Database:
    """One SQLite file, as one process uses it."""

    def __init__(self, path: Path, *, patience_s: float, threads: Threads) -> None:
        """Use `Database.open`, which makes the file and brings it up to date."""
        self.path = path
        self.threads = threads
        """For what takes long beside the database, such as encryption."""
        self.foreground = Foreground()
        """For what takes long on the event loop."""
        self._patience_s = patience_s
        self._reader = make_engine(path, Use.READ, patience_s=patience_s)
        self._writer = make_engine(path, Use.WRITE, patience_s=0.01)
        self._turn = asyncio.Lock()
        self._rivals = Rivals()
        self._changes = Changes(self._reader)

    @classmethod
    async def open(
        cls, url: str, *, patience_s: float = PATIENCE_S, threads: Threads | None = None
    ) -> Database:
        """Open the file that `url` names, made and brought up to date where needed.

        `threads` is the process's pool, closed with the database; None: one of its own.

        Raises:
            StorageError: a sentence that says what is in the way.
        """
        await upgrade(url, patience_s=patience_s)
        database = cls(database_path(url), patience_s=patience_s, threads=threads or Threads())
        try:
            with named_errors(database.path):
                await database._changes.look()  # from here on no change is missed
        except BaseException:
            await database.close()
            raise
        return database

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One unchanging view of the database. Keep it short, or SQLite's log cannot shrink."""
        with named_errors(self.path):
            async with connected(self._reader) as connection:
                await (await raw(connection)).execute_fetchall("BEGIN")
                yield connection

    @asynccontextmanager
    async def write(
        self, *, durable: bool = False, wakes: bool = True
    ) -> AsyncIterator[AsyncConnection]:
        """One transaction, in turn: all of it is kept, or nothing when the block raises.

        A cancelled task leaves nothing open: the connection goes back rolled back, and whoever
        comes next waits for that. Cancelled amid the commit itself, all is kept or nothing.

        Args:
            durable: it outlasts even a power cut from here on (synchronous = FULL).
            wakes: whether those in `wait_for_change` should look. Not for pages of messages,
                which come in hundreds a second.
        """
        with named_errors(self.path):
            async with self._turn:
                await self._rivals.leave_gap()
                async with connected(self._writer) as connection:
                    sqlite = await raw(connection)
                    await self._rivals.look(sqlite)
                    await _set_durable(connection, durable=durable)
                    await begin_immediate(sqlite, patience_s=self._patience_s)
                    yield connection
                    await sqlite.commit()
                    self._rivals.committed()
        if wakes:
            self._changes.notify()

    @property
    def changes(self) -> int:
        """Grows with each change that this process knows of; see `wait_for_change`."""
        return self._changes.count

    async def wait_for_change(self, timeout_s: float, *, since: int | None = None) -> None:
        """Return once somebody has written: at once in this process, within 250 ms in another.

        Note `changes` before you look at the tables and give it as `since`: then a change made
        between that look and this call is not missed.
        """
        with named_errors(self.path):
            await self._changes.wait(timeout_s, self.changes if since is None else since)

    async def close(self) -> None:
        """Close every connection; the last one to leave tidies up SQLite's log."""
        await self._changes.close()
        async with self._turn:
            await self._writer.dispose()
        await self._reader.dispose()
        self.threads.close()


async def _set_durable(connection: AsyncConnection, *, durable: bool) -> None:
    """Choose how a commit is synced; the setting cannot change within a transaction."""
    pooled = await connection.get_raw_connection()
    if pooled.info.get("durable", False) != durable:
        level = "FULL" if durable else "NORMAL"
        await (await raw(connection)).execute_fetchall(f"PRAGMA synchronous = {level}")
        pooled.info["durable"] = durable
