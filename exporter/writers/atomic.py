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
        self._part = path.with_name(f".{path.name}.part")
        self._file: BinaryIO | None = None

    def open(self) -> None:
        """Begin; the folder is made, readable by nobody else."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._part.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(self._part, flags, 0o600)
        os.fchmod(descriptor, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=BUFFER_BYTES)

    def write(self, data: bytes) -> None:
        """Append."""
        self._opened.write(data)

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
            raise JobError(
                Sentence(
                    "Another export is writing {path} at this moment; this one ended.",
                    path=str(self.path),
                )
            )

    def discard(self) -> None:
        """Remove what was written; harmless when there is nothing."""
        if self._file is None:
            return
        if self._is_ours(self._file):
            self._part.unlink()
        with suppress(OSError):  # what is still to be written may find the disk full again
            self._file.close()
        self._file = None

    @property
    def _opened(self) -> BinaryIO:
        if self._file is None:
            raise ValueError(f"{self.path} is written to before it was opened")
        return self._file

    def _is_ours(self, file: BinaryIO) -> bool:
        try:
            there = self._part.stat()
        except FileNotFoundError:
            return False
        mine = os.fstat(file.fileno())
        return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
