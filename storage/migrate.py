"""Bringing the database up to date, with a copy of it made first."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.connections import begin_immediate, connected, raw
from storage.errors import DatabaseNewer, DatabaseUnusable
from storage.locks import HostLock
from storage.sentences import is_busy, named_errors, named_os_errors
from storage.sqlite import Use, create_file, database_path, make_engine

BACKUPS_KEPT = 2
ASK_AGAIN_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What bringing a database up to date did."""

    path: Path
    before: str | None
    """The revision it had; None when it was new."""
    after: str
    backup: Path | None
    """The copy made beforehand, if there was anything to change in an existing database."""


def migrations() -> Path:
    """The folder of the migrations: within the package when installed, else beside it."""
    package = Path(__file__).parent
    installed = package / "migrations"
    return installed if (installed / "env.py").exists() else package.parent / "alembic"


async def upgrade(url: str, *, patience_s: float = 10.0, scripts: Path | None = None) -> Upgraded:
    """Make the database that `url` names, or bring it up to date; all of it or nothing.

    Several processes may do so at once: one works, the others wait for it. `scripts` is another
    folder of migrations than ours.

    Raises:
        StorageError: a sentence that says what is in the way.
    """
    path = database_path(url)
    create_file(path)
    config = _config(scripts or migrations())
    engine = make_engine(path, Use.MIGRATE, patience_s=patience_s)
    try:
        with named_errors(path):
            async with connected(engine) as connection:
                await _use_wal(await raw(connection), patience_s=patience_s)
                return await _upgrade(connection, path, config, patience_s=patience_s)
    finally:
        await engine.dispose()


async def _upgrade(
    connection: AsyncConnection, path: Path, config: Config, *, patience_s: float
) -> Upgraded:
    sqlite = await raw(connection)
    script = ScriptDirectory.from_config(config)
    head = script.get_current_head()
    assert head is not None, "there is always a migration"  # noqa: S101 - tells the types
    before = await connection.run_sync(_revision, script, path)
    if before == head:
        return Upgraded(path=path, before=before, after=head, backup=None)
    async with _alone(path):
        await begin_immediate(sqlite, patience_s=patience_s)
        before = await connection.run_sync(_revision, script, path)
        backup = None
        if before is not None and before != head:
            backup = back_up(path, before)  # nothing else goes on yet
        config.attributes["connection"] = connection.sync_connection
        await connection.run_sync(lambda _: command.upgrade(config, "head"))
        await sqlite.commit()
    return Upgraded(path=path, before=before, after=head, backup=backup)


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: Connection, script: ScriptDirectory, path: Path) -> str | None:
    """What the database is at.

    Raises:
        DatabaseNewer: no migration of ours leads to it.
        DatabaseUnusable: it belongs to another program.
    """
    tables = inspect(connection).get_table_names()  # first: another process may make them now
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        if tables:
            raise DatabaseUnusable(
                f"The database {path} holds the tables of another program. "
                "Set DATABASE_URL to another file."
            )
    elif revision not in {known.revision for known in script.walk_revisions()}:
        raise DatabaseNewer(
            f"The database {path} was written by a newer version of Chatkeep. "
            "Install that version again, or put back the copy made before its upgrade."
        )
    return revision


async def _use_wal(sqlite: aiosqlite.Connection, *, patience_s: float) -> None:
    """Switch the file to write-ahead logging, which it then stays in.

    When several switch at once, SQLite answers "busy" without waiting.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_s
    while True:
        try:
            await sqlite.execute_fetchall("PRAGMA journal_mode = WAL")
        except aiosqlite.OperationalError as error:
            if not is_busy(error) or loop.time() > deadline:
                raise
        else:
            return
        await asyncio.sleep(ASK_AGAIN_S)


@asynccontextmanager
async def _alone(path: Path) -> AsyncIterator[None]:
    """One process at a time; a long migration is waited for however long it takes."""
    lock = HostLock(path.parent, "upgrade")
    while not lock.acquire():  # noqa: ASYNC110 - another process cannot set an event
        await asyncio.sleep(ASK_AGAIN_S)
    try:
        yield
    finally:
        lock.release()


def back_up(path: Path, revision: str) -> Path:
    """Copy a database that others may be using, and keep the last two such copies.

    SQLite's backup API reads one consistent state, https://www.sqlite.org/backup.html
    """
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    backup = path.with_name(f"{path.name}.{now}-{revision}.backup")
    unfinished = path.with_name(f"{path.name}.backup.part")
    with named_os_errors(unfinished), ExitStack() as undo:
        unfinished.unlink(missing_ok=True)
        undo.callback(unfinished.unlink, missing_ok=True)
        create_file(unfinished)
        with (
            named_errors(unfinished),
            closing(sqlite3.connect(path)) as source,
            closing(sqlite3.connect(unfinished)) as target,
        ):
            source.backup(target)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(backup)
        for old in sorted(path.parent.glob(f"{path.name}.*.backup"))[:-BACKUPS_KEPT]:
            old.unlink()
    return backup
