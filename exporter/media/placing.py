"""Puts the files of records into an export's folder, and their paths into the records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import structlog

from exporter.attachments import Missing
from exporter.config import CopyConfig
from exporter.errors import said
from exporter.media.cards import Cards
from exporter.media.carriers import Carried, Outcome, files_in, with_outcomes
from exporter.media.emoji_types import EmojiTypes
from exporter.media.names import FileNames
from exporter.media.store import Condition, Store
from exporter.media.transfer import CopyDiffers, is_placed, place
from exporter.media.wanting import asked_as
from exporter.records import Record
from storage.media import FileKey, FileState, SkipReason, StoredFile
from storage.models import Skipped
from storage.threads import Threads
from storage.wording import Sentence

if TYPE_CHECKING:
    from storage.contents import Contents
    from storage.files import Files

AT_ONCE = 8
OF_CHAT = 0
"""The message id of the photos of a chat itself."""
UNDATED = datetime.min.replace(tzinfo=UTC)
"""Their dates are not kept, and not needed for their names."""

SecondName: TypeAlias = Callable[[str], str | None]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """What is known of files, and where they lie: all that writing an export needs of them."""

    files: Files
    contents: Contents
    store: Store
    threads: Threads
    copy: CopyConfig


class Placer:
    """Places the files of one folder. Records must come in the order they are written in."""

    def __init__(
        self,
        shelves: Shelves,
        folder: Path,
        zone: tzinfo,
        *,
        kinds: Collection[str] | None = None,
        second_name: SecondName | None = None,
        on_skipped: Callable[[Skipped], None] | None = None,
        below: str = "",
    ) -> None:
        """`kinds`: only files of these are meant (`exporter.media.wanting`); None: all. `below`:
        what all paths in the folder begin with, such as chats/chat_001/.

        `second_name` says under which path a file is placed once more; None: under no other.
        `on_skipped` hears of each kept file that could not be placed.
        """
        self._shelves = shelves
        self._folder = folder
        self._names = FileNames(zone, below)
        self._second_name = second_name or _no_other
        self._cards = Cards(folder, shelves.threads, self._second_name, below)
        self._emoji = EmojiTypes(shelves.store, shelves.threads)
        self._kinds = kinds
        self._on_skipped = on_skipped
        self._free = asyncio.Semaphore(AT_ONCE)

    async def place(self, chat_id: int, records: Sequence[Record]) -> list[Record]:
        """Place the files of a few records of a chat; return the records with their paths.

        Raises:
            OSError: the disk is full, or the folder cannot be written.
            StorageError: the archive cannot be read.
        """
        records = await self._cards.write(records)
        carried = {record.id: files_in(record) for record in records}
        ids = [message_id for message_id, files in carried.items() if files]
        if not ids:
            return records
        known = await self._shelves.files.of_messages(chat_id, ids)
        await self._emoji.look(file for files in known.values() for file in files)
        found: dict[int, dict[FileKey, Outcome]] = {}
        wanted: dict[str, _Task] = {}
        for record in records:
            stored = {file.key: file for file in known.get(record.id, ())}
            outcomes = found[record.id] = {}
            for file in carried[record.id]:
                if file.key in stored and file.key not in outcomes:
                    path = self._name(file, stored[file.key], record.date)
                    outcomes[file.key] = self._outcome(path, stored[file.key])
                    if outcomes[file.key].path is not None:
                        for name in self._names_of(path):
                            wanted.setdefault(name, _Task(record.id, name, stored[file.key]))
        failed = await self._place_all(list(wanted.values()))
        return [
            with_outcomes(record, _without(failed, found[record.id]))
            if found[record.id]
            else record
            for record in records
        ]

    async def place_pictures(self, chat_id: int) -> str | None:
        """Place the photos that the chat itself has or had; no record shows them.

        Returns:
            The path of the newest, going by Telegram's ids; None when none is there.

        Raises:
            OSError, StorageError: as `place`.
        """
        known = await self._shelves.files.of_messages(chat_id, [OF_CHAT])
        tasks = []
        for picture in known.get(OF_CHAT, ()):
            if picture.state is FileState.KEPT and self._is_asked_for(picture):
                path = self._names.name_for(
                    picture.key,
                    kind=picture.kind,
                    date=UNDATED,
                    file_name=f"photo_{picture.key.file_id}.jpg",
                )
                tasks.append(_Task(OF_CHAT, path, picture))
        failed = await self._place_all(tasks)
        placed = [task for task in tasks if task.path not in failed]
        newest = max(placed, key=lambda task: task.stored.key.file_id, default=None)
        return None if newest is None else newest.path

    def _names_of(self, path: str) -> list[str]:
        """Where a file is placed: its path and, if it has one, its second name."""
        second = self._second_name(path)
        return [path] if second is None else [path, second]

    def _is_asked_for(self, stored: StoredFile) -> bool:
        return self._kinds is None or asked_as(stored.kind) in self._kinds

    def _name(self, file: Carried, stored: StoredFile, date: datetime) -> str:
        return self._names.name_for(
            file.key,
            kind=stored.kind,
            date=date,
            file_name=file.name,
            mime_type=file.mime_type or self._emoji.of(file.key),
        )

    def _outcome(self, path: str, stored: StoredFile) -> Outcome:
        if not self._is_asked_for(stored):
            return Outcome(missing=Missing.NOT_INCLUDED)
        if stored.state is FileState.KEPT and stored.sha256 is not None:
            return Outcome(path=path, sha256=stored.sha256.hex())
        return Outcome(missing=missing(stored))

    async def _place_all(self, tasks: Sequence[_Task]) -> set[str]:
        """Place files side by side; return the paths of those that could not be."""
        left = await self._shelves.threads.run(self._not_there, tasks) if tasks else []
        async with asyncio.TaskGroup() as group:
            placing = [(task, group.create_task(self._place(task))) for task in left]
        return {task.path for task, done in placing if not done.result()}

    def _not_there(self, tasks: Sequence[_Task]) -> list[_Task]:
        """Those that an earlier export has not placed. Blocks."""
        store, config = self._shelves.store, self._shelves.copy
        return [
            task
            for task in tasks
            if not is_placed(
                store.path_of(task.stored.sha256 or b""), self._folder / task.path, config
            )
        ]

    async def _place(self, task: _Task) -> bool:
        shelves = self._shelves
        sha256 = task.stored.sha256 or b""
        source = shelves.store.path_of(sha256)
        target = self._folder / task.path
        async with self._free:
            try:
                await place(
                    source, target, sha256=sha256, config=shelves.copy, threads=shelves.threads
                )
            except CopyDiffers as error:
                reason = said(error)
            except FileNotFoundError:
                if await shelves.threads.run(source.exists):
                    raise
                reason = Sentence("its stored file is gone")
            else:
                return True
        await self._lose(sha256)
        log.warning("a file could not be placed", file=task.path, reason=reason)
        if self._on_skipped is not None:
            words = Sentence(
                "{path}: {why}. The next export fetches it again.", path=task.path, why=reason
            )
            self._on_skipped(Skipped(id=task.message_id, reason=words))
        return False

    async def _lose(self, sha256: bytes) -> None:
        """Let the next export fetch a content again that is no longer what it should be."""
        shelves = self._shelves
        content = await shelves.contents.find(sha256)
        if content is None:
            return
        if (await shelves.store.check(content)).condition is Condition.LOST:
            await shelves.contents.lose(sha256)


SKIPPED_AS: dict[str, Missing] = {
    SkipReason.SIZE: Missing.TOO_BIG,
    SkipReason.LOST: Missing.UNAVAILABLE,
}
"""Skipped files that do not count as left out by choice."""


@dataclass(frozen=True, slots=True)
class _Task:
    message_id: int
    path: str
    stored: StoredFile


def _no_other(_path: str) -> None:
    """No second name."""


def missing(stored: StoredFile) -> Missing:
    """Why the bytes of a file that is not kept are not there."""
    match stored.state:
        case FileState.SKIPPED:
            return SKIPPED_AS.get(stored.reason or "", Missing.NOT_INCLUDED)
        case FileState.UNAVAILABLE:
            return Missing.UNAVAILABLE
    return Missing.FAILED


def _without(failed: Collection[str], found: Mapping[FileKey, Outcome]) -> dict[FileKey, Outcome]:
    return {
        key: Outcome(missing=Missing.FAILED) if outcome.path in failed else outcome
        for key, outcome in found.items()
    }
