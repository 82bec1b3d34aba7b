"""What errors of SQLite and of the file system say to a person, and who can cure them."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from storage.errors import (
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnusable,
    DiskFull,
    StorageError,
)
from storage.wording import Sentence, marked

Told = tuple[type[StorageError], str]

LOCKED: Told = (
    DatabaseLocked,
    marked("The database {path} is locked by another program. Close that program, then try again."),
)
FULL: Told = (
    DiskFull,
    marked(
        "The disk is full: there is no room for {path}. "
        "Free some space, then try again; what was archived so far is kept."
    ),
)
READ_ONLY: Told = (
    DatabaseReadOnly,
    marked(
        "{path} cannot be written. "
        "Allow Chatkeep's user to write the file and its folder, then try again."
    ),
)
DISK_ERROR: Told = (
    DatabaseUnusable,
    marked(
        "The disk answered with an error when {path} was used. "
        "Check the disk and its free space, then try again."
    ),
)
NO_FOLDER: Told = (
    DatabaseUnusable,
    marked("{path} cannot be made: part of its path is a file, not a folder."),
)
NO_LOCKS: Told = (
    DatabaseUnusable,
    marked(
        "The file system of {path} cannot lock files. "
        "Set DATA_DIR to a folder on a disk of this machine."
    ),
)
SQLITE_SENTENCES: dict[int, Told] = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_IOERR: DISK_ERROR,
    sqlite3.SQLITE_CANTOPEN: (DatabaseUnusable, marked("The database {path} cannot be opened.")),
    sqlite3.SQLITE_NOTADB: (
        DatabaseUnusable,
        marked(
            "{path} is not a SQLite database. Move it away, or set DATABASE_URL to another file."
        ),
    ),
    sqlite3.SQLITE_CORRUPT: (
        DatabaseUnusable,
        marked("The database {path} is damaged. Put a backup in its place, then try again."),
    ),
}
"""By primary result code, https://www.sqlite.org/rescode.html"""
OS_SENTENCES: dict[int, Told] = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EROFS: READ_ONLY,
    errno.EIO: DISK_ERROR,
    errno.ENOLCK: NO_LOCKS,
    errno.ENOSYS: NO_LOCKS,
    errno.ENOENT: (
        DatabaseUnusable,
        marked(
            "{path} cannot be made: its folder does not exist and cannot be made. "
            "Choose another place."
        ),
    ),
    errno.ENOTDIR: NO_FOLDER,
    errno.EEXIST: NO_FOLDER,
    errno.EISDIR: (
        DatabaseUnusable,
        marked("{path} is a folder, where a file has to be. Move the folder away, then try again."),
    ),
}


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


def _sentence(found: Told | None, path: Path) -> StorageError | None:
    if found is None:
        return None
    kind, words = found
    return kind(Sentence(words, path=str(path)))
