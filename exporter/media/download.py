"""The bytes of one file: asked for in parts, verified, written, and hashed as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from exporter.errors import ItemError, JobError
from exporter.media.asking import Hashes
from exporter.media.disk import Disk
from exporter.media.lanes import Lane
from exporter.media.memory import Memory
from exporter.media.origin import Origin
from exporter.media.parts import PART_BYTES, PartFile
from exporter.media.pieces import Piece, whole_units, with_piece, wrong_pieces
from exporter.media.store import PartChanged
from exporter.telegram.file_server import FileMoved
from storage.files import Files
from storage.threads import Threads
from storage.wording import Sentence, marked

RECORD_EVERY_BYTES = 16 * 1024 * 1024
RECORD_EVERY_S = 1.0
AHEAD = 32
"""No part is asked for so far ahead of the first that is missing."""
AT_ONCE_BYTES = 256 * 1024
"""So many are hashed in less time than it takes to hand them to a thread and back."""
TRIES_A_PART = 4
"""How often in a row a stretch may come wrong before the file is left for later."""
MOST_PARTS = 8192
"""Telegram takes no file of more than 4 GiB; one of unknown size is not followed further."""

TOO_SHORT = marked("Telegram says that it has {n} bytes, and gives less")
TOO_LONG = marked("Telegram says that it has {n} bytes, and gives more")


class WrongSize(ItemError):
    """What Telegram gives is not as long as it says."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """All bytes of a file are there."""

    sha256: bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class InMemory:
    """All bytes of a small file; they are not written yet."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What all downloads share."""

    files: Files
    threads: Threads
    memory: Memory
    disk: Disk


