"""A partial file on disk: which of its parts are there, and the hash of it all, made in order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pyroaring import BitMap

from exporter.media.pieces import Piece, wrong_pieces
from exporter.media.store import PartChanged
from storage.sqlite import create_folder
from storage.threads import Threads

if TYPE_CHECKING:
    from hashlib import _Hash

PART_BYTES = 1024 * 1024
"""One part: no request may ask for more, nor across such a border.
https://core.telegram.org/api/files#downloading-files"""
MOST_AT_ONCE = 8
"""Parts that one task hashes: some milliseconds."""
WHOLE = b"whole:"
"""Begins the record of a file of which every part is there; its SHA-256 follows."""


class PartFile:
    """The parts of one file as they come in, in any order.

    What comes early is held in memory until it was hashed, so who asks for parts should not run
    far ahead of `frontier`. One task opens, records and closes; `write` may be under way in many.
    """

    def __init__(self, path: Path, size_bytes: int, threads: Threads) -> None:
        self.path = path
        self.size_bytes = size_bytes
        self.count = -(-size_bytes // PART_BYTES)
        """How many parts there are."""
        self.frontier = 0
        """The first part that is not hashed yet."""
        self.unrecorded_bytes = 0
        """Written since the last `record`."""
        self._threads = threads
        self._parts = BitMap()
        self._early: dict[int, bytes] = {}
        self._digest = sha256()
        self._descriptor = -1
        self._hashes = False

    @property
    def done_bytes(self) -> int:
        """What is on disk."""
        bytes_ = len(self._parts) * PART_BYTES
        if self.count - 1 in self._parts:
            bytes_ -= self.count * PART_BYTES - self.size_bytes
        return bytes_

    def length(self, number: int) -> int:
        """The bytes of a part; only the last one may be short."""
        return min(PART_BYTES, self.size_bytes - number * PART_BYTES)

    def missing(self) -> Iterator[int]:
        """The numbers of the parts that are still to come, in order."""
        yield from (number for number in range(self.count) if number not in self._parts)

    async def open(self, recorded: bytes) -> bool:
        """Open the file, with the parts that were recorded earlier.

        Returns:
            False when these are not there: nothing is, and the record is to be forgotten.

        Raises:
            OSError: the file cannot be written.
        """
        parts = _read_record(recorded, self.count)
        self._descriptor, size_bytes = await self._threads.run(_open, self.path)
        if parts is None or (parts and not self._may_hold(parts, size_bytes)):
            await self._threads.run(os.ftruncate, self._descriptor, 0)
            return False
        longest = self.size_bytes if parts else 0
        if size_bytes > longest:
            await self._threads.run(os.ftruncate, self._descriptor, longest)
        self._parts = parts
        return True

    async def write(self, number: int, data: bytes, expected: Sequence[bytes] = ()) -> list[Piece]:
        """Write a part, if it is as its hashes say, and hash all that follows without a gap.

        Returns:
            The pieces that are wrong; then nothing was written.

        Raises:
            OSError: the disk is full, or the file cannot be written.
        """
        is_next = number == self.frontier and not self._hashes
        digest = self._digest if is_next else None
        if is_next:
            self._hashes = True
        try:
            wrong = await self._threads.run(
                _take, self._descriptor, data, number * PART_BYTES, expected, digest
            )
        finally:
            if is_next:
                self._hashes = False
        if wrong:
            await self.catch_up()
            return wrong
        if is_next:
            self.frontier += 1
        else:
            self._early[number] = data
        self._parts.add(number)
        self.unrecorded_bytes += len(data)
        await self.catch_up()
        return []

    async def catch_up(self) -> None:
        """Hash what is there without a gap; parts of earlier runs are read from the disk.

        Raises:
            PartChanged: they are there no more.
        """
        if self._hashes:
            return  # another task is at it and sees what came
        self._hashes = True
        try:
            while (number := self.frontier) in self._parts:
                if early := self._early_from(number):
                    await self._threads.run(_feed, self._digest, early)
                    self.frontier += len(early)
                else:
                    length = self.length(number)
                    offset = number * PART_BYTES
                    await self._threads.run(
                        _feed_from, self._digest, self._descriptor, offset, length
                    )
                    self.frontier += 1
        finally:
            self._hashes = False

    async def record(self) -> bytes:
        """Bring what was written to the disk; return the bitmap that says so.

        Raises:
            OSError: the disk failed.
        """
        parts = self._parts.copy()
        self.unrecorded_bytes = 0
        await self._threads.run(_sync, self._descriptor)
        return bytes(parts.serialize())

    async def record_whole(self) -> bytes:
        """The same when all is there: what it says finds the file in the store, too."""
        await self._threads.run(_sync, self._descriptor)
        return WHOLE + self.digest()

    def digest(self) -> bytes:
        """The SHA-256 of the whole file, once `frontier` is at its end."""
        return self._digest.digest()

    async def close(self) -> None:
        """Close the file; what is on disk stays."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            await self._threads.run(os.close, descriptor)

    def _early_from(self, number: int) -> list[bytes]:
        """Take the parts held in memory from this one on, as many as make one task."""
        found: list[bytes] = []
        while len(found) < MOST_AT_ONCE and number + len(found) in self._early:
            found.append(self._early.pop(number + len(found)))
        return found

    def _may_hold(self, parts: BitMap, size_bytes: int) -> bool:
        last = parts.max()
        if last >= self.count:
            return False
        return size_bytes >= last * PART_BYTES + self.length(last)


def write_whole(path: Path, data: bytes) -> bytes:
    """Write a file that came in one piece; return its SHA-256. Blocks; for a thread.

    Raises:
        OSError: the disk is full, or the file cannot be written.
    """
    descriptor, _ = _open(path)
    try:
        os.ftruncate(descriptor, 0)
        _write(descriptor, data, 0)
    finally:
        os.close(descriptor)
    return sha256(data).digest()


def whole_in(recorded: bytes) -> bytes | None:
    """The SHA-256 of a file that was whole when its parts were recorded last."""
    return recorded.removeprefix(WHOLE) if recorded.startswith(WHOLE) else None


def _read_record(recorded: bytes, count: int) -> BitMap | None:
    """The parts that a row names; None: it cannot be read."""
    if not recorded:
        return BitMap()
    if recorded.startswith(WHOLE):
        return BitMap(range(count))
    try:
        return BitMap.deserialize(recorded)
    except ValueError:
        return None


def _open(path: Path) -> tuple[int, int]:
    """Open a file for reading and writing, made if need be; its descriptor and size."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileNotFoundError:
        create_folder(path.parent)
        descriptor = os.open(path, flags, 0o600)
    return descriptor, os.fstat(descriptor).st_size


def _write(descriptor: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


def _take(
    descriptor: int, data: bytes, offset: int, expected: Sequence[bytes], digest: _Hash | None
) -> list[Piece]:
    """Compare, write and (with `digest`) hash a part: one trip to a thread."""
    if wrong := wrong_pieces(data, expected):
        return wrong
    _write(descriptor, data, offset)
    if digest is not None:
        digest.update(data)
    return []


def _feed(digest: _Hash, parts: Sequence[bytes]) -> None:
    for data in parts:
        digest.update(data)


def _feed_from(digest: _Hash, descriptor: int, offset: int, length: int) -> None:
    while length:
        data = os.pread(descriptor, length, offset)
        if not data:
            raise PartChanged("The partial file became shorter: somebody else writes there.")
        digest.update(data)
        offset, length = offset + len(data), length - len(data)


def _sync(descriptor: int) -> None:
    if hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)
    else:
        os.fsync(descriptor)
