"""The store of files by content: each content once, named by its SHA-256, read-only.

`ab/cdef…` below the store's folder, as 2 and 62 hexadecimal digits; `.part/` holds what is being
fetched, `.aside/` what was found to be wrong.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from weakref import WeakValueDictionary

import structlog

from exporter.errors import ItemError
from exporter.media.hashing import sha256_of
from storage.media import HASH_BYTES, Content, FileKey
from storage.sqlite import create_folder
from storage.threads import Threads

PART = ".part"
ASIDE = ".aside"
READ_ONLY = 0o400
UNKNOWN = -1
"""In the place of a file's time: it has to be read."""

log = structlog.get_logger()


class Condition(Enum):
    """How a stored file was found."""

    RIGHT = "right"
    TOUCHED = "touched"
    """Its time was changed, its bytes are right."""
    LOST = "lost"
    """It is gone, or its bytes were wrong and it lies aside."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found."""

    condition: Condition
    mtime_ns: int = 0
    """Of a touched one, to be noted."""


class PartChanged(ItemError):
    """A partial file is not what was written to it: somebody else writes there."""


class Store:
    """The store in a folder, which is made when the first file comes."""

    def __init__(self, folder: Path, threads: Threads) -> None:
        self.folder = folder
        self._threads = threads
        self._adopting: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    def path_of(self, sha256: bytes) -> Path:
        """Where a content lies, whether it is there or not."""
        digits = sha256.hex()
        return self.folder / digits[:2] / digits[2:]

    def part_path(self, key: FileKey) -> Path:
        """Where a file is written while it is fetched. Its folder is there after `prepare`."""
        return self.folder / PART / f"{key.file_id}-{key.variant}.part"

    async def prepare(self) -> None:
        """Make the folder for partial files.

        Raises:
            OSError: it cannot be made.
        """
        await self._threads.run(create_folder, self.folder / PART)

    async def adopt(
        self, part: Path, sha256: bytes, size_bytes: int, *, hashes: bytes = b""
    ) -> Content:
        """Move a whole, verified partial file to its place, safe from a power cut.

        Equal bytes that are there already stay, so that exports go on sharing them; what is there
        and wrong is set aside.

        Raises:
            PartChanged: the partial file has another size.
            OSError: the disk is full, or the store cannot be written.
        """
        await self._threads.run(_seal, part, size_bytes)
        wanted = Content(sha256=sha256, size_bytes=size_bytes, mtime_ns=UNKNOWN, hashes=hashes)
        lock = self._adopting.setdefault(sha256, asyncio.Lock())
        async with lock:
            there = await self.check(wanted)
            if there.condition is Condition.LOST:
                mtime_ns = await self._threads.run(_move, part, self.path_of(sha256))
            else:
                mtime_ns = there.mtime_ns
                await self._threads.run(part.unlink)
        return replace(wanted, mtime_ns=mtime_ns)

    async def check(self, content: Content) -> Checked:
        """Look whether a stored file is as it was noted; what is wrong is set aside.

        Size and time tell an untouched file. One whose time differs is read again.

        Raises:
            OSError: it cannot be read.
        """
        path = self.path_of(content.sha256)
        found = await self._threads.run(_lstat, path)
        if found is None:
            return Checked(Condition.LOST)
        if stat.S_ISREG(found.st_mode) and found.st_size == content.size_bytes:
            if found.st_mtime_ns == content.mtime_ns:
                return Checked(Condition.RIGHT)
            if await sha256_of(path, self._threads) == content.sha256:
                await self._threads.run(path.chmod, READ_ONLY)
                return Checked(Condition.TOUCHED, found.st_mtime_ns)
        await self._threads.run(self._set_aside, path, content.sha256)
        return Checked(Condition.LOST)

    def suspects(self, contents: Iterable[Content]) -> list[Content]:
        """Those that size or time say are not as noted: `check` tells. Blocks; for a thread.

        Raises:
            OSError: the store cannot be read.
        """
        found = []
        for content in contents:
            there = _lstat(self.path_of(content.sha256))
            if there is None or (there.st_size, there.st_mtime_ns) != (
                content.size_bytes,
                content.mtime_ns,
            ):
                found.append(content)
        return found

    def contents(self) -> Iterator[tuple[bytes, os.stat_result]]:
        """Every stored file by its SHA-256, in no order. Blocks; for a thread.

        Raises:
            OSError: the store cannot be read.
        """
        for folder in _entries(self.folder):
            if len(folder.name) == 2 and folder.is_dir(follow_symlinks=False):
                for entry in _entries(Path(folder.path)):
                    if (sha256 := _sha256(folder.name + entry.name)) is not None:
                        yield sha256, entry.stat(follow_symlinks=False)

    def parts(self) -> Iterator[tuple[FileKey, os.stat_result]]:
        """Every partial file by its key. Blocks; for a thread."""
        for entry in _entries(self.folder / PART):
            if (key := _key(entry.name)) is not None:
                yield key, entry.stat(follow_symlinks=False)

    def remove(self, sha256: bytes) -> None:
        """Remove a stored file; exports that link to it keep theirs. Blocks; for a thread."""
        path = self.path_of(sha256)
        if os.name == "nt" and path.exists():
            path.chmod(0o600)  # Windows removes no read-only files
        path.unlink(missing_ok=True)

    def leftovers(self, wanted: Collection[FileKey]) -> list[Path]:
        """The partial files of other files than the `wanted` ones. Blocks; for a thread."""
        return [self.part_path(key) for key, _ in self.parts() if key not in wanted]

    def aside(self) -> list[Path]:
        """What was set aside. Blocks; for a thread."""
        return [Path(entry.path) for entry in _entries(self.folder / ASIDE)]

    def _set_aside(self, path: Path, sha256: bytes) -> None:
        create_folder(self.folder / ASIDE)
        number = 1
        while os.path.lexists(target := self.folder / ASIDE / f"{sha256.hex()}-{number}"):
            number += 1
        path.rename(target)
        log.warning("a stored file was changed from outside; set aside", file=str(target))


def _seal(part: Path, size_bytes: int) -> None:
    """Bring a partial file to the disk."""
    descriptor = os.open(part, os.O_RDWR | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0))
    try:
        found = os.fstat(descriptor)
        if found.st_size != size_bytes:
            raise PartChanged(
                f"The partial file {part} has {found.st_size:,} bytes instead of {size_bytes:,}."
            )
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move(part: Path, target: Path) -> int:
    """Rename, make read-only, bring the folder to the disk, and return the file's time.

    In this order a killed process leaves a partial file that can be written to, or a stored one
    that the next attempt makes read-only.
    """
    is_new = not target.parent.is_dir()
    create_folder(target.parent)
    part.replace(target)
    target.chmod(READ_ONLY)
    _sync_folder(target.parent)
    if is_new:
        _sync_folder(target.parent.parent)
    return target.stat().st_mtime_ns


def _sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can (Windows cannot)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except FileNotFoundError:
        return


def _sha256(digits: str) -> bytes | None:
    try:
        found = bytes.fromhex(digits)
    except ValueError:
        return None
    return found if len(found) == HASH_BYTES and found.hex() == digits else None


def _key(name: str) -> FileKey | None:
    if not name.endswith(".part"):
        return None
    file_id, dash, variant = name.removesuffix(".part").partition("-")
    negative = file_id == "" and dash
    if negative:
        file_id, dash, variant = variant.partition("-")
    if not dash or not file_id.isdecimal():
        return None
    return FileKey(-int(file_id) if negative else int(file_id), variant)
