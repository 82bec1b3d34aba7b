"""A file that appears under its name when it is whole, or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from exporter.errors import JobError
from storage.wording import Sentence

BUFFER_BYTES = 256 * 1024


class AtomicFile:
    """Writes to `.NAME.part` beside the file and moves it into place at the end.

    The part of an attempt that died is taken over: who comes last wins. An attempt that notices
    that another one took over gives up with a `JobError` instead of moving a half-written file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size_bytes = 0
        """Of what was written."""
        self._part = path.with_name(f".{path.name}.part")
        self._file: BinaryIO | None = None
        self._resting: tuple[int, ...] | None = None
        """How the part can be told from another one of its name, while it is closed and will be
        written on: an inode alone may be that of a new file by then."""

    def open(self) -> None:
        """Begin; the folder and those above it are made, readable by nobody else."""
        folder = self.path.parent
        for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        self._part.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(self._part, flags, 0o600)
        os.fchmod(descriptor, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=BUFFER_BYTES)

    def write(self, data: bytes) -> None:
        """Append.

        Raises:
            JobError: another attempt took over while this one was resting.
            OSError: the disk is full.
        """
        self._opened.write(data)
        self.size_bytes += len(data)

    def rest(self) -> None:
        """Close the file for now; the next write opens it again. So many can be under way."""
        if self._file is not None:
            self._file.flush()
            self._resting = _identity(os.fstat(self._file.fileno()))
            self._file.close()
            self._file = None

    def commit(self) -> Path:
        """Make what was written durable and move it into place."""
        file = self._opened
        file.flush()
        os.fsync(file.fileno())
        self.check()
        file.close()
        self._file = None
        self._part.replace(self.path)
        _sync_folder(self.path.parent)
        return self.path

    def check(self) -> None:
        """Look whether another attempt took over.

        Raises:
            JobError: one did.
        """
        if not self._is_ours(self._opened):
            self.discard()
            raise self._overtaken()

    def discard(self) -> None:
        """Remove what was written; harmless when there is nothing."""
        if self._resting is not None and self._still_rests(self._resting):
            self._part.unlink()
        self._resting = None
        if self._file is None:
            return
        if self._is_ours(self._file):
            self._part.unlink()
        with suppress(OSError):  # what is still to be written may find the disk full again
            self._file.close()
        self._file = None

    @property
    def _opened(self) -> BinaryIO:
        if self._resting is not None:
            self._wake(self._resting)
        if self._file is None:
            raise ValueError(f"{self.path} is written to before it was opened")
        return self._file

    def _wake(self, rested: tuple[int, ...]) -> None:
        if not self._still_rests(rested):
            self._resting = None
            raise self._overtaken()
        descriptor = os.open(self._part, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._file, self._resting = os.fdopen(descriptor, "wb", buffering=BUFFER_BYTES), None

    def _is_ours(self, file: BinaryIO) -> bool:
        there = self._there()
        return there is not None and os.path.samestat(there, os.fstat(file.fileno()))

    def _still_rests(self, rested: tuple[int, ...]) -> bool:
        there = self._there()
        return there is not None and _identity(there) == rested

    def _there(self) -> os.stat_result | None:
        """The part that lies there, whoever writes it."""
        try:
            return self._part.stat()
        except FileNotFoundError:
            return None

    def _overtaken(self) -> JobError:
        return JobError(
            Sentence(
                "Another export is writing {path} at this moment; this one ended.",
                path=str(self.path),
            )
        )


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