class Download:
    """One file. `run` may be called again, in another lane: what is on disk stays."""

    def __init__(
        self,
        origin: Origin,
        hashes: Hashes,
        path: Path,
        means: Means,
        on_bytes: Callable[[int, int], None],
    ) -> None:
        """`on_bytes` hears of each part: its bytes, and how many there are by then."""
        self._origin = origin
        self._hashes = hashes
        self._path = path
        self._means = means
        self._on_bytes = on_bytes
        self._recorded = origin.file.parts
        self._recording = asyncio.Lock()
        self._recorded_at = 0.0
        self._moved_on = asyncio.Event()

    async def run(self, lane: Lane) -> Downloaded | InMemory:
        """Get all that is missing.

        A file of one part is not written here: its place is free for the next one at once.

        Raises:
            FileMoved: it lies in another data centre.
            ItemError: not to be had, or not now.
            JobError, StorageError, OSError: nothing more can be fetched or written.
        """
        size_bytes = self._origin.file.size_bytes
        try:
            if not size_bytes:
                return await self._of_unknown_size(lane)
            if size_bytes <= PART_BYTES:
                return await self._in_one(lane, size_bytes)
            return await self._in_parts(lane, size_bytes)
        except ExceptionGroup as errors:
            raise weightiest(errors) from errors

    async def _in_one(self, lane: Lane, length: int) -> InMemory:
        await self._enter(lane, length, urgent=True)
        try:
            data, expected = await self._arrived(lane, 0, length)
            if length <= AT_ONCE_BYTES:
                wrong = wrong_pieces(data, expected)
            else:
                wrong = await self._means.threads.run(wrong_pieces, data, expected)
            data = await self._corrected(lane, data, 0, wrong, expected)
        finally:
            self._means.memory.give(length)
        self._on_bytes(length, length)
        return InMemory(data)

    async def _in_parts(self, lane: Lane, size_bytes: int) -> Downloaded:
        parts = PartFile(self._path, size_bytes, self._means.threads)
        try:
            if not await parts.open(self._recorded):
                await self._forget()
            self._on_bytes(0, parts.done_bytes)
            self._recorded_at = _now()
            try:
                await self._all(parts, lane)
            finally:
                if parts.unrecorded_bytes and parts.frontier < parts.count:
                    await self._record(parts)
            await self._record_whole(parts)
            return Downloaded(parts.digest(), size_bytes)
        except* PartChanged:
            await self._forget()
            raise
        finally:
            await parts.close()

    async def _all(self, parts: PartFile, lane: Lane) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._catch_up(parts))
            for number in list(parts.missing()):
                await self._until_near(parts, number, lane)
                await self._enter(lane, parts.length(number), urgent=False)
                group.create_task(self._part(parts, number, lane))

    async def _of_unknown_size(self, lane: Lane) -> Downloaded:
        """Ask for one part after the other until there are no more bytes."""
        parts = PartFile(self._path, MOST_PARTS * PART_BYTES, self._means.threads)
        size_bytes = 0
        try:
            await parts.open(b"")
            for number in range(MOST_PARTS):
                data = await self._until_sure(lane, number * PART_BYTES)
                if data:
                    await parts.write(number, data)
                size_bytes += len(data)
                self._on_bytes(len(data), size_bytes)
                if len(data) < PART_BYTES:
                    return Downloaded(parts.digest(), size_bytes)
            raise WrongSize(
                Sentence("Telegram does not say how long it is, and its bytes never end")
            )
        finally:
            await parts.close()

    async def _until_sure(self, lane: Lane, offset: int) -> bytes:
        """Get a part of unknown length: one that is not full is asked for until it comes twice."""
        before: bytes | None = None
        for _ in range(TRIES_A_PART):
            await self._enter(lane, PART_BYTES, urgent=True)
            try:
                data = await self._asked(lane, offset, PART_BYTES)
            finally:
                lane.leave()
                self._means.memory.give(PART_BYTES)
            if len(data) == PART_BYTES or data == before:
                return data
            before = data if len(data) < PART_BYTES else before
        raise WrongSize(Sentence("Telegram gives another number of bytes each time"))

    async def _forget(self) -> None:
        """Nothing of it is on disk."""
        self._recorded = b""
        await self._means.files.start_over(self._origin.file.key)

    async def _catch_up(self, parts: PartFile) -> None:
        await parts.catch_up()
        self._moved_on.set()

    async def _until_near(self, parts: PartFile, number: int, lane: Lane) -> None:
        """Wait until a part is less than a window away from the first that is missing."""
        while number - parts.frontier >= min(AHEAD, 2 * lane.flow.window - 1):
            await self._next_step()

    async def _next_step(self) -> None:
        self._moved_on.clear()
        await self._moved_on.wait()

    async def _enter(self, lane: Lane, length: int, *, urgent: bool) -> None:
        """Wait until a part may be asked for; then memory and a place in the lane are held."""
        await self._means.disk.room()
        await self._means.memory.take(length, urgent=urgent)
        try:
            await lane.enter(large=not urgent)
        except BaseException:
            self._means.memory.give(length)
            raise

    async def _part(self, parts: PartFile, number: int, lane: Lane) -> None:
        """Get one part; its memory is held until it is hashed."""
        length = parts.length(number)
        try:
            data, expected = await self._arrived(lane, number, length)
            if wrong := await parts.write(number, data, expected):
                data = await self._corrected(lane, data, number, wrong, expected)
                await parts.write(number, data)
            del data
            self._moved_on.set()
            self._on_bytes(length, parts.done_bytes)
            await self._record_in_time(parts)
            while parts.frontier <= number:
                await self._next_step()
        finally:
            self._means.memory.give(length)

    async def _record_in_time(self, parts: PartFile) -> None:
        due = parts.unrecorded_bytes >= RECORD_EVERY_BYTES or (
            _now() - self._recorded_at >= RECORD_EVERY_S
        )
        if due and parts.frontier < parts.count and not self._recording.locked():
            await self._record(parts)

    async def _record(self, parts: PartFile) -> None:
        """Say in the row which parts are on disk, once they are."""
        async with self._recording:
            self._recorded_at = _now()
            self._recorded = await parts.record()
            await self._means.files.parts_kept(self._origin.file.key, self._recorded)

    async def _record_whole(self, parts: PartFile) -> None:
        """Let a file of which parts were recorded be found if we end while it is moved."""
        if self._recorded:
            self._recorded = await parts.record_whole()
            await self._means.files.parts_kept(self._origin.file.key, self._recorded)

    async def _arrived(self, lane: Lane, number: int, length: int) -> tuple[bytes, Sequence[bytes]]:
        """Get a part, whose place in the lane is held, and its hashes if there are any."""
        try:
            async with asyncio.TaskGroup() as group:
                hashes = group.create_task(self._hashes.window(number))
                try:
                    data = await self._stretch(lane, number * PART_BYTES, length, PART_BYTES)
                finally:
                    lane.leave()
        except ExceptionGroup as errors:
            raise weightiest(errors) from errors
        return data, hashes.result() or ()

    async def _corrected(
        self,
        lane: Lane,
        data: bytes,
        number: int,
        wrong: Sequence[Piece],
        expected: Sequence[bytes],
    ) -> bytes:
        """Return a part with other bytes in place of the wrong pieces."""
        for piece in wrong:
            better = await self._better(lane, number * PART_BYTES, piece, expected[piece.number])
            data = with_piece(data, piece, better)
        return data

    async def _better(self, lane: Lane, offset: int, piece: Piece, expected: bytes) -> bytes:
        """Get a piece that came wrong once more."""
        for _ in range(TRIES_A_PART):
            start, length = offset + piece.start, piece.length
            data = await self._stretch(lane, start, length, whole_units(length, up=True))
            if sha256(data).digest() == expected:
                return data
        raise ItemError(
            Sentence("Telegram's hashes of its bytes contradict the bytes that it gives")
        )

    async def _stretch(self, lane: Lane, offset: int, length: int, limit: int) -> bytes:
        """Get the `length` bytes that are at `offset`, asking for up to `limit`.

        What comes short is continued where it ended.
        """
        data, tries = b"", 0
        while tries < TRIES_A_PART:
            more = await self._asked(lane, offset + len(data), limit - len(data))
            if len(data) + len(more) == length:
                return data + more if data else more
            is_short = len(data) + len(more) < length
            usable = more[: whole_units(len(more))] if is_short else b""
            data += usable
            tries = 0 if usable else tries + 1
        words = TOO_SHORT if is_short else TOO_LONG
        raise WrongSize(Sentence(words, n=self._origin.file.size_bytes))

    async def _asked(self, lane: Lane, offset: int, limit: int) -> bytes:
        """Ask once, and let the lane learn from how long it took."""
        files, dc_id = self._origin.telegram.files, self._origin.file.dc_id
        asked_at = _now()
        data = await self._origin.part(offset, limit)
        if (floods := files.floods(dc_id)) > lane.floods:
            lane.floods = floods
            lane.flow.flooded(_now())
        else:
            lane.flow.answered(_now(), _now() - asked_at, len(data), full=lane.is_full)
        return data


def weightiest(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error of a group that says most about what to do next."""
    return min(_each(errors), key=_rank)


def _each(errors: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _each(error)
        else:
            yield error


def _rank(error: BaseException) -> int:
    if isinstance(error, FileMoved):
        return 3
    if isinstance(error, ItemError):
        return 2
    return 1 if isinstance(error, JobError) else 0


def _now() -> float:
    return asyncio.get_running_loop().time()
