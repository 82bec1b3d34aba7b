"""Files that take the place of others all at once: the moment when index.html names them.

Each has a name made from its content, so that none ever takes the place of another one that is
still named. They are written beside their names and put in place before index.html; what it no
longer names is removed after it. Whatever stops this, the folder opens, as it was or as it is to
be, and the next attempt removes what is left over.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path, PurePosixPath
from secrets import token_hex

FOLDERS = ("data", "reader")
"""Which hold nothing but such files."""
PART = ".{}.{}.part"
"""By the name, and by the attempt: two at once must not write into the same file."""


def named_by_content(path: str, content: bytes) -> str:
    """`reader/style.css` becomes `reader/style.1a2b3c4d.css`."""
    old = PurePosixPath(path)
    return str(old.with_name(f"{old.stem}.{sha256(content).hexdigest()[:8]}{old.suffix}"))


class Release:
    """The files of one attempt."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._attempt = token_hex(4)
        self._wanted: set[str] = set()
        """Paths below the folder, with slashes; those of `_staged` among them."""
        self._staged: list[str] = []
        self._placed: list[Path] = []

    def begin(self) -> None:
        """Remove what a killed attempt left half-way."""
        for name in FOLDERS:
            for path in (self._folder / name).glob(PART.format("*", "*")):
                path.unlink(missing_ok=True)

    def add(self, path: str, content: bytes) -> None:
        """Write a file beside its name, unless it is in place already."""
        if path in self._wanted:
            return
        self._wanted.add(path)
        target = self._folder / path
        if target.is_file() and target.stat().st_size == len(content):
            return
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._staged.append(path)
        part = self._part(target)
        part.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
            file.write(content)

    def place(self) -> None:
        """Make them durable and put them in place."""
        for path in self._staged:
            target = self._folder / path
            part = self._part(target)
            _sync(part)
            part.replace(target)
            self._placed.append(target)
        self._staged.clear()
        for folder in self._folders():
            _sync(folder)

    def settle(self) -> None:
        """They are named by now: remove what was there before."""
        self._placed.clear()
        for folder in self._folders():
            for path in folder.iterdir():
                if path.is_file() and f"{folder.name}/{path.name}" not in self._wanted:
                    path.unlink()

    def discard(self) -> None:
        """Remove what was written and is not named; harmless when there is nothing."""
        for path in self._staged:
            self._part(self._folder / path).unlink(missing_ok=True)
        for placed in self._placed:
            placed.unlink(missing_ok=True)
        if self._staged or self._placed:
            for name in FOLDERS:
                with suppress(OSError):  # something is in it, or it never was there
                    (self._folder / name).rmdir()
        self._staged.clear()
        self._placed.clear()

    def _folders(self) -> list[Path]:
        return [folder for name in FOLDERS if (folder := self._folder / name).is_dir()]

    def _part(self, target: Path) -> Path:
        return target.with_name(PART.format(target.name, self._attempt))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
