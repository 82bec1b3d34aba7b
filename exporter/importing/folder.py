"""The folder of an export: nothing outside of it is read, and nothing but ordinary files."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from exporter.errors import CommandError, ItemError

CARD_BYTES = 1024 * 1024
"""Of a vCard, which becomes part of its message."""


class Outside(ValueError):
    """A path that leads out of the export's folder, as Telegram Desktop writes none."""


class NotTaken(ItemError):
    """A file of an export that is there and cannot be taken over; the sentence says why."""


class ExportFolder:
    """Opens the files that an export names."""

    def __init__(self, folder: Path) -> None:
        self._root = Path(os.path.realpath(folder))

    def check(self, path: str) -> None:
        """Refuse a path that does not stay in the folder, whatever is there.

        Raises:
            Outside: it is absolute, or goes up.
        """
        windows = PureWindowsPath(path)
        parts = {*PurePosixPath(path).parts, *windows.parts}
        if "\0" in path or path.startswith(("/", "\\")) or windows.drive or ".." in parts:
            raise Outside(f"names a file outside of the export's folder: {path[:200]!r}")

    def open(self, path: str) -> BinaryIO | None:
        """Open a file to be read; None when it is not there.

        Raises:
            Outside: as `check`.
            NotTaken: a link leads out of the folder, it is no ordinary file, or may not be read.
        """
        self.check(path)
        try:
            real = Path(os.path.realpath(self._root / path))
            if not real.is_relative_to(self._root):
                raise NotTaken("a link that leads out of the export's folder")
            return open_plain(real)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except CommandError:
            raise NotTaken("it is no ordinary file") from None
        except OSError as error:
            raise NotTaken(error.strerror or str(error)) from error

    def card(self, path: str) -> str:
        """The vCard in a file; empty when it is not there.

        Raises:
            Outside: as `check`.
        """
        if not path or path.startswith("("):
            return ""
        try:
            file = self.open(path)
        except NotTaken:
            return ""
        if file is None:
            return ""
        with file:
            content = file.read(CARD_BYTES + 1)
        return "" if len(content) > CARD_BYTES else content.decode("utf-8", "replace")


def open_plain(path: Path) -> BinaryIO:
    """Open an ordinary file to be read, without waiting for a pipe that stands in its place.

    Raises:
        CommandError: it is something else.
        OSError: it cannot be opened.
    """
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise CommandError(f"{path} is no ordinary file.")
    return os.fdopen(descriptor, "rb")
