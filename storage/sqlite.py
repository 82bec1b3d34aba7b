"""What only SQLite has: the file with its rights, the pragmas, and the names of its errors."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.errors import (
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnusable,
    DiskFull,
    StorageError,
)

DRIVER = "sqlite+aiosqlite"
EXAMPLE = f"{DRIVER}:////var/lib/chatkeep/chatkeep.db"
READERS = 4

Sentence = tuple[type[StorageError], str]

LOCKED: Sentence = (
    DatabaseLocked,
    "The database {} is locked by another program. Close that program, then try again.",
)
FULL: Sentence = (
    DiskFull,
    (
        "The disk is full: there is no room for the database {}. "
        "Free some space, then try again; what was archived so far is kept."
    ),
)
READ_ONLY: Sentence = (
    DatabaseReadOnly,
    (
        "The database {} cannot be written. "
        "Allow Chatkeep's user to write the file and its folder, then try again."
    ),
)
DISK_ERROR: Sentence = (
    DatabaseUnusable,
    (
        "The disk answered with an error when the database {} was used. "
        "Check the disk and its free space, then try again."
    ),
)
NO_FOLDER: Sentence = (
    DatabaseUnusable,
    "The database {} cannot be made: part of its path is a file, not a folder.",
)
SQLITE_SENTENCES: dict[int, Sentence] = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_IOERR: DISK_ERROR,
    sqlite3.SQLITE_CANTOPEN: (DatabaseUnusable, "The database {} cannot be opened."),
    sqlite3.SQLITE_NOTADB: (
        DatabaseUnusable,
        "{} is not a SQLite database. Move it away, or set DATABASE_URL to another file.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        DatabaseUnusable,
        "The database {} is damaged. Put a backup in its place, then try again.",
    ),
}
"""By primary result code, https://www.sqlite.org/rescode.html"""
OS_SENTENCES: dict[int, Sentence] = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EROFS: READ_ONLY,
    errno.EIO: DISK_ERROR,
    errno.ENOTDIR: NO_FOLDER,
    errno.EEXIST: NO_FOLDER,
    errno.EISDIR: (
        DatabaseUnusable,
        "{} is a folder; the database must be a file. Set DATABASE_URL to another path.",
    ),
}


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
        DatabaseUnusable: it is no URL, or of another database than SQLite.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None  # its text may hold a password, so it is not repeated
    if parsed is None or parsed.drivername != DRIVER or parsed.query:
        raise DatabaseUnusable(f"DATABASE_URL must name a SQLite file, like {EXAMPLE}.")
    if not parsed.database or parsed.database == ":memory:":
        raise DatabaseUnusable(
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

    return engine


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Turn what a person can cause and cure into a sentence; let everything else pass."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        sentence = _sqlite_sentence(cause, path)
        if sentence is None:
            raise
        raise sentence from error


@contextmanager
def named_os_errors(path: Path) -> Iterator[None]:
    """The same for the file itself, before SQLite has it."""
    try:
        yield
    except OSError as error:
        sentence = _os_sentence(error, path)
        if sentence is None:
            raise
        raise sentence from error


def is_busy(error: BaseException | None) -> bool:
    """Whether another program holds the lock that was wanted."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: BaseException | None) -> int:
    """SQLite's primary result code; 0 without one."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _sqlite_sentence(error: BaseException | None, path: Path) -> StorageError | None:
    code = _code(error)
    if code == sqlite3.SQLITE_CANTOPEN and path.exists() and not os.access(path.parent, os.W_OK):
        code = sqlite3.SQLITE_READONLY  # the folder is, so the log cannot be made beside the file
    return _sentence(SQLITE_SENTENCES.get(code), path)


def _os_sentence(error: OSError, path: Path) -> StorageError | None:
    return _sentence(OS_SENTENCES.get(error.errno or 0), path)


def _sentence(found: Sentence | None, path: Path) -> StorageError | None:
    if found is None:
        return None
    kind, words = found
    return kind(words.format(path))
