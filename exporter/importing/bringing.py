"""The second reading of an export: its messages and files come into the archive.

Whatever stops it, what came in stays, and doing it again goes on from there: a message that is
kept is not kept twice, and its files are taken over if they were not. So there is nothing to
note but, at the end of each chat, which ids are covered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path

from exporter.errors import CommandError, JobError
from exporter.importing.checking import ExportedChat
from exporter.importing.folder import ExportFolder, NotTaken, Outside
from exporter.importing.reading import ExportFile, Item
from exporter.importing.stretches import stretches_of
from exporter.importing.taking import take
from exporter.media.placing import Shelves
from exporter.telegram.desktop import Brought
from exporter.telegram.desktop.numbers import made_up_group
from exporter.telegram.desktop.told import Malformed, Told
from storage.archive import Archive
from storage.imports import NOBODY, Imports
from storage.media import FileKey, FileState, Finished, SkipReason, Wants
from storage.models import ChatInfo, MediaRow, MessageRow, Page, Peer, Skipped
from storage.surroundings import Surroundings
from storage.wording import Sentence

BATCH = 500
"""Messages in a transaction."""
FILES_AT_ONCE = 4
TOO_BIG = "(File exceeds maximum size"
UNAVAILABLE = "(File unavailable"
"""How Telegram Desktop says why a file is not there; any other sentence: nobody asked for it."""


@dataclass(slots=True, kw_only=True)
class Came:
    """What came in of a chat."""

    chat: ChatInfo
    messages: int
    """In the export."""
    new: int = 0
    edited: int = 0
    files: int = 0
    """Taken over now."""
    file_bytes: int = 0
    missing: int = 0
    """Files that the export names and does not have."""
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringer:
    """Brings chats of one export into an archive."""

    file: ExportFile
    folder: ExportFolder
    archive: Archive
    imports: Imports
    shelves: Shelves
    zone: tzinfo
    import_id: int

    async def bring(
        self,
        chats: Sequence[ExportedChat],
        owners: Mapping[int, int],
        on_came: Callable[[Came], None],
    ) -> list[Came]:
        """Bring in all messages; `owners` says whose numbers those of a chat have.

        Raises:
            JobError: the file was changed meanwhile.
            OSError, StorageError: the disk or the database refuses.
        """
        await self.shelves.store.prepare()
        came = []
        items = _Ahead(self.file)
        for chat in chats:
            owner_id = owners.get(chat.info.id) or self.file.owner_id
            one = _Chat(self, chat, await self._begin(chat, owners), owner_id)
            came.append(one.came)
            on_came(one.came)
            while batch := _batch(items, chat.place):
                await one.keep(batch)
                on_came(one.came)
            await one.end()
        return came

    async def _begin(self, chat: ExportedChat, owners: Mapping[int, int]) -> int:
        """Note the chat, as far as it is not known better; the basic group that it was."""
        archive, info = self.archive, chat.info
        known = await archive.chat(info.id)
        if known is None:
            await archive.save_chat(info, is_forum=bool(chat.topics))
        held = {topic.topic_id for topic in await archive.topics(info.id)}
        new = [topic for topic in chat.topics.values() if topic.topic_id not in held]
        await archive.save_topics(info.id, new)
        around = await archive.surroundings(info.id)
        group_id = around.forerunner_id or made_up_group(info.id)
        if chat.earlier:
            if await archive.chat(group_id) is None:
                group = ChatInfo(id=group_id, title=info.title, type="private_group")
                await archive.save_chat(group)
            await self.imports.give(group_id, owners.get(group_id, NOBODY))
            await archive.save_surroundings(info.id, Surroundings(forerunner_id=group_id))
        if info.id in owners:
            await self.imports.give(info.id, owners[info.id])
        return group_id


class _Ahead:
    """Items, of which the next one can be looked at."""

    def __init__(self, file: ExportFile) -> None:
        self._path = file.path
        self._items: Iterator[Item] = file.heads_and_items()
        self.next: Item | None = None
        self.take()

    def take(self) -> None:
        """Go on to the next one."""
        try:
            self.next = next(self._items, None)
        except CommandError as error:
            raise _changed(self._path) from error


def _batch(items: _Ahead, place: str) -> list[Item]:
    """The next messages of the chat that stands there; none at its end."""
    found: list[Item] = []
    while len(found) < BATCH and (item := items.next) is not None and item.head.place == place:
        found.append(item)
        items.take()
    return found


class _Chat:
    """One chat on its way in."""

    def __init__(
        self, bringer: Bringer, chat: ExportedChat, group_id: int, owner_id: int | None
    ) -> None:
        self.came = Came(chat=chat.info, messages=chat.messages)
        self._to = bringer
        self._chat = chat
        self._group_id = group_id
        self._converters = chat.converters(
            bringer.folder, bringer.zone, group_id=group_id, owner_id=owner_id
        )
        self._free = asyncio.Semaphore(FILES_AT_ONCE)

    async def keep(self, batch: Sequence[Item]) -> None:
        """Keep some messages and their files."""
        earlier: list[Brought] = []
        own: list[Brought] = []
        try:
            for item in batch:
                message = Told(item.value)
                moved = message.number("id") < 0
                (earlier if moved else own).append(self._converters[moved].convert(message))
        except (Malformed, Outside) as error:
            raise _changed(self._to.file.path) from error
        await self._save_peers()
        for chat_id, brought in ((self._group_id, earlier), (self._chat.info.id, own)):
            if brought:
                await self._keep(chat_id, sorted(brought, key=lambda each: each.row.id))

    async def end(self) -> None:
        """Note what need not be fetched any more."""
        self.came.skipped.sort(key=lambda item: item.id)
        imports, chat = self._to.imports, self._chat
        for chat_id, ids in ((self._group_id, chat.earlier), (chat.info.id, chat.ids)):
            await imports.cover(chat_id, stretches_of(ids, chat_id))

    async def _keep(self, chat_id: int, brought: Sequence[Brought]) -> None:
        known = await self._to.imports.known(chat_id, [each.row.id for each in brought])
        telegrams = {message_id for message_id, import_id in known.items() if import_id is None}
        ours = [each for each in brought if each.row.id not in telegrams]
        if not ours:
            return
        page = Page(
            messages=tuple([replace(each.row, import_id=self._to.import_id) for each in ours]),
            peers=(),
            media=tuple([file for each in ours for file in each.media]),
            skipped=(),
            next_id=0,
        )
        paths = {key: path for each in ours for key, path in each.paths.items()}
        kept = await self._to.archive.keep(0, chat_id, None, page, wants=_wants(paths))
        self.came.new += kept.new
        self.came.edited += kept.edited
        await self._keep_files(chat_id, [each for each in ours if each.media])

    async def _save_peers(self) -> None:
        """Note who was met, if nobody better informed did."""
        met = {peer.peer_id: peer for peer in self._chat.people.take()}
        known = await self._to.archive.peers(met)
        new = [_news(peer, known.get(peer.peer_id)) for peer in met.values()]
        await self._to.archive.save_peers(0, [peer for peer in new if peer is not None])

    async def _keep_files(self, chat_id: int, brought: Sequence[Brought]) -> None:
        files = self._to.shelves.files
        stored = await files.of_messages(chat_id, [each.row.id for each in brought])
        wanted: dict[FileKey, tuple[int, str]] = {}
        for each in brought:
            for file in stored.get(each.row.id, ()):
                if file.state is FileState.SKIPPED and file.key in each.paths:
                    wanted.setdefault(file.key, (each.row.id, each.paths[file.key]))
        there = {
            key: named for key, named in wanted.items() if named[1] and not named[1].startswith("(")
        }
        async with asyncio.TaskGroup() as group:
            taking = [
                group.create_task(self._take(key, message_id, path))
                for key, (message_id, path) in there.items()
            ]
        finished = [one for task in taking if (one := task.result()) is not None]
        await self._to.shelves.contents.keep(finished)
        self.came.files += len(finished)
        self.came.file_bytes += sum(one.content.size_bytes for one in finished)

    async def _take(self, key: FileKey, message_id: int, path: str) -> Finished | None:
        async with self._free:
            threads = self._to.shelves.threads
            try:
                file = await threads.run(self._to.folder.open, path)
                if file is None:
                    self.came.missing += 1
                    return None
                with file:
                    content = await take(file, key, self._to.shelves.store, threads)
            except NotTaken as error:
                self._skip(message_id, path, str(error))
                return None
        return Finished(key=key, content=content)

    def _skip(self, message_id: int, path: str, why: str) -> None:
        reason = Sentence("{path}: {why}", path=path, why=why)
        self.came.skipped.append(Skipped(id=message_id, reason=reason))


def _changed(path: Path) -> JobError:
    return JobError(f"{path} was changed while it was read. What came in is kept; import it again.")


def _news(peer: Peer, known: Peer | None) -> Peer | None:
    """What an export adds to what is known of a peer."""
    if known is None:
        return peer
    name = None if known.name else peer.name
    username = None if known.username else peer.username
    if name is None and username is None:
        return None
    return replace(known, name=name, username=username, is_bot=known.is_bot or peer.is_bot)


def _wants(paths: Mapping[FileKey, str]) -> Wants:
    def wants(_message: MessageRow | None, file: MediaRow) -> SkipReason:
        said = paths.get(FileKey(file.file_id, file.variant), "")
        if said.startswith(TOO_BIG):
            return SkipReason.SIZE
        return SkipReason.LOST if said.startswith(UNAVAILABLE) else SkipReason.IMPORT

    return wants
