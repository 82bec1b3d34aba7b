"""What can go wrong with the database; each text is a sentence for the person."""

from __future__ import annotations


class StorageError(Exception):
    """The database or the data folder cannot be used."""


class DatabaseLocked(StorageError):
    """Another program kept the database to itself for longer than we wait."""


class DiskFull(StorageError):
    """There is no room left for the database."""


class DatabaseReadOnly(StorageError):
    """The file, or the folder it lies in, may not be written."""


class DatabaseNewer(StorageError):
    """A newer version of Chatkeep has changed the database already."""


class DatabaseUnusable(StorageError):
    """Not a database, damaged, or it cannot be opened at all."""


class DatabaseUrlWrong(DatabaseUnusable):
    """`DATABASE_URL` names no SQLite file."""


class SessionUnreadable(StorageError):
    """A stored session was encrypted with another key."""


class JobLost(Exception):
    """The job is no longer this worker's: somebody claimed it anew, or it has ended."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"Job {job_id} is no longer this worker's.")
        self.job_id = job_id
