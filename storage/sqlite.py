"""What only SQLite has: a file, with its rights, and pragmas."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import URL, ExceptionContext, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.errors import DatabaseUrlWrong
from storage.sentences import named_os_errors

DRIVER = "sqlite+aiosqlite"
EXAMPLE = f"{DRIVER}:////var/lib/chatkeep/chatkeep.db"
READERS = 4


class Use(Enum):
    """What a connection is for; its pragmas follow from that."""

    READ = ("PRAGMA foreign_keys = ON", "PRAGMA query_only = ON")
    WRITE = ("PRAGMA foreign_keys = ON", "PRAGMA synchronous = NORMAL")
    MIGRATE = ("PRAGMA foreign_keys = OFF", "PRAGMA synchronous = FULL")
    """Without foreign keys: altering a table copies it and drops the old one with all that refers
    to it, https://www.sqlite.org/lang_altertable.html#otheralter"""


def database_path(url: str) -> Path:
    """The absolute path of the file that `url` names.

    Raises:
        DatabaseUrlWrong: it is no URL, or of another database than SQLite.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None  # its text may hold a password, so it is not repeated
    if parsed is None or parsed.drivername != DRIVER or parsed.query:
        raise DatabaseUrlWrong(f"DATABASE_URL must name a SQLite file, like {EXAMPLE}.")
    if not parsed.database or parsed.database == ":memory:":
        raise DatabaseUrlWrong(
            f"DATABASE_URL must name a file, because an archive has to last: like {EXAMPLE}."
        )
    return Path(parsed.database).expanduser().absolute()


def create_file(path: Path) -> None:
    """Make sure that the database file exists, open to nobody but its owner.

    SQLite gives its `-wal` and `-shm` files the rights of the database file.
    """
    with named_os_errors(path):
        create_folder(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_uid == os.geteuid():
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)


def create_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, open to nobody but their owner."""
    if folder.is_dir():
        return
    create_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        folder.chmod(0o700)  # whatever the umask took away


def make_engine(path: Path, use: Use, *, patience_s: float) -> AsyncEngine:
    """Connections to `path`, in autocommit: who wants a transaction says BEGIN.

    There is one connection to write with, and a few to read with. `patience_s` is how long
    SQLite itself waits for another program's lock.
    """
    engine = create_async_engine(
        URL.create(DRIVER, database=str(path)),
        connect_args={"isolation_level": None, "timeout": patience_s},
        pool_size=READERS if use is Use.READ else 1,
        max_overflow=READERS if use is Use.READ else 0,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in use.value:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "handle_error")
    def outlast_a_cancel(context: ExceptionContext) -> None:
        """Keep the connection of a cancelled statement, for the rollback that follows.

        SQLAlchemy would close it. But SQLite goes on with the transaction of a closed connection,
        and keeps all others from writing, while anything still holds one of its cursors, such as
        the traceback of the cancelled task (https://www.sqlite.org/c3ref/close.html).
        """
        if not isinstance(context.original_exception, Exception):
            context.is_disconnect = False

    return engine
